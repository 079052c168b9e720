/**
 * Computes where the tail of a distribution is drawn. A cumulative share F is drawn at -log10(1 -
 * F), so that one packet in a thousand is as visible as the median. A point is reliable only if at
 * least ten samples lie beyond it (docs/spec/browser-view.md).
 *
 * @module
 */
import { greatestOf, leastOf } from '../../../engine/pure/extremes.ts';
import {
  isReliableQuantile,
  quantileAt as quantileOf,
  RELIABLE_TAIL_SAMPLES,
} from '../../../reports/distribution-text.ts';
import { wholeNumberText } from '../../../reports/format.ts';
import type { KpiResult, MetricSummary, Report } from '../../../reports/report-schema.ts';

/** Quantiles that axes and tables show. */
export const NAMED_QUANTILES = [0.5, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.99999, 0.999999] as const;

/** A quantile as the report stores it. */
export type QuantilePoint = NonNullable<MetricSummary['quantiles']>[number];

/** A metric that has a distribution. */
export interface Distribution {
  readonly name: string;
  readonly metric: MetricSummary;
  readonly points: readonly QuantilePoint[];
  /** KPIs of this metric, in the unit of the metric. */
  readonly kpis: readonly KpiResult[];
}

/**
 * Lists the distributions of a report, sorted by these criteria in turn: its unit is ns; it has a
 * limit; it is a histogram; it has more samples.
 */
export function listDistributions(report: Report): readonly Distribution[] {
  const found = Object.entries(report.metrics).flatMap(([name, metric]): Distribution[] => {
    const points = metric.quantiles ?? [];
    if (metric.count === 0 || points.length === 0) return [];
    const own = report.kpis.filter((one) => one.metric === name && one.unit === metric.unit);
    return [{ name, metric, points, kpis: own }];
  });
  const rank = ({ kpis, metric }: Distribution): number =>
    (metric.unit === 'ns' ? 0 : 4) +
    (kpis.length === 0 ? 2 : 0) +
    (metric.kind === 'histogram' ? 0 : 1);
  return found.sort((a, b) => rank(a) - rank(b) || b.metric.count - a.metric.count);
}

/** True if there is no distribution to draw: one sample, or all samples equal. */
export function hasSingleValue({ metric }: Distribution): boolean {
  return metric.count === 1 || metric.min === metric.max;
}

/**
 * Returns the position on the tail axis of the cumulative share `p` of n samples. The largest
 * sample is at log10(n).
 */
export function tailAxisPosition(p: number, n: number): number {
  return -Math.log10(Math.max(1 - p, 1 / Math.max(1, n)));
}

/** Returns the smallest number of samples that gives a reliable value for a quantile. */
function samplesNeeded(p: number): number {
  return Math.ceil(RELIABLE_TAIL_SAMPLES / (1 - p) - 1e-6);
}

/** Returns the name of a quantile: `p99`, `p99.9`. */
export function quantileName(p: number): string {
  return `p${Number((p * 100).toFixed(4))}`;
}

/**
 * Returns the ticks of the tail axis: 0 %, and each named quantile for which n samples are enough.
 */
export function tailTicks(n: number): readonly { readonly p: number; readonly label: string }[] {
  const sure = [0, ...NAMED_QUANTILES.filter((p) => p !== 0.95)].filter(
    (p) => p === 0 || isReliableQuantile(p, n),
  );
  return sure.map((p) => ({ p, label: `${Number((p * 100).toFixed(4))} %` }));
}

/**
 * Divides the points of a curve: the points `sure` have enough samples beyond them, the points
 * `rest` have too few.
 */
export function splitByReliability(one: Distribution): {
  readonly sure: readonly QuantilePoint[];
  readonly rest: readonly QuantilePoint[];
} {
  const { points, metric } = one;
  const sure = points.filter(({ p }) => isReliableQuantile(p, metric.count));
  // `rest` repeats the last point of `sure`, so that no gap shows between the two parts.
  return { sure, rest: points.slice(Math.max(0, sure.length - 1)) };
}

/** Returns the value of a quantile; undefined if there are too few samples. */
export function quantileAt({ metric }: Distribution, p: number): number | undefined {
  return quantileOf(metric, p);
}

/** Returns why quantile `p` of n samples is unreliable; undefined if it is reliable. */
export function unreliableQuantileReason(p: number, n: number): string | undefined {
  if (isReliableQuantile(p, n)) return undefined;
  return `needs ${wholeNumberText(samplesNeeded(p))} samples, has ${wholeNumberText(n)}`;
}

/**
 * Returns the lowest and the highest of all values and limits; a limit far above all values is
 * ignored.
 */
export function findValueRange(list: readonly Distribution[]): readonly [number, number] {
  const least = leastOf(list.map(({ metric }) => metric.min ?? 0));
  const most = greatestOf(list.map(({ metric }) => metric.max ?? 1));
  const limits = list.flatMap(({ kpis }) => kpis.map(({ limit }) => limit));
  const near = limits.filter((limit) => limit <= 2.5 * most);
  const high = greatestOf([most, ...near]);
  const low = leastOf([least, ...near.filter((limit) => limit > 0)]);
  const room = (high - low) * 0.03 || Math.abs(high) * 0.05 || 1;
  return [low > room ? low - room : low, high + room];
}

/** True if the largest value of the range is more than 50 times the smallest. */
export function needsLogAxis([low, high]: readonly [number, number]): boolean {
  return low > 0 && high / low > 50;
}
