/**
 * Reduces the data of a metric to one number, for one seed or pooled over seeds; says which
 * aggregations fit which kind (E109, docs/spec/error-messages.md). Over seeds, counters are added,
 * rates divide by the total measured time, ratios divide the sums, and samples and histograms are
 * merged before a percentile is taken: percentiles are never averaged.
 *
 * @module
 */
import { assert } from '../engine/core/assert.ts';
import type { MetricDefinition, MetricKind, MetricUnit } from '../engine/host/measure.ts';
import { histogramMean, histogramQuantile, mergeHistograms } from '../engine/measure/histogram.ts';
import { unitFacts } from '../engine/pure/metric-units.ts';
import type { Aggregation, MetricData } from './model.ts';
import { quantile, sortedAscending } from './statistics/quantile.ts';
import { summariseSample } from './statistics/summary.ts';

const QUANTILES: Readonly<Partial<Record<Aggregation, number>>> = {
  p50: 0.5,
  p90: 0.9,
  p95: 0.95,
  p99: 0.99,
  'p99.9': 0.999,
};

const OF_DISTRIBUTIONS: readonly Aggregation[] = [
  'p50',
  'p90',
  'p95',
  'p99',
  'p99.9',
  'mean',
  'min',
  'max',
  'count',
  'rate',
];

const ALLOWED: Readonly<Record<MetricKind, readonly Aggregation[]>> = {
  counter: ['count', 'rate'],
  gauge: ['value', 'mean', 'min', 'max'],
  ratio: ['value', 'ratio'],
  samples: OF_DISTRIBUTIONS,
  histogram: OF_DISTRIBUTIONS,
};

const NS_PER_MINUTE = 60e9;

/** A value, and how much data it is based on. */
export interface ReducedMetric {
  /** Null if nothing was measured. */
  readonly value: number | null;
  /** Number of samples, events or trials. */
  readonly n: number;
}

/** The fraction of a percentile aggregation; undefined for other aggregations. */
export function quantileOfAggregation(aggregation: Aggregation): number | undefined {
  return QUANTILES[aggregation];
}

/**
 * Why an aggregation does not fit a metric (E109).
 * @returns e.g. `p95 of a counter, allowed: count, rate`; undefined when it fits.
 */
export function aggregationMistake(
  definition: Pick<MetricDefinition, 'kind'>,
  aggregation: Aggregation,
): string | undefined {
  const allowed = ALLOWED[definition.kind];
  if (allowed.includes(aggregation)) return undefined;
  return `${aggregation} of a ${definition.kind}, allowed: ${allowed.join(', ')}`;
}

/**
 * The unit of a metric after aggregation: a `rate` is per minute and a `count` is a plain number,
 * but sums of energy and mass keep their unit.
 */
export function findAggregatedUnit(
  { kind, unit }: Pick<MetricDefinition, 'kind' | 'unit'>,
  aggregation: Aggregation,
): MetricUnit {
  if (aggregation === 'rate') return '1/min';
  if (aggregation !== 'count') return unit;
  return kind === 'counter' && unitFacts(unit)?.isSummed ? unit : 'count';
}

/** The unit of the difference between two values with this unit: percentage points for ratios. */
export function findDifferenceUnit<Unit extends string>(unit: Unit): Unit | 'points' {
  return unit === 'ratio' ? 'points' : unit;
}

/** Combines the data of several seeds; gauges become samples, one per seed. */
export function poolMetricData(parts: readonly MetricData[]): MetricData | undefined {
  const kind = parts[0]?.kind;
  assert(
    parts.every((part) => part.kind === kind),
    'a metric has the same kind in every seed',
  );
  switch (kind) {
    case undefined:
      return undefined;
    case 'counter':
      return { kind, value: sum(parts, (d) => (d.kind === 'counter' ? d.value : 0)) };
    case 'ratio':
      return {
        kind,
        numerator: sum(parts, (d) => (d.kind === 'ratio' ? d.numerator : 0)),
        denominator: sum(parts, (d) => (d.kind === 'ratio' ? d.denominator : 0)),
      };
    case 'gauge':
      return { kind: 'samples', values: parts.flatMap((d) => (d.kind === 'gauge' ? d.value : [])) };
    case 'samples':
      return { kind, values: parts.flatMap((d) => (d.kind === 'samples' ? d.values : [])) };
    case 'histogram':
      return {
        kind,
        data: mergeHistograms(parts.flatMap((d) => (d.kind === 'histogram' ? [d.data] : []))),
      };
  }
}

/**
 * Reduces data to one number.
 * @param measuredNs Measured time behind the data, summed over seeds if pooled.
 */
export function reduceMetric(
  data: MetricData | undefined,
  aggregation: Aggregation,
  measuredNs: number,
): ReducedMetric {
  switch (data?.kind) {
    case undefined:
      return { value: null, n: 0 };
    case 'counter':
      return ofEvents(data.value, aggregation, measuredNs);
    case 'gauge':
      return { value: data.value, n: 1 };
    case 'ratio': {
      const { numerator, denominator } = data;
      return { value: denominator === 0 ? null : numerator / denominator, n: denominator };
    }
    case 'samples':
      return ofSamples(data.values, aggregation, measuredNs);
    case 'histogram': {
      const { count, min, max } = data.data;
      const p = quantileOfAggregation(aggregation);
      if (p !== undefined && count > 0) return { value: histogramQuantile(data.data, p), n: count };
      const moments = { n: count, mean: histogramMean(data.data), min, max };
      return ofMoments(moments, aggregation, measuredNs);
    }
  }
}

function ofSamples(
  values: readonly number[],
  aggregation: Aggregation,
  measuredNs: number,
): ReducedMetric {
  const p = quantileOfAggregation(aggregation);
  const n = values.length;
  if (p !== undefined) return { value: quantile(sortedAscending(values), p) ?? null, n };
  return ofMoments(summariseSample(values), aggregation, measuredNs);
}

function ofEvents(events: number, aggregation: Aggregation, measuredNs: number): ReducedMetric {
  if (aggregation !== 'rate') return { value: events, n: events };
  return { value: measuredNs > 0 ? (events * NS_PER_MINUTE) / measuredNs : null, n: events };
}

function ofMoments(
  moments: {
    readonly n: number;
    readonly mean: number;
    readonly min: number;
    readonly max: number;
  },
  aggregation: Aggregation,
  measuredNs: number,
): ReducedMetric {
  const { n } = moments;
  if (aggregation === 'count' || aggregation === 'rate') {
    return ofEvents(n, aggregation, measuredNs);
  }
  if (n === 0) return { value: null, n };
  if (aggregation === 'min' || aggregation === 'max') return { value: moments[aggregation], n };
  return { value: moments.mean, n };
}

function sum(parts: readonly MetricData[], numberOf: (data: MetricData) => number): number {
  let total = 0;
  for (const part of parts) total += numberOf(part);
  return total;
}
