/**
 * A measured value with the 95 % interval that its samples give for the true quantity; also the
 * interval that a different number of samples from the same distribution would give.
 *
 * Percentiles have exact binomial ranks, counts of events Garwood's exact interval (Biometrika 28, 1936),
 * ratios Wilson's, means Student's t. All assume independent samples. Packets that share a queue are not
 * independent, so the interval of a busy run tends to be too narrow.
 *
 * @module
 */
import {
  type HistogramData,
  histogramQuantile,
  visitBuckets,
} from '../engine/measure/histogram.ts';
import { quantileOfAggregation } from './estimate.ts';
import type { Aggregation, MetricData } from './model.ts';
import { wilsonInterval } from './statistics/proportion.ts';
import { nearestRank, rankInterval, sortedAscending } from './statistics/quantile.ts';
import { incompleteGamma, invertRising } from './statistics/special.ts';
import { studentQuantile } from './statistics/student-t.ts';
import { summariseSample } from './statistics/summary.ts';

const LEVEL = 0.95;
const TAIL = (1 - LEVEL) / 2;

/** Both ends of an interval; an end is null if the samples do not determine it. */
export interface IntervalBounds {
  readonly low: number | null;
  readonly high: number | null;
}

/** A value with the uncertainty of its samples. */
export interface SampledValue {
  readonly value: number | null;
  /** Number of samples, events or trials. */
  readonly n: number;
  /** The interval that this number of samples would give. */
  readonly boundsAt: (n: number) => IntervalBounds;
}

const NONE: IntervalBounds = { low: null, high: null };

/**
 * Estimates the uncertainty of an aggregated value from the data behind it.
 * @param value The aggregated value; the interval has the same unit.
 */
export function estimateSampledValue(
  data: MetricData | undefined,
  aggregation: Aggregation,
  value: number | null,
): SampledValue {
  if (data === undefined || value === null) return { value, n: 0, boundsAt: () => NONE };
  const p = quantileOfAggregation(aggregation);
  const n = countOf(data);
  if (p !== undefined) return { value, n, boundsAt: (size) => ranked(quantilesOf(data), p, size) };
  if (aggregation === 'count' || aggregation === 'rate') {
    return {
      value,
      n,
      boundsAt: (size) => scaled(eventsInterval(size), value / Math.max(1, size)),
    };
  }
  if (data.kind === 'ratio') {
    return { value, n, boundsAt: (size) => wilsonInterval(value * size, size) };
  }
  if (aggregation !== 'mean') return { value, n, boundsAt: () => NONE };
  const deviation = deviationOf(data, value);
  return { value, n, boundsAt: (size) => aroundMean(value, deviation, size) };
}

/** A percentile of a histogram with its uncertainty. */
export function sampledQuantile(data: HistogramData, p: number): SampledValue {
  const at = (fraction: number): number => histogramQuantile(data, fraction);
  const value = data.count === 0 ? null : at(p);
  return { value, n: data.count, boundsAt: (size) => ranked(at, p, size) };
}

function countOf(data: MetricData): number {
  switch (data.kind) {
    case 'counter':
      return data.value;
    case 'gauge':
      return 1;
    case 'ratio':
      return data.denominator;
    case 'samples':
      return data.values.length;
    case 'histogram':
      return data.data.count;
  }
}

type Quantiles = (fraction: number) => number;

function quantilesOf(data: MetricData): Quantiles {
  if (data.kind === 'histogram') return (fraction) => histogramQuantile(data.data, fraction);
  const sorted = data.kind === 'samples' ? sortedAscending(data.values) : [];
  return (fraction) => sorted[nearestRank(fraction, sorted.length) - 1] ?? Number.NaN;
}

function ranked(at: Quantiles, p: number, n: number): IntervalBounds {
  if (n < 1) return NONE;
  const { low, high } = rankInterval({ n, p, level: LEVEL });
  const value = (rank: number | undefined): number | null =>
    rank === undefined ? null : at(Math.min(1, rank / n));
  return { low: value(low), high: value(high) };
}

/** The interval of the mean number of events, if `count` events were observed. */
function eventsInterval(count: number): IntervalBounds {
  const high = count + 10 * Math.sqrt(count + 1) + 20;
  const at = (events: number, p: number): number =>
    invertRising((mean) => incompleteGamma(events, mean), p, { low: 0, high });
  return { low: count === 0 ? 0 : at(count, TAIL), high: at(count + 1, 1 - TAIL) };
}

function scaled({ low, high }: IntervalBounds, factor: number): IntervalBounds {
  return { low: (low ?? 0) * factor, high: (high ?? 0) * factor };
}

function deviationOf(data: MetricData, mean: number): number {
  if (data.kind === 'samples') return summariseSample(data.values).deviation;
  if (data.kind !== 'histogram') return Number.NaN;
  let squares = 0;
  visitBuckets(data.data, (first, last, count) => {
    const distance = (first + last) / 2 - mean;
    squares += count * distance * distance;
  });
  return Math.sqrt(squares / Math.max(1, data.data.count - 1));
}

function aroundMean(mean: number, deviation: number, n: number): IntervalBounds {
  if (n < 2 || Number.isNaN(deviation)) return NONE;
  const half = (studentQuantile(1 - TAIL, n - 1) * deviation) / Math.sqrt(n);
  return { low: mean - half, high: mean + half };
}
