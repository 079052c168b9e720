/** Intervals of paired differences, and over networks: by hand, and by how often they cover the truth. */
import { describe, expect, it } from 'vitest';
import { compareReports } from '../../../reports/compare.ts';
import { renderHtml } from '../../../reports/html/html.ts';
import { judgeRun } from '../../../reports/judge.ts';
import { judgeKpi, type KpiInput } from '../../../reports/kpi.ts';
import { repeatSeedCommand } from '../../../reports/kpi-text.ts';
import { renderMarkdown } from '../../../reports/markdown.ts';
import type { JudgeInput, KpiSpec, SeedResult } from '../../../reports/model.ts';
import { seedInNetwork } from '../../../reports/networks.ts';
import type { Report } from '../../../reports/report-schema.ts';
import { reportSchema } from '../../../reports/report-schema.ts';
import { renderTerminal } from '../../../reports/terminal.ts';
import { normals } from './draws.ts';
import { kpi, runInput, seedResult } from './fixture.ts';

const METRIC = 'test.value';
const definitions = [{ name: METRIC, kind: 'gauge', unit: 'count', help: 'A value.' }] as const;
const limit = kpi(METRIC, 'value', ['<=', 100, '<= 100']);
const base = seedResult(1, 1);

function seed(number: number, value: number | undefined): SeedResult {
  const metrics = value === undefined ? {} : { [METRIC]: { kind: 'gauge', value } as const };
  return { ...base, seed: number, metrics, faults: [] };
}

function judged(more: Partial<JudgeInput> & Pick<JudgeInput, 'seeds'>): Report {
  return judgeRun({ ...runInput({ seeds: 1, slowdown: 1 }), kpis: [limit], definitions, ...more });
}

const WRITTEN = [seed(1, 10), seed(2, 12), seed(3, 11), seed(4, 9)];
// In another order than their pairs, and one without a value.
const TWIN = [seed(3, 15), seed(4, undefined), seed(1, 13), seed(2, 14)];
const set = { 'options.ping.size': '2' };

function twinned(kpis: readonly KpiSpec[] = []): Report {
  return judged({ seeds: WRITTEN, twin: { set, kpis, seeds: TWIN } });
}

describe('the difference of a twin', () => {
  const difference = kpi(METRIC, 'value', ['<=', 3.5, '<= 3.5']);

  it('is that of runs with the same seed: by hand, 3, 2 and 4 give 3 ± 4.303 / √3', () => {
    const [row] = twinned().twin?.differences ?? [];
    expect(row).toMatchObject({ pairs: 3, written: 11, twin: 14, difference: 3 });
    const half = 4.302_653 / Math.sqrt(3);
    expect(row?.ci95).toMatchObject({ kind: 'student-t', n: 3, over: 'pairs' });
    expect(row?.ci95.low).toBeCloseTo(3 - half, 5);
    expect(row?.ci95.high).toBeCloseTo(3 + half, 5);
  });

  it('is judged by a limit, by its mean or with its whole interval', () => {
    const [, met] = twinned([difference]).kpis;
    expect(met).toMatchObject({
      metric: `${METRIC}.difference`,
      value: 3,
      pass: true,
      worstSeed: 3,
    });
    expect(twinned([{ ...difference, limit: 2.9 }]).pass).toBe(false);
    const [, inside] = twinned([{ ...difference, interval: 'inside' }]).kpis;
    expect(inside).toMatchObject({
      pass: false,
      reason: 'the interval is not wholly inside the limit',
    });
  });

  it('of a series had no row, and was judged though the twin had folded series', () => {
    const series = `${METRIC}{cause="x"}`;
    const counted = (number: number, own: Record<string, number>): SeedResult => {
      const counts = Object.entries({ [METRIC]: 5, ...own });
      const metrics = counts.map(([name, value]) => [name, { kind: 'counter', value }] as const);
      return { ...base, seed: number, metrics: Object.fromEntries(metrics), faults: [] };
    };
    const of = (more: Record<string, number>): Report =>
      judgeRun({
        ...runInput({ seeds: 1, slowdown: 1 }),
        definitions: [{ ...definitions[0], kind: 'counter', labels: ['cause'] }],
        kpis: [],
        seeds: [counted(1, { [series]: 2 }), counted(2, {})],
        twin: {
          set,
          kpis: [kpi(series, 'count', ['<=', 1, '<= 1'])],
          seeds: [counted(1, { [series]: 3, ...more }), counted(2, { [series]: 1 })],
        },
      });
    const sound = of({});
    expect(sound.twin?.differences).toMatchObject([{ metric: series, pairs: 2, difference: 1 }]);
    expect(sound.kpis).toMatchObject([{ pass: true }]);
    const folded = of({ [`labels.folded{metric="${METRIC}"}`]: 1 });
    expect(folded.kpis).toMatchObject([{ pass: false, code: 'E125' }]);
  });

  it('of shares was printed in % of nothing: it is in percentage points', () => {
    const share = (number: number, part: number): SeedResult => {
      const ratio = { kind: 'ratio', numerator: part, denominator: 100 } as const;
      return { ...base, seed: number, metrics: { [METRIC]: ratio }, faults: [] };
    };
    const report = judgeRun({
      ...runInput({ seeds: 1, slowdown: 1 }),
      definitions: [{ ...definitions[0], kind: 'ratio', unit: 'ratio' }],
      kpis: [kpi(METRIC, 'value', ['>=', 0.2, '>= 20%'])],
      seeds: [share(1, 50), share(2, 52)],
      twin: {
        set,
        kpis: [kpi(METRIC, 'value', ['>=', -0.01, '>= -1%'])],
        seeds: [share(1, 45), share(2, 48)],
      },
    });
    const [written, difference] = report.kpis;
    expect([written?.unit, difference?.unit]).toEqual(['ratio', 'points']);
    expect(difference?.reason).toBe('-4.50 pt is below -1 pt');
    const texts = [
      renderTerminal(report, { width: 100, colour: false, unicode: true }),
      renderMarkdown(report),
      renderHtml(report),
    ];
    for (const text of texts) {
      expect(text).toContain('-4.50 pt');
      expect(text).toMatch(/-10\.9, 1\.85\\?\] pt/);
      expect(text).not.toMatch(/-4\.50? ?%/);
    }
  });

  it('leaves the run as written as it is', () => {
    const alone = judged({ seeds: WRITTEN });
    const { kpis, perSeed, metrics } = twinned();
    expect({ kpis, perSeed, metrics }).toEqual({
      ...{ kpis: alone.kpis, perSeed: alone.perSeed, metrics: alone.metrics },
    });
    expect(twinned().fingerprint).not.toBe(alone.fingerprint);
  });

  it('counts packets that the twin loses without a reason as a mistake of the program', () => {
    const lost = TWIN.map((one) => ({ ...one, packets: { ...one.packets, inFlight: 0 } }));
    const { invariants, pass } = judged({ seeds: WRITTEN, twin: { set, kpis: [], seeds: lost } });
    expect(pass).toBe(false);
    expect(invariants.find((one) => !one.pass)?.detail).toMatch(/^in the twin: broken in seeds/);
  });

  it('stands in every report, with the change and the number of pairs', () => {
    const report = twinned([difference]);
    expect(reportSchema.safeParse(report).error).toBeUndefined();
    const text = renderTerminal(report, { width: 100, colour: false, unicode: true });
    expect(text).toContain('4 seeds, each twice');
    expect(text).toContain('Twin     options.ping.size=2');
    expect(text).toMatch(/test\.value +11 +14 +\+3 +\[0\.516, 5\.48\], 3 pairs/);
    for (const other of [renderMarkdown(report), renderHtml(report)]) {
      expect(other).toContain('options.ping.size=2');
      expect(other).toMatch(/5\.48\\?\], 3 pairs/);
    }
  });

  it('is compared with a baseline only if both twins change the same', () => {
    const change = compareReports(twinned([difference]), twinned([difference])).kpis[1];
    expect(change?.verdict).not.toBe('not comparable');
    const other = judged({
      seeds: WRITTEN,
      twin: { set: { 'options.ping.size': '3' }, kpis: [difference], seeds: TWIN },
    });
    expect(compareReports(other, twinned([difference])).kpis[1]).toMatchObject({
      verdict: 'not comparable',
      note: 'the twins differ',
    });
  });
});

describe('intervals over networks', () => {
  const NETWORKS = [1, 2, 3, 4, 5, 6];
  const SEEDS = [1, 2, 3];
  /** Values that differ between networks with deviation 3, and within one with deviation 1. */
  function sampled(draw: () => number, mean: number): SeedResult[] {
    return NETWORKS.flatMap((network) => {
      const level = mean + 3 * draw();
      return SEEDS.map((one) => seed(seedInNetwork(network, one), level + draw()));
    });
  }
  const facts = { spec: limit, definitions, mode: 'sim', warmupNs: 0 } as const;
  const [definition] = definitions;
  /** Both ends of the interval of the value, or of the difference. */
  function ends(more: Pick<KpiInput, 'seeds'> & Partial<KpiInput>): readonly [number, number] {
    const { low, high } = judgeKpi({ ...facts, definition, ...more }).ci95;
    return [low ?? Number.NaN, high ?? Number.NaN];
  }
  const covers = ([low, high]: readonly [number, number], truth: number): boolean =>
    low <= truth && truth <= high;

  it('cover the truth in about 95 % of 400 samples; intervals over seeds do not', () => {
    const draw = normals(11);
    let [over, without] = [0, 0];
    for (let at = 0; at < 400; at += 1) {
      const seeds = sampled(draw, 50);
      if (covers(ends({ seeds, networks: NETWORKS }), 50)) over += 1;
      if (covers(ends({ seeds }), 50)) without += 1;
    }
    // Three standard errors of 400 samples at 95 % are 3.3 points.
    expect(over / 400).toBeGreaterThan(0.917);
    expect(over / 400).toBeLessThan(0.983);
    expect(without / 400).toBeLessThan(0.85);
  });

  it('cover the difference of twins that share their networks', () => {
    const draw = normals(5);
    let [hits, mixed] = [0, 0];
    for (let at = 0; at < 200; at += 1) {
      const seeds = sampled(draw, 50);
      const twins = NETWORKS.flatMap((network) => {
        const effect = 1 + 0.5 * draw();
        return SEEDS.map((one): SeedResult => {
          const number = seedInNetwork(network, one);
          const { value } = seeds.find((other) => other.seed === number)!.metrics[METRIC] as {
            value: number;
          };
          return seed(number, value + effect + 0.2 * draw());
        });
      });
      if (covers(ends({ seeds, twins, networks: NETWORKS }), 1)) hits += 1;
      // The defect: each twin gets the seed of another network.
      const turned = twins.map((one, place) => ({ ...one, seed: twins[(place + 3) % 18]!.seed }));
      const [low, high] = ends({ seeds, twins: turned, networks: NETWORKS });
      if (high - low > 4) mixed += 1;
    }
    expect(hits / 200).toBeGreaterThan(0.9);
    expect(hits / 200).toBeLessThan(0.99);
    expect(mixed / 200).toBeGreaterThan(0.9);
  });

  it('say why one network has none, and name the network of each run and in its command', () => {
    const seeds = SEEDS.map((one) => seed(seedInNetwork(4, one), one));
    const report = judged({ seeds, networks: [4] });
    expect(report.kpis[0]?.ci95).toMatchObject({ kind: 'none', n: 1, over: 'networks' });
    expect(report.kpis[0]?.ci95.note).toContain('one network');
    const text = renderTerminal(report, { width: 90, colour: false, unicode: true });
    expect(text).toContain('one network: how networks differ is unknown');
    expect(text).toContain('3 seeds on network 4');
    expect(report.perSeed.map(({ network }) => network)).toEqual([4, 4, 4]);
    expect(repeatSeedCommand(report, seedInNetwork(4, 2))).toMatch(
      /--seed 30002 --set 'networks=\[4\]'$/,
    );
  });

  it('are those of a comparison, too', () => {
    const shifts = [1, 2, 3];
    const at = (by: number): Report => {
      const seeds = shifts.flatMap((shift, place) =>
        [1, 2].map((one) => seed(seedInNetwork(place + 1, one), one + by * shift)),
      );
      return judged({ seeds, networks: [1, 2, 3] });
    };
    const { isPaired, kpis } = compareReports(at(0), at(1));
    expect([isPaired, kpis[0]?.difference?.n, kpis[0]?.difference?.mean]).toEqual([true, 3, 2]);
  });

  it('do not take the samples of one network for independent ones', () => {
    const samples = (number: number, values: number[]): SeedResult => ({
      ...seed(number, 0),
      metrics: { [METRIC]: { kind: 'samples', values } },
    });
    const many = Array.from({ length: 50 }, (_, at) => at);
    const seeds = [1, 2, 3].map((network) => samples(seedInNetwork(network, 1), many));
    const { kpis } = judged({
      ...{ seeds, networks: [1, 2, 3], kpis: [kpi(METRIC, 'p50', ['<=', 100, '<= 100'])] },
      definitions: [{ ...definitions[0], kind: 'samples' }],
    });
    expect(kpis[0]?.ci95).toMatchObject({ kind: 'student-t', n: 3, over: 'networks' });
  });

  it('once did not hold their value: that of all samples, of which one network had most', () => {
    const of = (network: number, value: number, count: number): SeedResult => ({
      ...seed(seedInNetwork(network, 1), 0),
      metrics: { [METRIC]: { kind: 'samples', values: Array<number>(count).fill(value) } },
    });
    const limits = ['p50', 'max'] as const;
    const { kpis } = judged({
      ...{ seeds: [of(1, 10, 1), of(2, 20, 1), of(3, 90, 9)], networks: [1, 2, 3] },
      kpis: limits.map((one) => kpi(METRIC, one, ['<=', 100, '<= 100'])),
      definitions: [{ ...definitions[0], kind: 'samples' }],
    });
    expect(kpis.map(({ value }) => value)).toEqual([40, 90]);
  });
});
