/**
 * Which flows a report shows over time. If there are many, those that delivered the smallest share,
 * some that delivered the largest, and the sums of all flows, so that the report stays small.
 * `flows.csv` has a line for each flow.
 *
 * @module
 */
import { greatestOf } from '../engine/pure/extremes.ts';
import type { SeedResult, TimeSeries } from './model.ts';

/**
 * Largest numbers of worst and best flows that are shown. Each flow has three to five charts of
 * together 60 kB; all 16 flows take 1 MB.
 */
const WORST_MAX = 12;
const BEST_MAX = 4;

/** Name of the series that is the sum of what all flows sent. */
export const ALL_SENT_SERIES = 'all sent';
/** Name of the series that is the sum of what all flows delivered. */
export const ALL_DELIVERED_SERIES = 'all delivered';

/** The seeds with the series that a report contains, and how many flows it leaves out. */
export interface ShownFlows {
  readonly seeds: readonly SeedResult[];
  /** Flows without series in the report. */
  readonly leftOut: number;
}

/** The seeds with the series of the flows that are shown: of all flows if there are few. */
export function shownFlows(seeds: readonly SeedResult[]): ShownFlows {
  const ranked = rankedFlows(seeds);
  const leftOut = ranked.length - WORST_MAX - BEST_MAX;
  if (leftOut <= 0) return { seeds, leftOut: 0 };
  const kept = new Set([...ranked.slice(0, WORST_MAX), ...ranked.slice(-BEST_MAX)]);
  const thinned = seeds.map((seed) => ({
    ...seed,
    series: [
      ...sums(seed.series),
      ...seed.series.filter(({ flow }) => flow === undefined || kept.has(flow)),
    ],
  }));
  return { seeds: thinned, leftOut };
}

/** All flows, by ascending share of delivered packets; those with equal shares by descending latency. */
function rankedFlows(seeds: readonly SeedResult[]): readonly string[] {
  const flows = new Map<string, { sent: number; delivered: number; latencyNs: number }>();
  for (const { flow, name, values } of seeds.flatMap(({ series }) => series)) {
    if (flow === undefined) continue;
    const one = flows.get(flow) ?? { sent: 0, delivered: 0, latencyNs: 0 };
    flows.set(flow, one);
    const known = values.map((value) => value ?? 0);
    if (name === `sent ${flow}`) one.sent += sumOf(known);
    if (name === `delivered ${flow}`) one.delivered += sumOf(known);
    if (name === `latency.p95 ${flow}`) one.latencyNs = greatestOf([one.latencyNs, ...known]);
  }
  const ranked = [...flows].map(([flow, { sent, delivered, latencyNs }]) => {
    return { flow, share: sent === 0 ? 1 : delivered / sent, latencyNs };
  });
  return ranked
    .sort((a, b) => a.share - b.share || b.latencyNs - a.latencyNs)
    .map(({ flow }) => flow);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** The series that are the sums of what all flows sent and delivered. */
function sums(series: readonly TimeSeries[]): readonly TimeSeries[] {
  const wanted = [
    ['sent', ALL_SENT_SERIES],
    ['delivered', ALL_DELIVERED_SERIES],
  ] as const;
  return wanted.flatMap(([what, sumName]) => {
    const all = series.filter(({ name, flow }) => name === `${what} ${flow}`);
    const [first] = all;
    if (first === undefined) return [];
    const values = new Array<number>(first.values.length).fill(0);
    for (const one of all) {
      for (const [at, value] of one.values.entries()) values[at] = (values[at] ?? 0) + (value ?? 0);
    }
    return [{ name: sumName, unit: first.unit, binNs: first.binNs, values }];
  });
}
