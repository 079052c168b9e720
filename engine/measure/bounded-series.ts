/**
 * Keeps the bound of labelled series when metrics of many nodes meet: of each metric as many series
 * stay as at one node, the first by name, and the rest is merged into that of the value `other`. A
 * metric counts how often that happened.
 *
 * @module
 */
import type { MetricDefinition } from '../host/measure.ts';
import {
  FOLDED_METRIC,
  metricOfSeries,
  OTHER,
  otherSeries,
  readSeries,
  SERIES_MAX,
  seriesName,
} from '../pure/series-name.ts';

/** A counter among the values of metrics. */
interface CounterValue {
  readonly kind: 'counter';
  readonly value: number;
}

/** The metric of folded series, which every run may have. */
export const FOLDED: MetricDefinition = {
  name: FOLDED_METRIC,
  kind: 'counter',
  unit: 'count',
  help: `times that a metric had no room for a combination of labels, which was counted as ${OTHER}`,
  labels: ['metric'],
  needs: 'use',
};

/** How often series of metrics were folded, as a metric with a series for each. */
export function foldedOf(folded: ReadonlyMap<string, number>): Record<string, CounterValue> {
  const names = [...folded.keys()].sort();
  const series = names.map((name) => [foldedName(name), counter(folded.get(name) ?? 0)] as const);
  const all = [...folded.values()].reduce((sum, one) => sum + one, 0);
  return { [FOLDED_METRIC]: counter(all), ...Object.fromEntries(series) };
}

/** The series that counts how often series of a metric were folded. */
export function foldedName(metric: string): string {
  return seriesName(FOLDED_METRIC, FOLDED.labels ?? [], [metric]);
}

function counter(value: number): CounterValue {
  return { kind: 'counter', value };
}

/**
 * Folds what is beyond the bound.
 * @param metrics Sorted by name.
 */
export function boundedSeries<Value>(
  metrics: Record<string, Value | CounterValue>,
  merge: (parts: readonly (Value | CounterValue)[]) => Value | CounterValue,
): Record<string, Value | CounterValue> {
  const excess = excessOf(Object.keys(metrics));
  if (excess.size === 0) return metrics;
  const result = { ...metrics };
  for (const [metric, names] of excess) {
    const other = otherSeries(metric, Object.keys(readSeries(names[0] ?? '')?.labels ?? {}));
    result[other] = merge([other, ...names].flatMap((name) => metrics[name] ?? []));
    for (const name of names) delete result[name];
    for (const name of [FOLDED_METRIC, foldedName(metric)]) {
      const before = result[name];
      const more = counter(names.length);
      result[name] = before === undefined ? more : merge([before, more]);
    }
  }
  return result;
}

/** Names of the series beyond the bound, by their metric. */
function excessOf(names: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const byMetric = new Map<string, string[]>();
  for (const name of names) {
    const metric = metricOfSeries(name);
    if (metric === name || metric === FOLDED_METRIC || isOther(name)) continue;
    const known = byMetric.get(metric);
    if (known === undefined) byMetric.set(metric, [name]);
    else known.push(name);
  }
  const all = [...byMetric].map(([metric, series]) => [metric, series.slice(SERIES_MAX)] as const);
  return new Map(all.filter(([, series]) => series.length > 0));
}

function isOther(name: string): boolean {
  return Object.values(readSeries(name)?.labels ?? {}).every((value) => value === OTHER);
}
