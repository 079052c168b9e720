import { describe, expect, it } from 'vitest';
import { compareReports } from '../../../reports/compare.ts';
import { renderHtml } from '../../../reports/html/html.ts';
import { judgeRun } from '../../../reports/judge.ts';
import { repeatSeedCommand, SHARED_CRYPTO_SUFFIX } from '../../../reports/kpi-text.ts';
import { renderMarkdown } from '../../../reports/markdown.ts';
import { originFacts } from '../../../reports/report-facts.ts';
import { renderTerminal, renderVerdictLine } from '../../../reports/terminal.ts';
import { runInput } from './fixture.ts';

const met = judgeRun(runInput({ seeds: 30, slowdown: 1 }));
const missed = judgeRun(runInput({ seeds: 30, slowdown: 2.4 }));
const plain = {
  width: 80,
  colour: false,
  unicode: true,
  written: { folder: 'runs/failover/', files: ['report.html', 'report.json', 'trace.orr 4.1 MB'] },
  next: 'See it: npm run viz -- runs/failover',
};
const ESCAPE = String.fromCharCode(27);
const uncoloured = (text: string): string =>
  text.replaceAll(new RegExp(`${ESCAPE}\\[\\d+m`, 'g'), '');
const widest = (text: string): number =>
  Math.max(...text.split('\n').map((line) => [...line].length));

describe('the terminal report', () => {
  it('of a met scenario reads as in its snapshot', async () => {
    await expect(renderTerminal(met, plain)).toMatchFileSnapshot('snapshots/terminal-met.txt');
  });

  it('of a missed scenario lists what was missed first', async () => {
    const text = renderTerminal(missed, plain);
    await expect(text).toMatchFileSnapshot('snapshots/terminal-missed.txt');
    expect(text.indexOf('✗ gateway.failover')).toBeLessThan(text.indexOf('✓ gateway.throughput'));
    expect(text).toMatch(/missed in \d+ of 30 seeds; worst seed \d+: \d+ ms/);
  });

  it('printed PASS for a limit that three seeds had not decided', () => {
    const few = judgeRun(runInput({ seeds: 3, slowdown: 1 }));
    const words = '6 of 6 KPIs met, but 1 undecided at 3 seeds';
    expect(renderTerminal(few, plain)).toMatch(new RegExp(`^PASS {2}failover {2,3}${words}`));
    expect(renderMarkdown(few)).toContain(words);
    expect(renderHtml(few)).toContain(words);
    expect(renderTerminal(met, plain)).not.toContain('undecided');
  });

  it('has the same characters with colour as without', async () => {
    for (const report of [met, missed]) {
      const coloured = renderTerminal(report, { ...plain, colour: true });
      expect(coloured).not.toBe(uncoloured(coloured));
      expect(uncoloured(coloured)).toBe(renderTerminal(report, plain));
    }
    const coloured = renderTerminal(missed, { ...plain, colour: true });
    await expect(coloured.replaceAll(ESCAPE, '^')).toMatchFileSnapshot(
      'snapshots/terminal-missed-colour.txt',
    );
  });

  it.each([80, 100])('fits %d columns with everything in it', (width) => {
    const text = renderTerminal(missed, { ...plain, width });
    expect(widest(text)).toBeLessThanOrEqual(width);
    expect(text).toContain('95 % interval');
    expect(text).toContain('margin');
    expect(text).toContain('n=120');
  });

  it.each([
    ['overload', 'this machine carries about 7 100/s of the 10 000/s asked'],
    ['failover-probes-of-every-kind', 'carries about 7 100/s of 10 000/s asked'],
  ])('says in the first line of %s, at 80 columns, what the machine carries', (name, words) => {
    const carried = {
      ...{ offeredPerSecond: 10_000, acceptedPerSecond: 7_200 },
      ...{ carriedPerSecond: 7_123, shed: 28_000 },
    };
    const report = {
      ...missed,
      scenario: { ...missed.scenario, name },
      mode: 'live',
      carried,
    } as const;
    const [first = '', second = ''] = renderTerminal(report, plain).split('\n');
    expect(first.replaceAll(/\s/g, ' ')).toBe(`FAIL  ${name}  ${words}`);
    expect(first.length).toBeLessThanOrEqual(80);
    expect(second).toMatch(/^ {6}\d of \d KPIs missed {2}30 seeds {2}live /);
    expect(renderVerdictLine(report, plain)).toContain('of the ');
  });

  it('says the pace of the machine beside a live run, and none beside a run in virtual time', () => {
    const { help, clock } = Object.values(missed.metrics)[0] as (typeof missed.metrics)[string];
    const pace = {
      kind: 'gauge',
      unit: 'count',
      clock,
      help,
      count: 1,
      value: 61_234_000,
    } as const;
    const live = { ...missed, metrics: { ...missed.metrics, 'live.pace': pace } };
    expect(renderTerminal(live, plain)).toContain('pace 61.2 M steps/s');
    expect(renderTerminal(missed, plain)).not.toContain('pace');
  });

  it('drops the interval, then the margin, when the terminal is narrow', () => {
    const at66 = renderTerminal(met, { ...plain, width: 66 });
    expect(at66).not.toContain('95 % interval');
    expect(at66).toContain('margin');
    const at52 = renderTerminal(met, { ...plain, width: 52 });
    expect(at52).not.toContain('margin');
    expect(at52).toContain('limit');
    const table = at52.split('\n').filter((line) => /KPI|✓/.test(line) && !/PASS/.test(line));
    expect(widest(table.join('\n'))).toBeLessThanOrEqual(52);
  });

  it('prints the verdict alone when quiet', () => {
    expect(renderVerdictLine(met, plain)).toBe(`${renderTerminal(met, plain).split('\n')[0]}\n`);
    expect(renderVerdictLine(missed, plain)).toMatch(/^FAIL {2}failover .*fingerprint .*\n$/);
  });

  it('names modelled crypto and a calibrated CPU in the verdict', () => {
    const base = runInput({ seeds: 1, slowdown: 1 });
    const modelled = judgeRun({ ...base, crypto: 'modelled', cpu: 'calibrated' });
    const line = renderVerdictLine(modelled, plain);
    expect(line).toContain('crypto modelled');
    expect(line).toContain('cpu calibrated');
    expect(renderTerminal(judgeRun(base), plain)).toContain('CPU time not modelled');
  });

  it('says in the verdict what protocols want every verdict to say', () => {
    const remarked = judgeRun({ ...runInput({ seeds: 1, slowdown: 1 }), remarks: ['unencrypted'] });
    expect(renderVerdictLine(remarked, plain)).toContain('sim   unencrypted');
    expect(remarked.remarks).toEqual(['unencrypted']);
  });

  it('names agreements that were computed once for both ends, beside modelled crypto or alone', () => {
    const base = runInput({ seeds: 1, slowdown: 1 });
    const verdict = (crypto: string): string =>
      renderVerdictLine(judgeRun({ ...base, crypto }), plain);
    expect(verdict(`node${SHARED_CRYPTO_SUFFIX}`)).toContain('crypto shared');
    expect(verdict(`node${SHARED_CRYPTO_SUFFIX}`)).not.toContain('modelled');
    expect(verdict(`modelled${SHARED_CRYPTO_SUFFIX}`)).toMatch(/crypto modelled.*crypto shared/);
    expect(verdict('node')).not.toContain('crypto');
  });

  it('says by name that nothing was measured', () => {
    const base = runInput({ seeds: 2, slowdown: 1 });
    const seeds = base.seeds.map((seed) => ({ ...seed, metrics: {} }));
    const text = renderTerminal(judgeRun({ ...base, seeds }), plain);
    expect(text).toContain('gateway.failover has 0 samples, so p95 cannot be judged');
    expect(text).toMatch(/✗ gateway.failover p95 +none/);
  });

  it('marks a run that was stopped', () => {
    const base = runInput({ seeds: 1, slowdown: 1 });
    const seeds = base.seeds.map((seed) => ({ ...seed, ending: 'interrupted' as const }));
    expect(renderVerdictLine(judgeRun({ ...base, seeds }), plain)).toMatch(
      /^STOP {2}failover .*interr/,
    );
  });

  it('told in one line of a hundred columns why a run proves nothing', () => {
    const base = runInput({ seeds: 12, slowdown: 1 });
    const seeds = base.seeds.map((seed) => ({
      ...seed,
      metrics: { 'gateway.throughput': { kind: 'counter', value: 0 } as const },
      packets: { ...seed.packets, delivered: 0, drops: { 'queue-full': seed.packets.delivered } },
    }));
    const text = renderTerminal(judgeRun({ ...base, seeds }), { ...plain, width: 80 });
    expect(text).toContain('and 7 more');
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('needs only ASCII where the locale has no more', () => {
    const text = renderTerminal(missed, { ...plain, unicode: false });
    expect(text).toMatch(/^[\n -~]+$/);
    expect(text).toContain('+- ');
  });

  it('lets no control character of a file through', () => {
    const base = runInput({ seeds: 1, slowdown: 1 });
    const question = `what${ESCAPE}[2J${String.fromCharCode(7)} now?`;
    const text = renderTerminal(
      judgeRun({ ...base, scenario: { ...base.scenario, question } }),
      plain,
    );
    expect(text).toMatch(/^[\n\P{Cc}]+$/u);
  });

  it('says what share of the packets each path carried, the largest first', () => {
    type Shown = (typeof met.series)[number];
    const path = (name: string, mean: readonly number[]): Shown => ({
      ...(met.series[0] as Shown),
      name,
      mean: [...mean],
    });
    const series = [path('path:far', [1, 0, 1]), path('path:near', [3, 90, 5]), path('sent', [9])];
    const text = renderTerminal({ ...met, series }, plain);
    expect(text).toContain('by path: near 98.0 % · far 2.0 %');
    expect(renderTerminal({ ...met, series: [path('sent', [9])] }, plain)).not.toContain(
      'by path:',
    );
  });

  it('adds the change against a baseline, n.s. where it could be chance', () => {
    const comparison = compareReports(met, missed);
    const text = renderTerminal(missed, { ...plain, width: 100, comparison });
    expect(text).toContain('change');
    expect(text).toMatch(/gateway\.failover p95 .*\+12\d %/);
    expect(text).toMatch(/gateway\.availability .*n\.s\./);
    expect(text).toContain('against 4c1e9ab07f2e, 30 seeds, paired by seed');
  });
});

describe('the report of a run with injected faults', () => {
  const reproduce = 'npm run scenario runs/failover/1/interactive.yaml';
  const interactive = { faults: 2, file: 'interactive.yaml' };
  const report = judgeRun({ ...runInput({ seeds: 1, slowdown: 9 }), interactive, reproduce });

  it('says that it is not the run of its file, and repeats it with the other one', () => {
    expect(renderVerdictLine(report, plain)).toContain('interactive, 2 faults injected');
    expect(report.interactive).toEqual(interactive);
    expect(repeatSeedCommand(report, 1)).toBe(`${reproduce} -- --seed 1`);
    const facts = new Map(originFacts(report));
    expect(facts.get('fingerprint')).toBe(
      `${report.fingerprint} (interactive, 2 faults injected: interactive.yaml)`,
    );
  });
});
