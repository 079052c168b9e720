/**
 * Bounds the number of labelled series when metrics of many nodes are merged: each metric keeps as many series
 * as one node may have, and its other series are folded, that is merged into the series with the label value `other`. A
 * metric counts how many series were folded.
 *
 * Nodes may belong to different owners and make labels up, so each node has an equal share of the series that are kept,
 * and of those that other nodes do not use.
 *
 * @module
 */
import type { MetricDefinition } from '../host/measure.ts';
import {
  FOLDED_METRIC_NAME,
  metricOfSeries,
  OTHER_LABEL_VALUE,
  otherSeriesName,
  readSeriesName,
  SERIES_PER_METRIC_MAX,
  seriesName,
} from '../pure/series-name.ts';

/** A counter among the values of metrics. */
interface CounterValue {
  readonly kind: 'counter';
  readonly value: number;
}

/** The metric of folded series, which every run may have. */
export const FOLDED_METRIC_DEFINITION: MetricDefinition = {
  name: FOLDED_METRIC_NAME,
  kind: 'counter',
  unit: 'count',
  help: `times that a metric had no room for a combination of labels, which was counted as ${OTHER_LABEL_VALUE}`,
  labels: ['metric'],
  needs: 'use',
};

/** The numbers of folded series as a metric, with a series for each metric whose series were folded. */
export function foldedSeriesCounts(
  folded: ReadonlyMap<string, number>,
): Record<string, CounterValue> {
  const names = [...folded.keys()].sort();
  const series = names.map(
    (name) => [foldedSeriesName(name), counter(folded.get(name) ?? 0)] as const,
  );
  const all = [...folded.values()].reduce((sum, one) => sum + one, 0);
  return { [FOLDED_METRIC_NAME]: counter(all), ...Object.fromEntries(series) };
}

/** Name of the series that counts how many series of a metric were folded. */
export function foldedSeriesName(metric: string): string {
  return seriesName(FOLDED_METRIC_NAME, FOLDED_METRIC_DEFINITION.labels ?? [], [metric]);
}

function counter(value: number): CounterValue {
  return { kind: 'counter', value };
}

/**
 * Folds the series of each metric that are beyond the bound.
 * @param metrics The metrics of all nodes, merged and sorted by name.
 * @param parts The metrics of each node.
 */
export function foldExcessSeries<Value>(
  metrics: Record<string, Value | CounterValue>,
  parts: readonly Readonly<Record<string, Value | CounterValue>>[],
  merge: (parts: readonly (Value | CounterValue)[]) => Value | CounterValue,
): Record<string, Value | CounterValue> {
  const result = { ...metrics };
  for (const [metric, series] of seriesByMetric(Object.keys(metrics))) {
    if (series.length <= SERIES_PER_METRIC_MAX) continue;
    const all = new Set(series);
    const kept = equalShares(parts.map((part) => Object.keys(part).filter((one) => all.has(one))));
    const names = series.filter((name) => !kept.has(name));
    const other = otherSeriesName(
      metric,
      Object.keys(readSeriesName(names[0] ?? '')?.labels ?? {}),
    );
    result[other] = merge([other, ...names].flatMap((name) => metrics[name] ?? []));
    for (const name of names) delete result[name];
    for (const name of [FOLDED_METRIC_NAME, foldedSeriesName(metric)]) {
      const before = result[name];
      const more = counter(names.length);
      result[name] = before === undefined ? more : merge([before, more]);
    }
  }
  return result;
}

/** Names of the series that count towards the bound, by their metric. */
function seriesByMetric(names: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const byMetric = new Map<string, string[]>();
  for (const name of names) {
    const metric = metricOfSeries(name);
    if (metric === name || metric === FOLDED_METRIC_NAME || isOther(name)) continue;
    const known = byMetric.get(metric);
    if (known === undefined) byMetric.set(metric, [name]);
    else known.push(name);
  }
  return byMetric;
}

/** The names that are kept, up to the bound: the first of each node, then the second of each node, and so on. */
function equalShares(parts: readonly (readonly string[])[]): ReadonlySet<string> {
  const turns = parts.flatMap((names) => [...[...names].sort().entries()]);
  const names = turns.sort(([a], [b]) => a - b).map(([, name]) => name);
  return new Set([...new Set(names)].slice(0, SERIES_PER_METRIC_MAX));
}

function isOther(name: string): boolean {
  return Object.values(readSeriesName(name)?.labels ?? {}).every(
    (value) => value === OTHER_LABEL_VALUE,
  );
}
