/** Results that come from anywhere: nothing of them is run, and what they claim is checked. */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refuseUntrustedScenario } from '../../../cli/own-scenario.ts';
import type { ResultsFileRun, SweepHeader } from '../../../runner/sweep/results-file.ts';
import { ROOT } from '../../architecture/files.ts';
import { type EndedHere, orreryHere } from '../../command-here.ts';
import { type Ended, orreryIn, SMALL } from './small-sweep.ts';

let [outer, folder] = ['', ''];
let head: SweepHeader;
let lines: readonly ResultsFileRun[];
beforeAll(() => {
  outer = mkdtempSync(join(tmpdir(), 'orrery-merge-'));
  folder = join(outer, 'current');
  mkdirSync(folder);
  write('small.yaml', SMALL);
  const { status, stderr } = sweep('small.yaml', '--out', 'whole');
  expect(status, stderr).toBe(0);
  const texts = readFileSync(join(folder, 'whole/small/sweep/results.ndjson'), 'utf8').split('\n');
  const [first, ...rest] = texts.slice(0, -1).map((text) => JSON.parse(text) as unknown);
  [head, lines] = [first as SweepHeader, rest as ResultsFileRun[]];
});
afterAll(() => rmSync(outer, { recursive: true, force: true }));

function orrery(...words: readonly string[]): Promise<EndedHere> {
  return orreryHere(folder, words);
}

/** Four short runs, for which a second thread takes longer to start than they take. */
function sweep(...words: readonly string[]): Ended {
  return orreryIn(folder, ['sweep', ...words, '--threads', '1']);
}

function write(name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

/** Writes results and merges them. */
function mergeOf(
  name: string,
  first: object,
  runs: readonly object[],
  ...flags: readonly string[]
): Promise<EndedHere> {
  write(name, [first, ...runs].map((one) => `${JSON.stringify(one)}\n`).join(''));
  return orrery('merge', name, '--out', `${name}-merged`, ...flags);
}

describe('a scenario that results name', () => {
  const module = `import { writeFileSync } from 'node:fs';
writeFileSync('loaded', '');
export const protocol = {};
`;
  const named = `name: s
topology: { name: x, nodes: [{ name: a, run: ./evil.mjs }] }
duration: 1s
sweep: { duration: [1s, 2s] }
`;
  const sha256 = createHash('sha256').update(named).digest('hex');

  it.each([
    ['has another hash', 'own', /own\/s\.yaml has changed since the sweep ran/],
    ['came with them', 'brought', /brought\/s\.yaml came with the results/],
  ])('is not loaded if it %s', async (_what, place, text) => {
    write(`${place}/s.yaml`, named);
    write(`${place}/evil.mjs`, module);
    const first = { ...head, file: `${place}/s.yaml`, sha256: place === 'own' ? '00' : sha256 };
    const { status, stderr } = await mergeOf('brought/results.ndjson', first, []);
    expect(stderr).toMatch(text);
    expect(status).toBe(2);
    expect(existsSync(join(folder, 'loaded'))).toBe(false);
  });

  it.each([
    ['came with them, deeper', 'brought/deeper', /came with the results/],
    ['came with them, beside their folder', 'brought', /came with the results/, 'brought/part/'],
    ['is elsewhere', '../away', /neither below the current folder nor shipped/],
  ])('is refused, too, if it %s', (_what, place, text, results = 'brought/') => {
    for (const name of [`${place}/s.yaml`, `${results}results.ndjson`]) write(name, named);
    const before = process.cwd();
    process.chdir(folder);
    try {
      const refusing = (): void =>
        refuseUntrustedScenario({ file: `${place}/s.yaml`, sha256 }, [`${results}results.ndjson`]);
      expect(refusing).toThrow(text);
    } finally {
      process.chdir(before);
    }
  });

  it('is named if it does not exist', async () => {
    const { status, stderr } = await mergeOf('gone.ndjson', { ...head, file: 'smal.yaml' }, lines);
    expect([status, stderr]).toEqual([2, expect.stringContaining('did you mean small.yaml?')]);
  });

  it('is loaded from elsewhere if --scenario names it and it is the one that ran', async () => {
    const file = '../away/small.yaml';
    write(file, SMALL);
    const first = { ...head, file };
    expect((await mergeOf('away.ndjson', first, lines)).status).toBe(2);
    const { status, stdout } = await mergeOf('away.ndjson', first, lines, '--scenario', file);
    expect([status, stdout]).toEqual([0, expect.stringContaining('2 of 2 combinations met')]);
    write('own/s.yaml', named);
    write('own/evil.mjs', module);
    const other = await mergeOf('away.ndjson', first, lines, '--scenario', 'own/s.yaml');
    expect([other.status, other.stderr]).toEqual([2, expect.stringContaining('has changed')]);
    expect(existsSync(join(folder, 'loaded'))).toBe(false);
  });

  it('is loaded if it is the one that ran', async () => {
    const { status, stdout } = await mergeOf('good.ndjson', head, lines);
    expect([status, stdout]).toEqual([0, expect.stringContaining('2 of 2 combinations met')]);
  });
});

describe('values that results were made with', () => {
  it('ran a module of their folder: what names a file is taken from --set only', async () => {
    write('sent/evil.mjs', "import { writeFileSync } from 'node:fs';\nwriteFileSync('ran', '');\n");
    write('sent/evil.yaml', 'name: x\nnodes: [{ name: alice, run: ./evil.mjs }]\n');
    const first = { ...head, set: { topology: 'sent/evil.yaml', duration: '2s' } };
    const { status, stderr } = await mergeOf('sent/results.ndjson', first, lines);
    expect(stderr).toMatch(
      /sent\/evil\.yaml is named by values that came from elsewhere: .* merge sent\/results\.ndjson -- --set topology=sent\/evil\.yaml --set duration=2s\n/,
    );
    expect(status).toBe(2);
    expect(existsSync(join(folder, 'ran'))).toBe(false);
  });

  it('are those of an honest sweep if --set names them again', async () => {
    const words = ['--set', 'topology=own.yaml', '--set', 'duration=1600ms'];
    copyFileSync(join(ROOT, 'topologies/two-nodes.yaml'), join(folder, 'own.yaml'));
    expect(sweep('small.yaml', '--out', 'set', ...words).status).toBe(0);
    const [name = ''] = readdirSync(join(folder, 'set/small')).filter((one) => one !== 'latest');
    const part = `set/small/${name}`;
    const unasked = await orrery('merge', part, '--out', 'joined');
    expect([unasked.status, unasked.stderr]).toEqual([2, expect.stringContaining(words.join(' '))]);
    const { status, stdout } = await orrery('merge', part, '--out', 'joined', ...words.slice(0, 2));
    expect([status, stdout]).toEqual([0, expect.stringContaining('2 of 2 combinations met')]);
    const other = await orrery('merge', part, '--set', 'topology=two-nodes.yaml');
    expect(other.stderr).toContain('of a sweep without --set topology=two-nodes.yaml');
  });
});

describe('runs that results claim', () => {
  it('are no verdict if there are none', async () => {
    const text = SMALL.replace(/kpis:.*\n/, '');
    write('aimless.yaml', text);
    const sha256 = createHash('sha256').update(text).digest('hex');
    const first = { ...head, file: 'aimless.yaml', sha256, seeds: [] };
    const { status, stdout, stderr } = await mergeOf('aimless.ndjson', first, []);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('aimless.ndjson:1 has 0 seeds');
  });

  it('are not counted for two seeds: exit 2, by name', async () => {
    const swapped = lines.map((line) => {
      const other = lines.find(({ seed, parameters }) => {
        return seed === 1 && parameters['traffic.0.rate'] === line.parameters['traffic.0.rate'];
      });
      return { ...other, id: line.id };
    });
    const { status, stdout, stderr } = await mergeOf('swap.ndjson', head, swapped);
    expect(stderr).toMatch(/the line of run-[0-9a-f]{32}, which is seed 2, holds seed 1/);
    expect(status).toBe(2);
    expect(stdout).not.toContain('PASS');
    // Nothing that a sweep would go on with.
    expect(existsSync(join(folder, 'swap.ndjson-merged/small/sweep/results.ndjson'))).toBe(false);
  });

  it('are refused with seeds that neither the file nor a flag asks for', async () => {
    const { status, stderr } = await mergeOf('odd.ndjson', { ...head, seeds: [5, 9] }, lines);
    expect([status, stderr]).toEqual([2, expect.stringContaining('has the seeds 5, 9')]);
  });

  it('are of two minds, and are not all there: exit 4, and both are told', async () => {
    const [one, ...others] = lines;
    const doubt = { ...others[0], fingerprint: 'dead\u001b[31m' };
    const { status, stderr } = await mergeOf('hidden.ndjson', head, [...others, doubt]);
    expect(stderr).toMatch(/not deterministic: run-[0-9a-f]{32}, seed \d, traffic\.0\.rate=/);
    expect(stderr).toContain('dead [31m  hidden.ndjson');
    expect(stderr).toContain('1 runs are missing');
    expect(status).toBe(4);
    const missing = await mergeOf('missing.ndjson', head, others);
    expect([missing.status, one]).toEqual([2, expect.anything()]);
  });
});

describe('a sweep that goes on', () => {
  const words = ['small.yaml', '--out', 'on'];
  const results = 'on/small/sweep/results.ndjson';
  /** What a sweep has left that was killed. */
  function left(runs: readonly object[]): void {
    rmSync(join(folder, 'on'), { recursive: true, force: true });
    write(results, [head, ...runs].map((one) => `${JSON.stringify(one)}\n`).join(''));
  }

  it('tells of two results of one run: exit 4, as merge does', async () => {
    const [first, ...others] = lines;
    const { fingerprint } = others[0]!;
    left([first!, { ...first, fingerprint }, ...others]);
    const { status, stdout, stderr } = sweep(...words);
    expect(stderr).toMatch(/goes on with 4 runs/);
    expect(stderr).toMatch(/not deterministic: run-[0-9a-f]{32}, seed \d, traffic\.0\.rate=/);
    expect([status, stdout]).toEqual([4, expect.stringContaining('2 of 2 combinations met')]);
    expect((await orrery('merge', results, '--out', 'merged')).status).toBe(4);
  });

  it('leaves a file that merges, whatever line was damaged', async () => {
    const [first, ...others] = lines;
    left([{ ...first, result: `${first!.result.slice(0, 40)}!!!!` }, ...others]);
    const { status, stderr } = sweep(...words);
    expect([status, stderr]).toEqual([0, expect.stringContaining('goes on with 4 runs')]);
    const merged = await orrery('merge', results, '--out', 'merged');
    expect(merged.status, merged.stderr).toBe(0);
    expect(merged.stderr).not.toContain('missing');
  });
});
