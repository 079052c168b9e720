/**
 * Reduces a series to at most one column per pixel, with the lowest, the mean and the highest of
 * its values, so that no peak is lost.
 *
 * @module
 */
import { greatestOf, leastOf } from '../../../../engine/pure/extremes.ts';
import { quantityText } from '../../../../reports/format.ts';
import type { KpiResult, Report, SeriesSummary } from '../../../../reports/report-schema.ts';
import { instantText } from '../../kernel/duration.ts';

/** The values in one column of pixels; null if nothing was measured. */
export interface PixelColumn {
  /** Middle of the column, ns of the run. */
  readonly timeNs: number;
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** Reduces a series to at most `columnsMax` columns. */
export function pixelColumns(
  { mean, low, high, stepNs }: SeriesSummary,
  columnsMax: number,
): readonly PixelColumn[] {
  const group = Math.max(1, Math.ceil(mean.length / Math.max(1, columnsMax)));
  const columns: PixelColumn[] = [];
  for (let from = 0; from < mean.length; from += group) {
    const to = Math.min(mean.length, from + group);
    const known = (list: readonly (number | null)[]): readonly number[] =>
      list.slice(from, to).filter((value) => value !== null);
    const means = known(mean);
    const isEmpty = means.length === 0;
    columns.push({
      timeNs: ((from + to) / 2) * stepNs,
      mean: isEmpty ? null : means.reduce((sum, value) => sum + value, 0) / means.length,
      low: isEmpty ? null : leastOf(known(low)),
      high: isEmpty ? null : greatestOf(known(high)),
    });
  }
  return columns;
}

/**
 * Finds the columns without values in both neighbouring columns. They are drawn as dots, because a
 * line would not show them.
 */
export function isolatedPixelColumns(columns: readonly PixelColumn[]): readonly PixelColumn[] {
  const isEmpty = (at: number): boolean => (columns[at]?.mean ?? null) === null;
  return columns.filter((_, at) => !isEmpty(at) && isEmpty(at - 1) && isEmpty(at + 1));
}

/**
 * Formats a title such as `latency.p95: the highest mean is 41.7 ms, at 20.1 s`. The warm-up is
 * ignored.
 */
export function seriesTitle({ name, mean, unit, stepNs }: SeriesSummary, warmupNs: number): string {
  let most: number | undefined;
  let at = 0;
  for (const [step, value] of mean.entries()) {
    const isMeasured = value !== null && step * stepNs >= warmupNs;
    if (isMeasured && (most === undefined || value > most)) {
      most = value;
      at = step;
    }
  }
  if (most === undefined) return `${name}: nothing was measured`;
  const when = instantText((at + 0.5) * stepNs, mean.length * stepNs);
  return `${name}: the highest mean is ${quantityText(most, unit)}, at ${when}`;
}

/**
 * Finds the KPI whose limit may be drawn in the chart of this series: a KPI that judges the latency
 * of flows, at the same quantile as the series.
 */
export function seriesLimitKpi(
  { name, unit }: SeriesSummary,
  { kpis, metrics }: Pick<Report, 'kpis' | 'metrics'>,
): KpiResult | undefined {
  const [, quantile] = /^latency\.(p\d+)\b/.exec(name) ?? [];
  if (quantile === undefined) return undefined;
  return kpis.find(({ metric, aggregation, unit: own }) => {
    // For the latency metric of flows there is a throughput metric of the same protocol; for
    // `mix.latency`, which measures loops, there is none.
    const isOfFlows = metrics[metric.replace(/\.latency$/, '.throughput')] !== undefined;
    return metric.endsWith('.latency') && isOfFlows && aggregation === quantile && own === unit;
  });
}
