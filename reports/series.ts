/**
 * Labelled series in reports: whose definition they have, what a seed measured that lacks one, and
 * why one cannot be judged. Names of series are those of engine/pure/series-name.ts.
 *
 * @module
 */
import type { MetricDefinition } from '../engine/host/measure.ts';
import { foldedSeriesName } from '../engine/measure/bounded-series.ts';
import {
  metricOfSeries,
  OTHER_LABEL_VALUE,
  readSeriesName,
  SERIES_PER_METRIC_MAX,
} from '../engine/pure/series-name.ts';
import type { SeedResult } from './model.ts';

/** The definition of a metric or of the metric of a series. */
export function findMetricDefinition(
  definitions: readonly MetricDefinition[],
  name: string,
): MetricDefinition | undefined {
  const metric = metricOfSeries(name);
  return definitions.find((one) => one.name === metric);
}

/**
 * The seeds with the data of a series. A counter that only other seeds have counted is 0 in those that lack it; a
 * series that no seed has stays away from all, since its value may be misspelt.
 */
export function seedsWithSeries(seeds: readonly SeedResult[], name: string): readonly SeedResult[] {
  const metric = metricOfSeries(name);
  if (metric === name || seeds.every(({ metrics }) => metrics[name] === undefined)) return seeds;
  return seeds.map((seed) => {
    const { metrics } = seed;
    if (metrics[name] !== undefined || metrics[metric]?.kind !== 'counter') return seed;
    return { ...seed, metrics: { ...metrics, [name]: { kind: 'counter', value: 0 } } };
  });
}

/** Why a series cannot be judged: a part of it may have been counted elsewhere. */
export function incompleteSeriesReason(
  seeds: readonly SeedResult[],
  name: string,
): string | undefined {
  const { metric, labels } = readSeriesName(name) ?? { metric: name, labels: {} };
  const values = Object.values(labels);
  if (values.every((value) => value === OTHER_LABEL_VALUE)) return undefined;
  const isWhole = seeds.every(({ metrics }) => metrics[foldedSeriesName(metric)] === undefined);
  if (isWhole) return undefined;
  return `${metric} has more than ${SERIES_PER_METRIC_MAX} combinations of labels, so that some stand in "${OTHER_LABEL_VALUE}"`;
}

/** Names of the series of a metric in any seed, sorted. */
export function seriesNames(seeds: readonly SeedResult[], metric: string): readonly string[] {
  const start = `${metric}{`;
  const names = seeds.flatMap(({ metrics }) => Object.keys(metrics));
  return [...new Set(names.filter((name) => name.startsWith(start)))].sort();
}
