/** What samples from two worlds can tell about their difference, and what they cannot. */
import { describe, expect, it } from 'vitest';
import { LogHistogram } from '../../../engine/measure/histogram.ts';
import { compareWithPrediction } from '../../../reports/against.ts';
import { predictionLines } from '../../../reports/against-text.ts';
import type { JudgeInput, MetricData } from '../../../reports/model.ts';
import { estimateSampledValue, type SampledValue } from '../../../reports/sampled.ts';
import { judgeTolerance } from '../../../reports/within.ts';
import { draws } from './draws.ts';
import { runInput } from './fixture.ts';

const MS = 1e6;
const TOLERANCE = 0.15;

function latencies(count: number, meanMs: number, seed: number): MetricData {
  const histogram = new LogHistogram();
  const draw = draws(seed);
  for (let i = 0; i < count; i += 1) {
    histogram.record(Math.round(-Math.log(1 - draw()) * meanMs * MS));
  }
  return { kind: 'histogram', data: histogram.data() };
}

function median(data: MetricData): SampledValue {
  const value =
    data.kind === 'histogram' ? estimateSampledValue(data, 'p50', 1).boundsAt(1e9).low : null;
  return estimateSampledValue(data, 'p50', value);
}

describe('the interval of a figure', () => {
  it('of a median is by exact binomial ranks: 3 to 11 of 13', () => {
    const samples: MetricData = {
      kind: 'samples',
      values: [...Array(13).keys()].map((i) => i + 1),
    };
    expect(estimateSampledValue(samples, 'p50', 7).boundsAt(13)).toEqual({ low: 3, high: 11 });
    expect(estimateSampledValue(samples, 'p95', 13).boundsAt(13).high).toBeNull();
  });

  it('of a count is Garwood’s: 10 events are 4.795 to 18.39, none are at most 3.689', () => {
    const counter: MetricData = { kind: 'counter', value: 10 };
    const { low, high } = estimateSampledValue(counter, 'count', 10).boundsAt(10);
    expect(low).toBeCloseTo(4.795, 3);
    expect(high).toBeCloseTo(18.39, 2);
    const none = estimateSampledValue({ kind: 'counter', value: 0 }, 'count', 0).boundsAt(0);
    expect(none.low).toBe(0);
  });

  it('of a ratio is Wilson’s, of a mean Student’s, and of an extreme none', () => {
    const ratio: MetricData = { kind: 'ratio', numerator: 9, denominator: 10 };
    const { low, high } = estimateSampledValue(ratio, 'value', 0.9).boundsAt(10);
    expect([low, high].map((one) => Number(one?.toFixed(4)))).toEqual([0.5958, 0.9821]);
    const samples: MetricData = { kind: 'samples', values: [1, 2, 3, 4, 5] };
    const mean = estimateSampledValue(samples, 'mean', 3).boundsAt(5);
    expect([mean.low, mean.high].map((one) => Number(one?.toFixed(3)))).toEqual([1.037, 4.963]);
    expect(estimateSampledValue(samples, 'max', 5).boundsAt(5)).toEqual({ low: null, high: null });
  });
});

describe('a prediction', () => {
  it('was called OUTSIDE by a point difference of 103 % of 13 messages: it is undecided', () => {
    // Both worlds have the same distribution, but the median of 13 samples is twice that of the
    // other.
    const found = judgeTolerance(
      median(latencies(13, 400, 11)),
      median(latencies(13, 400, 3)),
      TOLERANCE,
    );
    expect(found?.verdict).toBe('undecided');
    expect(found?.difference.low).toBeLessThan(0);
  });

  it('is decided by as many samples as it said, and not by half as many', () => {
    const few = judgeTolerance(
      median(latencies(40, 400, 5)),
      median(latencies(40, 400, 6)),
      TOLERANCE,
    );
    expect(few?.verdict).toBe('undecided');
    const samples: MetricData = {
      kind: 'samples',
      values: [...Array(40).keys()].map((i) => 100 + i),
    };
    const one = estimateSampledValue(samples, 'p50', 119);
    const needed = judgeTolerance(one, one, 0.05)?.needed ?? 0;
    expect(needed).toBeGreaterThan(40);
    const bounds = (n: number): number => {
      const { low, high } = one.boundsAt(n);
      return (high ?? 0) / (low ?? 1) - 1;
    };
    expect(bounds(needed)).toBeLessThanOrEqual(0.05);
    expect(bounds(needed / 2)).toBeGreaterThan(0.05);
  });

  it('of many samples is inside or outside, on both sides of the tolerance', () => {
    const live = median(latencies(100_000, 100, 1));
    const verdictOf = (mean: number): string | undefined =>
      judgeTolerance(live, median(latencies(100_000, mean, 2)), TOLERANCE)?.verdict;
    expect([80, 90, 110, 120].map(verdictOf)).toEqual(['outside', 'inside', 'inside', 'outside']);
    expect(verdictOf(115)).toBe('undecided');
  });

  it('of what one of both never measured is nothing to weigh', () => {
    const live = median(latencies(100, 100, 1));
    expect(
      judgeTolerance(live, estimateSampledValue(undefined, 'p50', null), TOLERANCE),
    ).toBeUndefined();
  });
});

describe('a live run of thirteen messages', () => {
  const base = runInput({ seeds: 1, slowdown: 1 });
  const withMessages = (count: number, draw: number): JudgeInput => ({
    ...base,
    kpis: [],
    definitions: [
      { name: 'mix.latency', kind: 'histogram', unit: 'ns', help: '' },
      { name: 'mix.throughput', kind: 'counter', unit: 'packets', help: '' },
    ],
    seeds: base.seeds.map((seed) => ({
      ...seed,
      metrics: {
        'mix.latency': latencies(count, 400, draw),
        'mix.throughput': { kind: 'counter', value: count },
      },
    })),
  });
  const CPU = 'calibrated (costs.json, a processor)';

  it('is undecided, with the number that it would take, and not red', () => {
    const against = compareWithPrediction(withMessages(13, 11), {
      ...withMessages(13, 3),
      cpu: CPU,
    });
    const lines = predictionLines(against);
    expect(lines[0]).toContain('processor modelled: too few samples to tell within 15 %');
    expect(lines.join('\n')).not.toMatch(/OUTSIDE|✗/);
    expect(lines.join('\n')).toMatch(/\? mix\.latency p50 .*undecided, n >= [\d ]+\n/);
    expect(against.pass).toBe(false);
    const row = against.rows.find(({ aggregation }) => aggregation === 'p50');
    expect(row).toMatchObject({ n: 13, isInside: null });
    expect(row?.intervals?.live.low).toBeLessThan(row?.live ?? 0);
    expect(row?.intervals?.predicted.high).toBeGreaterThan(row?.predicted ?? 0);
  });
});
