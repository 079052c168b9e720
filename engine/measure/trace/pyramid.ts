/**
 * The pyramid: counts, bytes, drops and latency per bin of 1, 10, 100 and 1,000 ms, so that a picture
 * of any width reads few numbers (ux.md 4.10). Kept for the whole run, whatever the windows are.
 *
 * Track 0 is all links; track n + 1 is link n, from the level `linkLevel` on, so that a large network
 * does not write more bins than packets. A bin belongs to the instant of arrival (or of the loss); bins
 * without packets are not written. Latency is from the offer to the arrival, queue included.
 *
 * @module
 */
import { PYRAMID } from './layout.ts';

/** Doubles of one open bin. */
const STRIDE = 7;
const BIN = 0;
const COUNT = 1;
const BYTES = 2;
const DROPS = 3;
const MIN = 4;
const MAX = 5;
const SUM = 6;
const CLOSED = -1;
const LEVELS = PYRAMID.length;
const WIDTHS: readonly number[] = PYRAMID.map(({ widthNs }) => widthNs);

/** A bin that is complete. */
export interface Bin {
  readonly track: number;
  readonly startNs: number;
  readonly count: number;
  readonly bytes: number;
  readonly drops: number;
  readonly minNs: number;
  readonly maxNs: number;
  readonly sumNs: number;
}

/** Links up to which their tracks begin at 10 ms, and at 100 ms. */
const LINKS_AT_10_MS = 256;
const LINKS_AT_100_MS = 4_096;

/** Finest level of the tracks of single links. */
export function linkLevelFor(links: number): number {
  if (links <= LINKS_AT_10_MS) return 1;
  return links <= LINKS_AT_100_MS ? 2 : 3;
}

/** Accumulates bins. */
export class Pyramid {
  readonly #linkLevel: number;
  readonly #emit: (level: number, bin: Bin) => void;
  /** Open bins: for each track its levels, for each level {@link STRIDE} doubles. */
  #open: Float64Array;

  constructor(links: number, linkLevel: number, emit: (level: number, bin: Bin) => void) {
    this.#linkLevel = linkLevel;
    this.#emit = emit;
    this.#open = emptyBins((links + 1) * LEVELS * STRIDE);
  }

  // hot: once per packet and hop.
  /** A packet arrived. */
  arrived(link: number, atNs: number, bytes: number, latencyNs: number): void {
    this.#arrivedAt(this.#at(0, 0, atNs), bytes, latencyNs);
    this.#arrivedAt(this.#at(link + 1, this.#linkLevel, atNs), bytes, latencyNs);
  }

  /** A packet was lost on a link, or by a node (`link` -1). */
  dropped(link: number, atNs: number): void {
    const all = this.#at(0, 0, atNs);
    this.#open[all + DROPS] = (this.#open[all + DROPS] as number) + 1;
    if (link < 0) return;
    const own = this.#at(link + 1, this.#linkLevel, atNs);
    this.#open[own + DROPS] = (this.#open[own + DROPS] as number) + 1;
  }

  /** Closes all bins. */
  finish(): void {
    const tracks = this.#open.length / (LEVELS * STRIDE);
    for (let track = 0; track < tracks; track += 1) {
      const first = track === 0 ? 0 : this.#linkLevel;
      for (let level = first; level < LEVELS; level += 1) this.#close(track, level);
    }
  }

  #arrivedAt(at: number, bytes: number, latencyNs: number): void {
    const open = this.#open;
    open[at + COUNT] = (open[at + COUNT] as number) + 1;
    open[at + BYTES] = (open[at + BYTES] as number) + bytes;
    open[at + SUM] = (open[at + SUM] as number) + latencyNs;
    if (latencyNs < (open[at + MIN] as number)) open[at + MIN] = latencyNs;
    if (latencyNs > (open[at + MAX] as number)) open[at + MAX] = latencyNs;
  }

  /** Place of the open bin of this instant; an older one is closed first. */
  #at(track: number, level: number, atNs: number): number {
    const at = (track * LEVELS + level) * STRIDE;
    const bin = Math.floor(atNs / (WIDTHS[level] as number));
    if (this.#open[at + BIN] === bin) return at;
    if (at >= this.#open.length) this.#widen(at + LEVELS * STRIDE);
    this.#close(track, level);
    this.#open[at + BIN] = bin;
    return at;
  }

  #close(track: number, level: number): void {
    const open = this.#open;
    const at = (track * LEVELS + level) * STRIDE;
    const index = open[at + BIN] as number;
    if (index === CLOSED) return;
    const bin: Bin = {
      track,
      startNs: index * (WIDTHS[level] as number),
      count: open[at + COUNT] as number,
      bytes: open[at + BYTES] as number,
      drops: open[at + DROPS] as number,
      minNs: open[at + MIN] as number,
      maxNs: open[at + MAX] as number,
      sumNs: open[at + SUM] as number,
    };
    reset(open, at);
    this.#emit(level, bin.count === 0 ? { ...bin, minNs: 0 } : bin);
    if (level + 1 < LEVELS) this.#merge(bin, level + 1);
  }

  /** Adds a closed bin to the next coarser level. */
  #merge(bin: Bin, level: number): void {
    const at = this.#at(bin.track, level, bin.startNs);
    const open = this.#open;
    open[at + COUNT] = (open[at + COUNT] as number) + bin.count;
    open[at + BYTES] = (open[at + BYTES] as number) + bin.bytes;
    open[at + DROPS] = (open[at + DROPS] as number) + bin.drops;
    open[at + SUM] = (open[at + SUM] as number) + bin.sumNs;
    open[at + MIN] = Math.min(open[at + MIN] as number, bin.minNs);
    open[at + MAX] = Math.max(open[at + MAX] as number, bin.maxNs);
  }

  #widen(least: number): void {
    const wider = emptyBins(Math.max(least, this.#open.length * 2));
    wider.set(this.#open);
    this.#open = wider;
  }
}

function emptyBins(length: number): Float64Array {
  const bins = new Float64Array(Math.ceil(length / (LEVELS * STRIDE)) * LEVELS * STRIDE);
  for (let at = 0; at < bins.length; at += STRIDE) reset(bins, at);
  return bins;
}

function reset(bins: Float64Array, at: number): void {
  bins.fill(0, at, at + STRIDE);
  bins[at + BIN] = CLOSED;
  bins[at + MIN] = Number.POSITIVE_INFINITY;
}
