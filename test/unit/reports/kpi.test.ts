import { describe, expect, it } from 'vitest';
import type { MetricDefinition } from '../../../engine/host/measure.ts';
import { LogHistogram } from '../../../engine/measure/histogram.ts';
import { aggregationMistake } from '../../../reports/estimate.ts';
import { judgeKpi } from '../../../reports/kpi.ts';
import type { KpiSpec, MetricData } from '../../../reports/model.ts';
import type { KpiResult } from '../../../reports/report-schema.ts';
import { kpi, seedResult } from './fixture.ts';

const MINUTE = 60e9;

function define(kind: MetricDefinition['kind'], unit: MetricDefinition['unit']): MetricDefinition {
  return { name: 'x.y', kind, unit, help: 'For the test.' };
}

function judged(
  definition: MetricDefinition,
  spec: KpiSpec,
  data: readonly (MetricData | undefined)[],
): KpiResult {
  const template = seedResult(1, 1);
  const seeds = data.map((one, i) => ({
    ...template,
    seed: i + 1,
    measuredNs: MINUTE,
    metrics: one === undefined ? {} : { 'x.y': one },
  }));
  return judgeKpi({ spec, definition, definitions: [], seeds, mode: 'sim', warmupNs: 5e9 });
}

const samples = (...values: number[]): MetricData => ({ kind: 'samples', values });
const counter = (value: number): MetricData => ({ kind: 'counter', value });
const ratio = (numerator: number, denominator: number): MetricData => ({
  kind: 'ratio',
  numerator,
  denominator,
});
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

describe('a KPI', () => {
  it('pools samples over seeds before it takes the percentile', () => {
    const spec = kpi('x.y', 'p95', ['<=', 20, '<= 20']);
    const result = judged(define('samples', 'count'), spec, [samples(...range(19)), samples(1000)]);
    expect(result).toMatchObject({ value: 19, n: 20, pass: true, worstSeed: 2, seedsMissed: 1 });
    expect(result.perSeed.map((entry) => entry.value)).toEqual([19, 1000]);
  });

  it('merges histograms before it takes the percentile, never averages percentiles', () => {
    const many = new LogHistogram();
    const few = new LogHistogram();
    for (let i = 0; i < 990; i++) many.record(10);
    for (let i = 0; i < 10; i++) few.record(1000);
    const data = [many, few].map((one): MetricData => ({ kind: 'histogram', data: one.data() }));
    const spec = kpi('x.y', 'p95', ['<=', 20, '<= 20']);
    const result = judged(define('histogram', 'count'), spec, data);
    expect(result).toMatchObject({ value: 10, n: 1000, pass: true });
    expect(result.ci95).toMatchObject({ kind: 'student-t', n: 2 });
  });

  it('divides summed counts by summed minutes, and sums by sums', () => {
    const rate = kpi('x.y', 'rate', ['>=', 5, '>= 5/min']);
    expect(judged(define('counter', 'count'), rate, [counter(4), counter(8)])).toMatchObject({
      value: 6,
      unit: '1/min',
      ci95: { kind: 'student-t', n: 2 },
    });
    const share = kpi('x.y', 'value', ['>=', 0.5, '>= 50%']);
    expect(judged(define('ratio', 'ratio'), share, [ratio(1, 1), ratio(1, 3)])).toMatchObject({
      value: 0.5,
      n: 4,
      pass: true,
      marginUnit: 'points',
    });
  });

  it('judged 1 of each of two seeds as 2, and took more seeds for more of what is counted', () => {
    const definition = define('counter', 'count');
    const one = kpi('x.y', 'count', ['==', 1, '== 1']);
    expect(judged(definition, one, [counter(1), counter(1)])).toMatchObject({
      value: 1,
      pass: true,
      seedsMissed: 0,
    });
    const many = kpi('x.y', 'count', ['>=', 4, '>= 4']);
    const seeds = [counter(5), counter(3), counter(4)];
    expect(judged(definition, many, seeds)).toMatchObject({
      value: 3,
      pass: false,
      worstSeed: 2,
      seedsMissed: 1,
      reason: '3 is below 4',
    });
    const total = { ...many, over: 'total' } as const;
    expect(judged(definition, total, seeds)).toMatchObject({ value: 12, pass: true });
  });

  it('finds the one seed whose count is not zero', () => {
    const none = kpi('x.y', 'count', ['==', 0, '== 0']);
    const definition = define('counter', 'count');
    expect(judged(definition, none, [counter(0), counter(0)])).toMatchObject({
      value: 0,
      pass: true,
      margin: null,
    });
    expect(judged(definition, none, [counter(0), counter(3)])).toMatchObject({
      value: 3,
      pass: false,
      worstSeed: 2,
      seedsMissed: 1,
      reason: '3 is not 0',
    });
  });

  it('takes a gauge as one value per seed', () => {
    const gauge = (value: number): MetricData => ({ kind: 'gauge', value });
    const peak = kpi('x.y', 'max', ['<=', 10, '<= 10']);
    const definition = define('gauge', 'count');
    expect(judged(definition, peak, [gauge(4), gauge(12)])).toMatchObject({ value: 12, n: 2 });
    const mean = kpi('x.y', 'value', ['<=', 10, '<= 10']);
    expect(judged(definition, mean, [gauge(4), gauge(12)])).toMatchObject({ value: 8, pass: true });
  });

  it('R-239: with one seed has no interval and says so', () => {
    const rate = kpi('x.y', 'rate', ['>=', 5, '>= 5/min']);
    expect(judged(define('counter', 'count'), rate, [counter(4)]).ci95).toMatchObject({
      kind: 'none',
      low: null,
      high: null,
      note: 'n=1, no interval',
    });
  });

  it('has no upper bound for p95 of 30 samples, names the rank and how many seeds it takes', () => {
    const spec = kpi('x.y', 'p95', ['<=', 750, '<= 750']);
    const result = judged(
      define('samples', 'count'),
      spec,
      range(30).map((v) => samples(v)),
    );
    expect(result.value).toBe(29);
    expect(result.ci95).toMatchObject({ kind: 'order-statistics', low: 26, high: null, n: 30 });
    expect(result.ci95.note).toBe(
      'p95 of n=30 is rank 29, the second largest; an upper bound needs n >= 59: --seeds 60',
    );
  });

  it('has a one-sided bound from 59 samples on and two bounds from 73 on', () => {
    const spec = kpi('x.y', 'p95', ['<=', 750, '<= 750']);
    const of = (n: number): KpiResult['ci95'] =>
      judged(define('samples', 'count'), spec, [samples(...range(n))]).ci95;
    expect(of(58).high).toBeNull();
    expect(of(59)).toMatchObject({ low: null, high: 59, highRank: 59 });
    expect(of(73)).toMatchObject({ low: 65, high: 73 });
  });

  it('E125: without samples fails by name, and never passes', () => {
    const spec = kpi('x.y', 'p95', ['<=', 750, '<= 750']);
    for (const data of [
      [undefined, undefined],
      [samples(), samples()],
    ]) {
      const result = judged(define('samples', 'count'), spec, data);
      expect(result).toMatchObject({ status: 'fail', pass: false, value: null, code: 'E125' });
      expect(result.reason).toContain('x.y has 0 samples, so p95 cannot be judged');
      expect(result.reason).toContain('warmup (5s)');
    }
    const share = kpi('x.y', 'value', ['>=', 0, '>= 0%']);
    expect(judged(define('ratio', 'ratio'), share, [ratio(0, 0)])).toMatchObject({ code: 'E125' });
  });

  it('may be empty when the scenario says so: not applicable, not met', () => {
    const spec = { ...kpi('x.y', 'p95', ['<=', 750, '<= 750']), allowEmpty: true };
    const result = judged(define('samples', 'count'), spec, [samples()]);
    expect(result).toMatchObject({ status: 'not-applicable', pass: true, value: null });
  });

  it('E109: refuses an aggregation that does not fit, with those that do', () => {
    const text = 'p95 of a counter, allowed: count, rate';
    expect(aggregationMistake({ kind: 'counter' }, 'p95')).toBe(text);
    expect(aggregationMistake({ kind: 'samples' }, 'p99.9')).toBeUndefined();
    const result = judged(define('counter', 'count'), kpi('x.y', 'p95', ['<=', 1, '<= 1']), []);
    expect(result).toMatchObject({ status: 'fail', code: 'E109', reason: text });
  });

  it('judged `inside` passes only with the whole interval inside the limit', () => {
    const inside = (limit: number): KpiSpec => ({
      ...kpi('x.y', 'mean', ['<=', limit, `<= ${limit}`]),
      interval: 'inside',
    });
    const data = [9, 10, 11].map((v) => samples(v));
    const definition = define('samples', 'count');
    expect(judged(definition, inside(13), data).pass).toBe(true);
    const result = judged(definition, inside(11), data);
    expect(result).toMatchObject({ value: 10, pass: false });
    expect(result.reason).toBe('the interval is not wholly inside the limit');
    expect(judged(definition, inside(13), data.slice(0, 1)).reason).toContain('n=1, no interval');
  });

  it('of a share had an interval up to 102 %', () => {
    const most = kpi('x.y', 'value', ['>=', 0.5, '>= 50%']);
    const share = define('ratio', 'ratio');
    const parts = [ratio(90, 100), ratio(100, 100)];
    const { low, high } = judged(share, most, parts).ci95;
    expect([low, high]).toEqual([expect.closeTo(0.315, 3), 1]);
    expect(judged(share, most, [ratio(0, 100), ratio(1, 100)]).ci95).toMatchObject({ low: 0 });
    const mean = kpi('x.y', 'mean', ['>=', 0.5, '>= 50%']);
    const accuracy = define('samples', 'ratio');
    expect(judged(accuracy, mean, [samples(0.9), samples(1)]).ci95.high).toBe(1);
    // A multiple, such as the use of several cores, may exceed 1 in seeds that did not run.
    expect(judged({ ...share, isUnbounded: true }, most, parts).ci95.high).toBeGreaterThan(1.5);
    expect(judged(share, most, [ratio(90, 100), ratio(110, 100)]).ci95.high).toBeGreaterThan(1.5);
    // Nor is a rate of samples a share, whatever the unit of the samples.
    const rate = kpi('x.y', 'rate', ['>=', 0, '>= 0']);
    expect(judged(accuracy, rate, [samples(), samples(1)]).ci95.high).toBeGreaterThan(1);
  });

  it.each([
    ['<=', 750, 212, 0.717, true],
    ['<=', 750, 812, -0.083, false],
    ['>=', 500, 600, 0.2, true],
    ['<', 750, 750, 0, false],
    ['>', 750, 750, 0, false],
    ['<=', 0, 5, null, false],
  ] as const)('%s %d measured as %d has margin %d', (...row) => {
    const [comparison, limit, value, margin, pass] = row;
    const spec = kpi('x.y', 'mean', [comparison, limit, `${comparison} ${limit}`]);
    const result = judged(define('samples', 'count'), spec, [samples(value)]);
    expect(result.pass).toBe(pass);
    if (margin === null) expect(result.margin).toBeNull();
    else expect(result.margin).toBeCloseTo(margin, 3);
  });

  it('R-236: is virtual in simulation, wall when live or when its name says so', () => {
    const spec = kpi('x.y', 'mean', ['<=', 5, '<= 5']);
    const definition = define('samples', 'ns');
    const input = { spec, definition, definitions: [], seeds: [], warmupNs: 0 };
    expect(judgeKpi({ ...input, mode: 'sim' }).clock).toBe('virtual');
    expect(judgeKpi({ ...input, mode: 'live' }).clock).toBe('wall');
    const wall = { ...spec, metric: 'mix.processing_wall' };
    expect(judgeKpi({ ...input, spec: wall, mode: 'sim' }).clock).toBe('wall');
  });
});
