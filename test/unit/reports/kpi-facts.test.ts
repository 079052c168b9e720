/**
 * The facts beside each KPI's value, for every kind of metric and every aggregation that fits it:
 * the unit, the number of samples, and a confidence interval or the reason why there is none.
 */
import { describe, expect, it } from 'vitest';
import type { MetricDefinition, MetricKind } from '../../../engine/host/measure.ts';
import { LogHistogram } from '../../../engine/measure/histogram.ts';
import { aggregationMistake } from '../../../reports/estimate.ts';
import { judgeKpi } from '../../../reports/kpi.ts';
import type { Aggregation, MetricData } from '../../../reports/model.ts';
import type { KpiResult } from '../../../reports/report-schema.ts';
import { kpi, seedResult } from './fixture.ts';

const MINUTE = 60e9;
const AGGREGATIONS: readonly Aggregation[] = [
  ...(['p50', 'p90', 'p95', 'p99', 'p99.9', 'mean', 'min', 'max'] as const),
  ...(['count', 'rate', 'value', 'ratio'] as const),
];
const UNITS: Readonly<Record<MetricKind, MetricDefinition['unit']>> = {
  counter: 'packets',
  gauge: 'bytes',
  ratio: 'ratio',
  samples: 'ns',
  histogram: 'ns',
};
const KINDS = Object.keys(UNITS) as MetricKind[];
/** All texts that a report may print instead of an interval or one of its bounds. */
const REASONS = [
  /^a count has no interval$/,
  /^an extreme has no interval$/,
  /^n=[01], no interval$/,
  /^no samples$/,
  /^one-sided: n=\d+ is too small for two bounds$/,
  /^p[\d.]+ of n=\d+ is rank \d+(, the [a-z ]+)?; an upper bound needs n >= \d+: --seeds \d+$/,
];

/** The data of one seed, and the number of its samples, events or trials. */
function dataOf(kind: MetricKind, seed: number): { data: MetricData; n: number } {
  const values = Array.from({ length: 3 + (seed % 4) }, (_, i) => 10 * seed + i * i);
  switch (kind) {
    case 'counter':
      return { data: { kind, value: 7 + seed }, n: 7 + seed };
    case 'gauge':
      return { data: { kind, value: 7 + seed }, n: 1 };
    case 'ratio':
      return { data: { kind, numerator: 5 + seed, denominator: 20 + 2 * seed }, n: 20 + 2 * seed };
    case 'samples':
      return { data: { kind, values }, n: values.length };
    case 'histogram': {
      const histogram = new LogHistogram();
      for (const value of values) histogram.record(value);
      return { data: { kind, data: histogram.data() }, n: values.length };
    }
  }
}

/** A KPI over several seeds, and the number of samples behind it. */
function judged(kind: MetricKind, aggregation: Aggregation, seeds: number): [KpiResult, number] {
  const made = Array.from({ length: seeds }, (_, seed) => dataOf(kind, seed + 1));
  const template = seedResult(1, 1);
  const definition = { name: 'x.y', kind, unit: UNITS[kind], help: 'For the test.' };
  const result = judgeKpi({
    spec: kpi('x.y', aggregation, ['<=', 1e12, '<= 1e12']),
    definition,
    definitions: [],
    seeds: made.map(({ data }, i) => ({
      ...template,
      seed: i + 1,
      measuredNs: MINUTE,
      metrics: { 'x.y': data },
    })),
    mode: 'sim',
    warmupNs: 0,
  });
  return [result, made.reduce((sum, { n }) => sum + n, 0)];
}

const fitting = KINDS.flatMap((kind) =>
  AGGREGATIONS.filter((aggregation) => aggregationMistake({ kind }, aggregation) === undefined).map(
    (aggregation) => [kind, aggregation] as const,
  ),
);

function isReason(note: string | undefined): boolean {
  return REASONS.some((reason) => reason.test(note ?? ''));
}

describe.each(fitting)('R-239: a %s judged by its %s', (kind, aggregation) => {
  it('has its unit, also when nothing was measured', () => {
    const others = { rate: '1/min', count: 'count' } as const;
    const unit =
      aggregation === 'rate' || aggregation === 'count' ? others[aggregation] : UNITS[kind];
    for (const seeds of [0, 1, 12]) expect(judged(kind, aggregation, seeds)[0].unit).toBe(unit);
  });

  it.each([1, 2, 12])('has the number of samples of %i seeds', (seeds) => {
    const [{ n }, behind] = judged(kind, aggregation, seeds);
    expect(behind).toBeGreaterThanOrEqual(seeds);
    expect(n).toBe(behind);
  });

  it.each([1, 2, 12, 40])(
    'has an interval around its value, or the reason, with %i seeds',
    (seeds) => {
      const [{ value, perSeed, ci95 }, behind] = judged(kind, aggregation, seeds);
      const { low, high, note } = ci95;
      expect(ci95.level).toBe(0.95);
      if (ci95.kind === 'none') {
        expect([low, high]).toEqual([null, null]);
        expect(isReason(note), note).toBe(true);
        // If more seeds would help, there must be an interval.
        expect(seeds === 1 || ['count', 'min', 'max'].includes(aggregation)).toBe(true);
        return;
      }
      if (low === null || high === null) expect(isReason(note), note).toBe(true);
      else expect(low).toBeLessThan(high);
      // An interval by Student's t encloses the mean of the seeds; one by ranks encloses the
      // quantile of all samples.
      const means = perSeed.flatMap((one) => one.value ?? []);
      const middle =
        ci95.kind === 'student-t' ? means.reduce((sum, one) => sum + one, 0) / means.length : value;
      expect(middle).not.toBeNull();
      expect(low ?? Number.NEGATIVE_INFINITY).toBeLessThanOrEqual(middle ?? Number.NaN);
      expect(high ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(middle ?? Number.NaN);
      expect(ci95.n).toBe(ci95.kind === 'student-t' ? seeds : behind);
    },
  );
});

it('R-239: an interval over seeds is as wide as the table of Student says', () => {
  const definition = { name: 'x.y', kind: 'gauge', unit: 'bytes', help: 'For the test.' } as const;
  const ofGauges = (...values: readonly number[]): KpiResult['ci95'] =>
    judgeKpi({
      spec: kpi('x.y', 'value', ['<=', 100, '<= 100']),
      definition,
      definitions: [],
      seeds: values.map((value, i) => ({
        ...seedResult(1, 1),
        seed: i + 1,
        metrics: { 'x.y': { kind: 'gauge', value } },
      })),
      mode: 'sim',
      warmupNs: 0,
    }).ci95;
  // t(2; 0.975) = 4.303, and the deviation of 10, 20, 30 is 10: 20 +- 4.303 * 10 / sqrt(3).
  const three = ofGauges(10, 20, 30);
  expect([three.low, three.high]).toEqual([
    expect.closeTo(20 - 24.842, 2),
    expect.closeTo(20 + 24.842, 2),
  ]);
  // t(9; 0.975) = 2.262, and the deviation of 1 to 10 is 3.0277.
  const ten = ofGauges(...Array.from({ length: 10 }, (_, i) => i + 1));
  expect([ten.low, ten.high]).toEqual([
    expect.closeTo(5.5 - 2.166, 2),
    expect.closeTo(5.5 + 2.166, 2),
  ]);
});

it('R-239: what cannot be judged says why in the place of the interval', () => {
  const spec = kpi('x.y', 'p95', ['<=', 1, '<= 1']);
  const seeds = [seedResult(1, 1)];
  const unknown = judgeKpi({
    spec,
    definition: undefined,
    definitions: [],
    seeds,
    mode: 'sim',
    warmupNs: 0,
  });
  expect(unknown.ci95.note).toBe('metric "x.y" does not exist in this run');
  const definition = {
    name: 'x.y',
    kind: 'counter',
    unit: 'count',
    help: 'For the test.',
  } as const;
  const wrong = judgeKpi({ spec, definition, definitions: [], seeds, mode: 'sim', warmupNs: 0 });
  expect(wrong.ci95.note).toBe('p95 of a counter, allowed: count, rate');
  expect([unknown.n, wrong.n]).toEqual([0, 0]);
});
