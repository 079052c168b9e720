/**
 * The pyramid: counts, bytes, drops and latency per bin of 1, 10, 100 and 1,000 ms, so that a chart
 * of any time span reads few numbers (docs/TRACE.md#tables). It covers the whole run, even if packets are kept for
 * some windows only.
 *
 * Track 0 is the sum over all links. Track n + 1 is link n; its finest level is `linkLevel`, so that a large
 * network does not write more bins than packets. A packet counts in the bin of its arrival (or
 * loss); empty bins are not written. Latency is from the offer to the arrival, including the queue.
 *
 * @module
 */
import { PYRAMID_LEVELS } from './layout.ts';

/** Doubles of one open bin, which fill a cache line. */
const STRIDE = 8;
/** Indices of a bin's values within its doubles. */
export const BIN_VALUE_INDICES = {
  end: 0,
  count: 1,
  bytes: 2,
  drops: 3,
  min: 4,
  max: 5,
  sum: 6,
} as const;
/** First instant after the bin, ns; {@link CLOSED} if there is no open bin. */
const END = BIN_VALUE_INDICES.end;
const COUNT = BIN_VALUE_INDICES.count;
const BYTES = BIN_VALUE_INDICES.bytes;
const DROPS = BIN_VALUE_INDICES.drops;
const MIN = BIN_VALUE_INDICES.min;
const MAX = BIN_VALUE_INDICES.max;
const SUM = BIN_VALUE_INDICES.sum;
const SUMMED = [COUNT, BYTES, DROPS, SUM] as const;
const CLOSED = -1;
const LEVELS = PYRAMID_LEVELS.length;
const WIDTHS: readonly number[] = PYRAMID_LEVELS.map(({ widthNs }) => widthNs);
const TRACK_STRIDE = LEVELS * STRIDE;

/** Receives a complete bin: its values are in `bins` from `at` on, see {@link BIN_VALUE_INDICES}; copy them. */
export type BinSink = (level: number, track: number, bins: Float64Array, at: number) => void;

/** Largest numbers of links at which the finest bins of single links have 10 ms, and 100 ms. */
const LINKS_AT_10_MS = 256;
const LINKS_AT_100_MS = 4_096;

/** Finest level of the tracks of single links. */
export function finestLinkLevel(links: number): number {
  if (links <= LINKS_AT_10_MS) return 1;
  return links <= LINKS_AT_100_MS ? 2 : 3;
}

/** Counts packets in bins; instants must never decrease. */
export class BinPyramid {
  private readonly linkLevel: number;
  private readonly emit: BinSink;
  /** Open bins: each track has its levels, each level {@link STRIDE} doubles. */
  private bins: Float64Array;

  constructor(links: number, linkLevel: number, emit: BinSink) {
    this.linkLevel = linkLevel;
    this.emit = emit;
    this.bins = emptyBins((links + 1) * TRACK_STRIDE);
  }

  // hot: once per packet and hop.
  /** Called when a packet arrived. */
  arrived(link: number, atNs: number, bytes: number, latencyNs: number): void {
    const own = (link + 1) * TRACK_STRIDE + this.linkLevel * STRIDE;
    // Written with `!` and `<`, so that the condition is also true if the bin is closed (-1) or its
    // track does not exist yet (undefined).
    if (!(atNs < (this.bins[0] as number))) this.open(0, 0, atNs);
    if (!(atNs < (this.bins[own] as number))) this.open(link + 1, this.linkLevel, atNs);
    const { bins } = this;
    count(bins, 0, bytes, latencyNs);
    count(bins, own, bytes, latencyNs);
  }

  /** Called when a packet was lost on a link, or by a node (`link` -1). */
  dropped(link: number, atNs: number): void {
    this.lose(0, 0, atNs);
    if (link >= 0) this.lose(link + 1, this.linkLevel, atNs);
  }

  /** Closes all bins. */
  finish(): void {
    const tracks = this.bins.length / TRACK_STRIDE;
    for (let track = 0; track < tracks; track += 1) {
      const first = track === 0 ? 0 : this.linkLevel;
      for (let level = first; level < LEVELS; level += 1) this.close(track, level);
    }
  }

  private lose(track: number, level: number, atNs: number): void {
    const at = this.open(track, level, atNs);
    this.bins[at + DROPS] = (this.bins[at + DROPS] as number) + 1;
  }

  /** Opens the bin of this instant, after closing an older one; returns its index. */
  private open(track: number, level: number, atNs: number): number {
    const at = track * TRACK_STRIDE + level * STRIDE;
    if (at >= this.bins.length) this.widen(at + TRACK_STRIDE);
    if (atNs < (this.bins[at + END] as number)) return at;
    this.close(track, level);
    const width = WIDTHS[level] as number;
    this.bins[at + END] = (Math.floor(atNs / width) + 1) * width;
    return at;
  }

  private close(track: number, level: number): void {
    const { bins } = this;
    const at = track * TRACK_STRIDE + level * STRIDE;
    if (bins[at + END] === CLOSED) return;
    if (bins[at + COUNT] === 0) bins[at + MIN] = 0;
    // Track 0 gets every packet, so its bin ends first. Closing the bins of the other tracks now keeps
    // the rows in chronological order.
    if (track === 0 && level >= this.linkLevel) this.closeOthers(level, bins[at + END] as number);
    this.emit(level, track, bins, at);
    if (level + 1 < LEVELS) this.merge(track, level);
    reset(this.bins, at);
  }

  /** Closes the bins of single links that end at `endNs` or before. */
  private closeOthers(level: number, endNs: number): void {
    const { bins } = this;
    const { length } = bins;
    let track = 1;
    for (let at = TRACK_STRIDE + level * STRIDE; at < length; at += TRACK_STRIDE) {
      if ((bins[at + END] as number) <= endNs) this.close(track, level);
      track += 1;
    }
  }

  /** Adds a bin to the next coarser level. */
  private merge(track: number, level: number): void {
    const from = track * TRACK_STRIDE + level * STRIDE;
    const startNs = (this.bins[from + END] as number) - (WIDTHS[level] as number);
    const at = this.open(track, level + 1, startNs);
    const { bins } = this;
    for (const field of SUMMED) {
      bins[at + field] = (bins[at + field] as number) + (bins[from + field] as number);
    }
    bins[at + MAX] = Math.max(bins[at + MAX] as number, bins[from + MAX] as number);
    if (bins[from + COUNT] === 0) return;
    bins[at + MIN] = Math.min(bins[at + MIN] as number, bins[from + MIN] as number);
  }

  private widen(least: number): void {
    const wider = emptyBins(Math.max(least, this.bins.length * 2));
    wider.set(this.bins);
    this.bins = wider;
  }
}

// hot: twice per packet and hop.
function count(bins: Float64Array, at: number, bytes: number, latencyNs: number): void {
  bins[at + COUNT] = (bins[at + COUNT] as number) + 1;
  bins[at + BYTES] = (bins[at + BYTES] as number) + bytes;
  bins[at + SUM] = (bins[at + SUM] as number) + latencyNs;
  if (latencyNs < (bins[at + MIN] as number)) bins[at + MIN] = latencyNs;
  if (latencyNs > (bins[at + MAX] as number)) bins[at + MAX] = latencyNs;
}

function emptyBins(length: number): Float64Array {
  const bins = new Float64Array(Math.ceil(length / TRACK_STRIDE) * TRACK_STRIDE);
  for (let at = 0; at < bins.length; at += STRIDE) reset(bins, at);
  return bins;
}

function reset(bins: Float64Array, at: number): void {
  bins.fill(0, at, at + STRIDE);
  bins[at + END] = CLOSED;
  bins[at + MIN] = Number.POSITIVE_INFINITY;
}
