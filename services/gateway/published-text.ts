/**
 * The published metrics of a gateway (nodes/gateway/operator/published-metrics.ts) in Prometheus text format 0.0.4.
 *
 * @module
 */
import { OTHER_LABEL_VALUE } from '../../engine/pure/series-name.ts';
import {
  type BucketValue,
  LABEL_SETS_MAX,
  type MetricSeries,
  type MetricSeriesByName,
  PUBLISHED_METRICS,
  type PublishedMetric,
} from '../../nodes/gateway/index.ts';

const FOLDED = 'betanet_gateway_folded_labels_total';

/**
 * Writes all metrics that have series.
 * @param labelSetsMax Largest number of series of a metric (`metrics.max_label_cardinality`).
 * Counters and distributions beyond it are added up under the label `other`; values that cannot be
 * added are left out. The text says how many series were added up and how many were left out.
 */
export function publishedText(all: MetricSeriesByName, labelSetsMax = LABEL_SETS_MAX): string {
  const folds: MetricSeries[] = [...(all[FOLDED] ?? [])];
  const text = PUBLISHED_METRICS.filter(({ name }) => name !== FOLDED).map((metric) => {
    const series = all[metric.name] ?? [];
    const kept = foldSeries(metric, series, labelSetsMax);
    if (kept.length < series.length) {
      const isSummed = metric.type !== 'gauge';
      const value = series.length - kept.length + (isSummed ? 1 : 0);
      folds.push({ labels: [metric.name], value });
    }
    return familyText(metric, kept);
  });
  const folded = PUBLISHED_METRICS.find(({ name }) => name === FOLDED);
  return text.join('') + (folded === undefined ? '' : familyText(folded, folds));
}

/**
 * The first series unchanged, and all others combined into one. Series are in the order in which
 * they were first seen, so the first ones are always the same.
 */
function foldSeries(
  { type, labels }: PublishedMetric,
  series: readonly MetricSeries[],
  most: number,
): readonly MetricSeries[] {
  if (series.length <= most) return series;
  const kept = series.slice(0, most - 1);
  if (type === 'gauge') return kept;
  const rest = series.slice(most - 1).map(({ value }) => value);
  return [...kept, { labels: labels.map(() => OTHER_LABEL_VALUE), value: rest.reduce(addValues) }];
}

function addValues(a: MetricSeries['value'], b: MetricSeries['value']): MetricSeries['value'] {
  if (typeof a === 'number' || typeof b === 'number') return Number(a) + Number(b);
  return {
    counts: a.counts.map((count, index) => count + (b.counts[index] ?? 0)),
    sum: a.sum + b.sum,
  };
}

function familyText(metric: PublishedMetric, series: readonly MetricSeries[]): string {
  if (series.length === 0) return '';
  const { name, type, help } = metric;
  const lines = series.flatMap(({ labels, value }) => {
    const pairs = metric.labels.map((label, index) => pairText(label, labels[index] ?? ''));
    if (typeof value === 'number') return [lineText(name, pairs, value)];
    return histogramLines(metric, pairs, value);
  });
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n');
}

function histogramLines(
  { name, bounds }: PublishedMetric,
  pairs: readonly string[],
  { counts, sum }: BucketValue,
): readonly string[] {
  let upTo = 0;
  const buckets = [...bounds, Number.POSITIVE_INFINITY].map((bound, index) => {
    upTo += counts[index] ?? 0;
    const le = bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound);
    return lineText(`${name}_bucket`, [...pairs, pairText('le', le)], upTo);
  });
  return [...buckets, lineText(`${name}_sum`, pairs, sum), lineText(`${name}_count`, pairs, upTo)];
}

function lineText(name: string, pairs: readonly string[], value: number): string {
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`;
}

function pairText(label: string, value: string): string {
  const escaped = value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `${label}="${escaped}"`;
}
