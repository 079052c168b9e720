/**
 * Warns the operator, once, when the frames that a peer can reorder exceed the replay window
 * (docs/spec/gateway-frame.md, Replay window; R-016). That number is the measured rate times the sum of
 * the difference of path delays and the longest stall, or the largest lateness of a frame so far.
 *
 * It only warns. A window that is too small refuses genuine packets when the path changes.
 *
 * @module
 */
import { greatestOf, leastOf } from '../../engine/pure/extremes.ts';
import type { PathStatus } from './multipath/types.ts';
import { windowWarning } from './replay/advice.ts';
import type { FrameHeader } from './wire.ts';

const NS_PER_SECOND = 1_000_000_000;
/** A rate is measured over at least this time, ns. */
const LEAST_NS = NS_PER_SECOND;
/** Delay differences are reported in steps of 100 us. */
const STEP_NS = 100_000;

/** Compares the traffic of one peer with the size of the replay window. */
export class SmallReplayWindowWarner {
  /** The warning, once it was due. */
  warning: string | undefined;
  readonly #bits: number;
  #sinceNs: number;
  /** Number of sequence numbers used by the peer since the last check, those of refused frames included. */
  #frames = 0;
  #epoch = -1;
  #highest = 0;
  #stallNs = 0;
  #lateBy = 0;

  /** @param bits Size of the window, bits. */
  constructor(bits: number, now: number) {
    this.#bits = bits;
    this.#sinceNs = now;
  }

  /**
   * Notes an authentic frame.
   * @returns by how much its number is above the highest number so far in its epoch; 0 if the epoch
   * is not the newest.
   */
  accepted({ epoch, sequence }: FrameHeader): number {
    if (epoch < this.#epoch) return 0;
    const ahead = epoch === this.#epoch ? sequence - this.#highest : 0;
    if (epoch > this.#epoch || ahead > 0) this.#highest = sequence;
    this.#epoch = epoch;
    this.#frames += Math.max(0, ahead);
    this.#lateBy = Math.max(this.#lateBy, -ahead);
    return ahead;
  }

  /**
   * Records by how much a timer of this node was late. In virtual time no timer is late, unless a
   * modelled processor was busy.
   */
  late(ns: number): void {
    if (ns > this.#stallNs) this.#stallNs = ns;
  }

  /**
   * Checks the rate since the last call.
   * @returns the warning, the first time it is due.
   */
  check(now: number, paths: readonly PathStatus[]): string | undefined {
    const elapsedNs = now - this.#sinceNs;
    if (this.warning !== undefined || elapsedNs < LEAST_NS) return undefined;
    const framesPerSecond = Math.round((this.#frames * NS_PER_SECOND) / elapsedNs);
    this.#sinceNs = now;
    this.#frames = 0;
    this.warning = windowWarning(this.#bits, {
      framesPerSecond,
      delaySpreadNs: delaySpreadNs(paths),
      stallNs: this.#stallNs,
      lateBy: this.#lateBy,
    });
    return this.warning;
  }
}

/**
 * One-way delay of the slowest path minus that of the fastest, which is half the difference of
 * their RTTs.
 */
function delaySpreadNs(paths: readonly PathStatus[]): number {
  const rtts = paths.flatMap(({ rttNs }) => (rttNs < 0 ? [] : [rttNs]));
  if (rtts.length < 2) return 0;
  const spread = (greatestOf(rtts) - leastOf(rtts)) / 2;
  return Math.round(spread / STEP_NS) * STEP_NS;
}
