/**
 * Warnings about lateness for readers of a live verdict.
 *
 * @module
 */
import { type HistogramData, histogramQuantile } from '../../../engine/measure/histogram.ts';
import { quantityText } from '../../../reports/format.ts';
import type { MetricData } from '../../../reports/model.ts';

type Metrics = Readonly<Record<string, MetricData>>;

/**
 * A warning is given if the p99 of the lateness is above this, ns: the machine was too slow for the
 * requested rate.
 */
const LATENESS_WARN_NS = 1_000_000;
/**
 * A warning is given if more than this share of the samples has no measurement: the measured samples
 * may then not be representative.
 */
const MISSING_WARN = 0.02;

/** A warning about the lateness of links, hand-overs and whole packets; undefined if it was small. */
export function latenessWarning(metrics: Metrics): string | undefined {
  const link = dataOf(metrics, 'live.lateness');
  const hop = dataOf(metrics, 'live.hop_lateness');
  const late = [link, hop].filter((data) => data !== undefined);
  if (!late.some((data) => histogramQuantile(data, 0.99) > LATENESS_WARN_NS)) return undefined;
  const parts = [
    ...(link === undefined ? [] : [`${inWords(link, [0.5, 0.99])} per hop`]),
    ...(hop === undefined
      ? []
      : [`including the wait in sockets ${inWords(hop, [0.5, 0.95, 0.99])} per hop`]),
  ];
  const way = dataOf(metrics, 'live.way_lateness');
  if (way !== undefined) parts.push(`${inWords(way, [0.5, 0.95])} per packet over its whole path`);
  return (
    `links were late: ${parts.join('; ')}; the machine was busy, so latencies are higher ` +
    'than those of the links'
  );
}

/**
 * A warning about sampled datagrams that were not measured, with the reasons; undefined if they are
 * few.
 */
export function sampleWarning(metrics: Metrics): string | undefined {
  const sampled = countOf(metrics, 'live.samples');
  const reasons = (
    [
      ['live.samples_unmatched', 'seen at only one end'],
      ['live.samples_ambiguous', 'ending in the same bytes as another'],
      ['live.samples_across', 'between machines, where hand-overs are not measured'],
    ] as const
  ).map(([name, words]) => ({ count: countOf(metrics, name), words }));
  const missing = reasons.reduce((sum, { count }) => sum + count, 0);
  if (missing <= sampled * MISSING_WARN) return undefined;
  const named = reasons
    .filter(({ count }) => count > 0)
    .map(({ count, words }) => `${count.toLocaleString('en')} ${words}`);
  return (
    'the lateness of hand-overs was measured for ' +
    `${Math.max(0, sampled - missing).toLocaleString('en')} datagrams; not measured: ` +
    `${named.join(', ')}`
  );
}

function dataOf(metrics: Metrics, name: string): HistogramData | undefined {
  const metric = metrics[name];
  return metric?.kind === 'histogram' && metric.data.count > 0 ? metric.data : undefined;
}

function countOf(metrics: Metrics, name: string): number {
  const metric = metrics[name];
  return metric?.kind === 'counter' ? metric.value : 0;
}

/** Percentiles as text: `p50 70 µs, p99 2.84 ms`. */
function inWords(data: HistogramData, fractions: readonly number[]): string {
  return fractions
    .map(
      (fraction) => `p${fraction * 100} ${quantityText(histogramQuantile(data, fraction), 'ns')}`,
    )
    .join(', ');
}
