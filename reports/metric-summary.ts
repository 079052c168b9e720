/**
 * All metrics of a run over its seeds, with or without a limit: sums, extremes, and the distribution as
 * points from which a chart is drawn without the raw data.
 *
 * @module
 */

import type { MetricDefinition } from '../engine/host/measure.ts';
import {
  type HistogramData,
  histogramMean,
  mergeHistograms,
  visitBuckets,
} from '../engine/measure/histogram.ts';
import { greatestOf, leastOf } from '../engine/pure/extremes.ts';
import { SERIES_PER_METRIC_MAX } from '../engine/pure/series-name.ts';
import { poolMetricData } from './estimate.ts';
import { findClockKind } from './kpi.ts';
import type { MetricData, RunMode, SeedResult } from './model.ts';
import { cumulativeBucketFractions, findDistributionModes } from './modes.ts';
import type { MetricSummary } from './report-schema.ts';
import { seriesNames } from './series.ts';
import { nearestRank, sortedAscending } from './statistics/quantile.ts';
import { summariseSample } from './statistics/summary.ts';

/**
 * Number of individual samples kept in the report; the other samples are only in the distribution.
 */
const SAMPLES_MAX = 2_000;
/** Points of the distribution per factor of ten in 1 - p. */
const STEPS_PER_DECADE = 16;
/** Quantiles that are always stored, because readers expect them and the steps miss them. */
const ALWAYS = [0.5, 0.95] as const;
/**
 * A distribution with at most this many different values is stored with the exact share of each.
 */
const FEW_VALUES = 64;

type Points = NonNullable<MetricSummary['quantiles']>;

/** Every defined metric that at least one seed measured or reported as not applicable, by name. */
export function summariseMetrics(
  definitions: readonly MetricDefinition[],
  seeds: readonly SeedResult[],
  mode: RunMode,
): Readonly<Record<string, MetricSummary>> {
  const result: Record<string, MetricSummary> = {};
  const byName = [...definitions].sort((a, b) => (a.name < b.name ? -1 : 1));
  const named = byName.flatMap((definition) => {
    if (definition.labels === undefined) return [definition];
    // There may be one series more than the bound, which counts all label values beyond the bound.
    const series = seriesNames(seeds, definition.name).slice(0, SERIES_PER_METRIC_MAX + 1);
    return [definition, ...series.map((name) => ({ ...definition, name }))];
  });
  for (const definition of named) {
    const parts = seeds.flatMap((seed) => {
      const data = seed.metrics[definition.name];
      return data === undefined ? [] : [{ seed: seed.seed, data }];
    });
    const { kind, unit, help, name } = definition;
    if (parts.length > 0) {
      const summary = summariseParts(parts, pathsOf(seeds, name));
      result[name] = { kind, unit, clock: findClockKind(name, mode), help, ...summary };
      continue;
    }
    const [unfit] = seeds.flatMap(({ notApplicable }) => notApplicable?.[name] ?? []);
    if (unfit === undefined) continue;
    const state = { count: 0, value: null, notApplicable: unfit };
    result[name] = { kind, unit, clock: findClockKind(name, mode), help, ...state };
  }
  return result;
}

type Part = { readonly seed: number; readonly data: MetricData };

/** The samples of a metric from all seeds, by the path that their packets took. */
function pathsOf(seeds: readonly SeedResult[], name: string): Record<string, HistogramData> {
  const byPath: Record<string, HistogramData> = {};
  for (const { pathLatencies } of seeds) {
    for (const [path, data] of Object.entries(pathLatencies?.[name] ?? {})) {
      const known = byPath[path];
      byPath[path] = known === undefined ? data : mergeHistograms([known, data]);
    }
  }
  return byPath;
}

function summariseParts(
  parts: readonly Part[],
  byPath: Readonly<Record<string, HistogramData>>,
): Omit<MetricSummary, 'kind' | 'unit' | 'clock' | 'help'> {
  const pooled = poolMetricData(parts.map((part) => part.data));
  switch (pooled?.kind) {
    case 'counter':
      return { count: pooled.value, value: pooled.value };
    case 'ratio': {
      const { numerator, denominator } = pooled;
      return { count: denominator, value: denominator === 0 ? null : numerator / denominator };
    }
    case 'histogram':
      return summariseHistogram(pooled.data, parts, byPath);
    case 'samples':
      return parts[0]?.data.kind === 'gauge'
        ? summariseGauge(pooled.values)
        : summariseSamples(pooled.values, parts);
    default:
      return { count: 0, value: null };
  }
}

function summariseGauge(values: readonly number[]): Pick<MetricSummary, 'count' | 'value'> {
  const { n, mean, min, max } = summariseSample(values);
  return { count: n, value: mean, ...{ mean, min, max } };
}

function summariseHistogram(
  data: HistogramData,
  parts: readonly Part[],
  byPath: Readonly<Record<string, HistogramData>>,
): Omit<MetricSummary, 'kind' | 'unit' | 'clock' | 'help'> {
  if (data.count === 0) return { count: 0, value: null };
  const mean = histogramMean(data);
  const perSeed = parts.flatMap((part) =>
    part.data.kind === 'histogram' && part.data.data.count > 0 ? [part.data.data] : [],
  );
  const quantiles = withBand(
    (fractions) => histogramQuantiles(data, fractions),
    perSeed.map((one) => ({ n: one.count, at: (f) => histogramQuantiles(one, f) })),
    [...tailFractions(data.count), ...cumulativeBucketFractions(data, FEW_VALUES)],
  );
  const { count, min, max } = data;
  const modes = findDistributionModes(data, byPath).map((one) => ({ ...one }));
  const gathered = modes.length === 0 ? {} : { modes };
  return { count, value: null, sum: mean * count, mean, min, max, quantiles, ...gathered };
}

function summariseSamples(
  values: readonly number[],
  parts: readonly Part[],
): Omit<MetricSummary, 'kind' | 'unit' | 'clock' | 'help'> {
  if (values.length === 0) return { count: 0, value: null };
  const { n, mean, min, max } = summariseSample(values);
  const sorted = sortedAscending(values);
  const at = (fractions: readonly number[]): number[] =>
    fractions.map((p) => sorted[nearestRank(p, n) - 1] ?? NaN);
  const samples = parts.flatMap(({ seed, data }) =>
    data.kind === 'samples' ? data.values.map((value) => ({ seed, value })) : [],
  );
  const quantiles = withBand(at, [], tailFractions(n));
  const kept = samples.slice(0, SAMPLES_MAX);
  return { count: n, value: null, sum: mean * n, mean, min, max, quantiles, samples: kept };
}

/** Fractions p evenly spaced in -log10(1 - p), up to the one that n samples still determine, then 1. */
function tailFractions(n: number): readonly number[] {
  const decades = Math.log10(n);
  const fractions: number[] = [];
  for (let step = 0; step <= decades * STEPS_PER_DECADE; step++) {
    fractions.push(1 - 10 ** (-step / STEPS_PER_DECADE));
  }
  return [...new Set([...fractions, ...ALWAYS, 1])].sort((a, b) => a - b);
}

interface SeedDistribution {
  readonly n: number;
  readonly at: (fractions: readonly number[]) => readonly number[];
}

/** Points of a distribution with the range over seeds, if at least two seeds have it. */
function withBand(
  at: (fractions: readonly number[]) => readonly number[],
  seeds: readonly SeedDistribution[],
  wanted: readonly number[],
): Points {
  const fractions = [...new Set(wanted)].sort((a, b) => a - b);
  const perSeed = seeds.map((seed) => seed.at(fractions));
  return at(fractions).map((value, i) => {
    const p = fractions[i] ?? 1;
    const here = seeds.flatMap((seed, s) =>
      (1 - p) * seed.n >= 1 ? [perSeed[s]?.[i] ?? NaN] : [],
    );
    if (here.length < 2) return { p, value };
    return { p, value, low: leastOf(here), high: greatestOf(here) };
  });
}

/**
 * Several quantiles in one pass over the buckets.
 * @param fractions In ascending order.
 */
function histogramQuantiles(data: HistogramData, fractions: readonly number[]): number[] {
  const result: number[] = [];
  let seen = 0;
  visitBuckets(data, (_first, last, count) => {
    seen += count;
    let next = fractions[result.length];
    while (next !== undefined && nearestRank(next, data.count) <= seen) {
      result.push(next === 0 ? data.min : Math.min(data.max, last));
      next = fractions[result.length];
    }
  });
  return result;
}
