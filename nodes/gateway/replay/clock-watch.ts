/**
 * How far a peer's clock seems to be from ours, by the time stamps of its authentic frames.
 *
 * A difference is seen only together with the time that frames are under way, so small ones are not told.
 *
 * @module
 */

/** Difference of two clocks from which it is told, microseconds: a frame is seldom under way for so long. */
const TOLD_US_MIN = 1_000_000;
/** Number of frames that are refused for their age, with no other accepted, from which the clocks are to blame. */
const REFUSED_MIN = 3;

/** A difference of two clocks. */
export interface ClockDifference {
  /** Positive if the peer's clock is ahead of ours, microseconds. */
  readonly aheadUs: number;
  /** True if frames are refused because of it. */
  readonly isRefusing: boolean;
}

/** Watches the clock of one peer. */
export class PeerClockWatch {
  #ageUs = 0;
  /** Number of frames that were refused for their age since one was accepted. */
  #refused = 0;

  // hot: once per frame.
  /** Notes a frame that was accepted. @param ageUs Our clock minus its time stamp, microseconds. */
  accepted(ageUs: number): void {
    this.#ageUs = ageUs;
    this.#refused = 0;
  }

  /** Notes an authentic frame that was refused for its age. An attacker can repeat old ones, between others only. */
  refused(ageUs: number): void {
    this.#refused += 1;
    if (this.#refused >= REFUSED_MIN) this.#ageUs = ageUs;
  }

  /** The difference of the clocks; undefined if it is small or unknown. */
  get difference(): ClockDifference | undefined {
    if (Math.abs(this.#ageUs) < TOLD_US_MIN) return undefined;
    return { aheadUs: -this.#ageUs, isRefusing: this.#refused >= REFUSED_MIN };
  }
}
