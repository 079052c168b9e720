/**
 * Arrivals, losses and latency in bins around a fault, either counted from the packets of the trace
 * or taken from a series of the report.
 *
 * @module
 */
import { quantile, sortedAscending } from '../../../../reports/statistics/quantile.ts';
import type { DropRow, HopColumns, TraceInfo } from '../../data/trace-answers.ts';

/**
 * A bin of a curve; times are in ns after the fault. For the value and its unit see the function
 * that makes the bins.
 */
export interface Bin {
  readonly fromNs: number;
  readonly toNs: number;
  /** Null if nothing was measured. */
  readonly value: number | null;
}

/** The lowest and the highest value of all seeds in a bin; times are in ns after the fault. */
export interface BandBin {
  readonly fromNs: number;
  readonly toNs: number;
  readonly low: number;
  readonly high: number;
}

/** The interval that is divided into bins, and the width of the bins. */
export interface BinningWindow {
  /** The instant that counts as 0, ns of the run. */
  readonly zeroNs: number;
  readonly fromNs: number;
  readonly toNs: number;
  readonly binNs: number;
}

/** The number of a flow in the trace, and the numbers of its source and target nodes. */
export interface FlowEnds {
  readonly flow: number;
  readonly source: number;
  readonly target: number;
}

/** A packet that reached the target of its flow; times are in ns of the run. */
export interface Arrival {
  readonly timeNs: number;
  /** Time since the packet was sent, ns; undefined if its first departure was not recorded. */
  readonly tookNs: number | undefined;
}

const NARROWEST_NS = 10e6;
const BINS_MAX = 200;
const PER_BIN = 5;
/**
 * Rounding error, as a share of a bin's width, by which the end of a window may miss the edge of a
 * bin.
 */
const SLACK = 1e-9;

/**
 * Chooses a round bin width, ns, with about {@link PER_BIN} packets in a bin and at most {@link
 * BINS_MAX} bins.
 */
export function chooseBinWidth(rangeNs: number, packets: number): number {
  const needed = Math.max(
    NARROWEST_NS,
    rangeNs / BINS_MAX,
    packets === 0 ? 0 : (PER_BIN * rangeNs) / packets,
  );
  const power = 10 ** Math.floor(Math.log10(needed));
  return ([1, 2, 5].find((step) => step * power >= needed * (1 - 1e-9)) ?? 10) * power;
}

/** Lists the packets of a flow that reached the flow's target. */
export function listArrivals(
  hops: HopColumns,
  links: TraceInfo['links'],
  ends: FlowEnds,
): readonly Arrival[] {
  const departed = new Map<number, number>();
  const arrivals: { timeNs: number; packet: number }[] = [];
  for (let row = 0; row < hops.rows; row += 1) {
    if (hops.flow[row] !== ends.flow) continue;
    const link = links[hops.link[row] ?? -1];
    const packet = hops.packet[row] ?? -1;
    const departNs = hops.departNs[row] ?? Number.NaN;
    if (link?.from === ends.source) departed.set(packet, departNs - (hops.queueNs[row] ?? 0));
    const timeNs = hops.arriveNs[row] ?? Number.NaN;
    if (link?.to === ends.target && !Number.isNaN(timeNs)) arrivals.push({ timeNs, packet });
  }
  return arrivals.map(({ timeNs, packet }) => {
    const from = departed.get(packet);
    return { timeNs, tookNs: from === undefined ? undefined : timeNs - from };
  });
}

/** Returns the packets per second in each bin. */
export function rateBins(timesNs: readonly number[], scope: BinningWindow): readonly Bin[] {
  return countsByBin(timesNs, scope).map((bin) => ({
    ...bin,
    value: ((bin.value ?? 0) * 1e9) / scope.binNs,
  }));
}

/** Counts the instants (ns of the run) in each bin. */
export function countsByBin(timesNs: readonly number[], scope: BinningWindow): readonly Bin[] {
  const bins = edges(scope);
  const counts = new Float64Array(bins.length);
  for (const timeNs of timesNs) {
    const at = binOf(timeNs, scope);
    if (at >= 0 && at < counts.length) counts[at] = (counts[at] ?? 0) + 1;
  }
  return bins.map((edge, at) => ({ ...edge, value: counts[at] ?? 0 }));
}

/** Returns the p95 of the latency in each bin, ns; null if too few packets arrived in it. */
export function latencyP95Bins(arrivals: readonly Arrival[], scope: BinningWindow): readonly Bin[] {
  const bins = edges(scope);
  const took: number[][] = bins.map(() => []);
  for (const { timeNs, tookNs } of arrivals) {
    if (tookNs !== undefined) took[binOf(timeNs, scope)]?.push(tookNs);
  }
  return bins.map((edge, at) => {
    const own = took[at] ?? [];
    const value = own.length < PER_BIN / 2 ? undefined : quantile(sortedAscending(own), 0.95);
    return { ...edge, value: value ?? null };
  });
}

/** Lists the losses of packets that have a row in `hops`; without `hops`, lists all losses. */
export function listLosses(
  drops: readonly DropRow[],
  hops: HopColumns | undefined,
  flow: number,
): readonly DropRow[] {
  if (hops === undefined) return drops;
  const own = new Set<number>();
  for (let row = 0; row < hops.rows; row += 1) {
    if (hops.flow[row] === flow) own.add(hops.packet[row] ?? -1);
  }
  return drops.filter(({ packet }) => packet !== undefined && own.has(packet));
}

/** Makes bins from the steps of a series that lie in the window. */
export function seriesBins(
  series: { readonly stepNs: number; readonly values: readonly (number | null)[] },
  scope: Omit<BinningWindow, 'binNs'>,
): readonly Bin[] {
  const { stepNs, values } = series;
  const first = Math.max(0, Math.floor(scope.fromNs / stepNs));
  const last = Math.min(values.length, Math.ceil(scope.toNs / stepNs));
  return values.slice(first, last).map((value, at) => ({
    fromNs: Math.max(scope.fromNs, (first + at) * stepNs) - scope.zeroNs,
    toNs: Math.min(scope.toNs, (first + at + 1) * stepNs) - scope.zeroNs,
    value,
  }));
}

/**
 * Returns the bins that lie completely inside the window. The fault lies on the edge between two
 * bins.
 */
function edges(scope: BinningWindow): readonly Omit<Bin, 'value'>[] {
  const { zeroNs, toNs, binNs } = scope;
  const first = firstEdge(scope);
  const last = Math.floor((toNs - zeroNs) / binNs + SLACK);
  return Array.from({ length: Math.max(0, last - first) }, (_, at) => ({
    fromNs: (first + at) * binNs,
    toNs: (first + at + 1) * binNs,
  }));
}

/**
 * Returns the index, among the bins of {@link edges}, of the bin that contains an instant of the
 * run.
 */
function binOf(timeNs: number, scope: BinningWindow): number {
  return Math.floor((timeNs - scope.zeroNs) / scope.binNs) - firstEdge(scope);
}

/**
 * Returns the position of the first edge of a bin inside the window, as a number of bins after the
 * fault; negative before the fault.
 */
function firstEdge({ zeroNs, fromNs, binNs }: BinningWindow): number {
  return Math.ceil((fromNs - zeroNs) / binNs - SLACK);
}
