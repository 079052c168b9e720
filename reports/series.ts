/**
 * Labelled series in reports: their definition, their value in seeds that did not count them, and why a
 * series cannot be judged. engine/pure/series-name.ts makes their names.
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

/** The definition of a metric; for the name of a series, the definition of its metric. */
export function findMetricDefinition(
  definitions: readonly MetricDefinition[],
  name: string,
): MetricDefinition | undefined {
  const metric = metricOfSeries(name);
  return definitions.find((one) => one.name === metric);
}

/**
 * The seeds with the data of a series. If at least one seed counted it, it is 0 in seeds without it. If
 * no seed did, nothing is added, because a label value may be misspelt.
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

/**
 * Why a series cannot be judged: a part of it may be counted in the series for further label values;
 * else undefined.
 */
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
