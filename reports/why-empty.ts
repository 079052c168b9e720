/**
 * Explains why a metric has no sample, from the faults, the traffic and the counters of a run.
 *
 * @module
 */
import type { MetricDefinition } from '../engine/host/measure.ts';
import { metricOfSeries } from '../engine/pure/series-name.ts';
import { wholeNumberText } from './format.ts';
import type { SeedResult } from './model.ts';
import { seriesNames } from './series.ts';
import { sumCountsByName } from './sum-counts.ts';

/** Metrics, of any protocol, that get samples only from faults. */
const OF_FAULTS = /\.(?:failover|failover\.lost|recovery|detection|switches)$/;
/** Largest number of reasons that are named. */
const REASONS_MAX = 3;

/** The facts that explain why a metric of a run has no samples. */
export interface EmptyMetric {
  readonly metric: string;
  readonly seeds: readonly SeedResult[];
  readonly definitions: readonly MetricDefinition[];
  readonly warmupNs: number;
}

/** The reason in words; undefined if the facts explain nothing. */
export function emptyMetricReason(empty: EmptyMetric): string | undefined {
  const { metric, seeds, warmupNs } = empty;
  const after = `after warmup (${wholeNumberText(warmupNs / 1e9)}s)`;
  const faults = seeds.flatMap((seed) => seed.faults.filter(({ beginNs }) => beginNs >= warmupNs));
  if (OF_FAULTS.test(metric) && faults.length === 0) return `no fault happened ${after}`;
  const measured = seriesNames(seeds, metricOfSeries(metric));
  if (measured.length > 0 && !measured.includes(metric)) {
    return `the run has ${measured.slice(0, REASONS_MAX).join(', ')}`;
  }
  const [protocol = ''] = metric.split('.');
  const offered = countOf(`${protocol}.offered`, seeds);
  if (offered === 0) return `no packet was sent ${after}`;
  const isLost = offered !== undefined && countOf(`${protocol}.throughput`, seeds) === 0;
  const reasons = [...(isLost ? lostReasons(protocol, seeds) : []), ...lossesOf(empty)];
  const largest = reasons.filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1]);
  if (isLost)
    return `none of ${wholeNumberText(offered)} packets arrived${told(' (', largest, ')')}`;
  return largest.length === 0 ? undefined : told('the run counts ', largest, '');
}

type Reason = readonly [name: string, count: number];

function told(before: string, reasons: readonly Reason[], after: string): string {
  if (reasons.length === 0) return '';
  const shown = reasons
    .slice(0, REASONS_MAX)
    .map(([name, count]) => `${name} ${wholeNumberText(count)}`);
  return `${before}${shown.join(', ')}${after}`;
}

/** The sum of a counter over the seeds; undefined if no seed has this counter. */
function countOf(name: string, seeds: readonly SeedResult[]): number | undefined {
  const counts = seeds.flatMap(({ metrics }) => {
    const data = metrics[name];
    return data?.kind === 'counter' ? [data.value] : [];
  });
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0);
}

/** Why messages were refused or lost; if they are not tracked, why nodes dropped packets. */
function lostReasons(protocol: string, seeds: readonly SeedResult[]): readonly Reason[] {
  const drops = seeds.map(({ messages, nodeDrops }) => {
    if (messages !== undefined) {
      return [...Object.entries(messages.refused), ...Object.entries(messages.lost)];
    }
    return Object.entries(nodeDrops).filter(([name]) => name.startsWith(`${protocol}/`));
  });
  return Object.entries(sumCountsByName(drops));
}

function lossesOf({ definitions, seeds }: EmptyMetric): readonly Reason[] {
  const names = definitions.filter(({ isLoss }) => isLoss === true).map(({ name }) => name);
  return names.map((name) => [name, countOf(name, seeds) ?? 0]);
}
