/**
 * Estimates the difference between a peer's clock and ours, from the time stamps of its authentic
 * frames.
 *
 * A difference cannot be separated from the time that frames are under way, so small differences
 * are not reported.
 *
 * @module
 */

/**
 * Smallest difference of two clocks that is reported, microseconds: frames are seldom under way for
 * this long.
 */
const REPORTED_US_MIN = 1_000_000;
/**
 * If this many frames in a row are refused for their age, without an accepted frame in between, the
 * clocks are to blame.
 */
const REFUSED_MIN = 3;

/** A difference between two clocks. */
export interface ClockDifference {
  /** Positive if the peer's clock is ahead of ours, microseconds. */
  readonly aheadUs: number;
  /** True if the difference makes this gateway refuse frames. */
  readonly isRefusing: boolean;
}

/** Watches the clock of one peer. */
export class PeerClockWatch {
  #ageUs = 0;
  /** Number of frames that were refused for their age since a frame was last accepted. */
  #refused = 0;

  // hot: once per frame.
  /** Records an accepted frame. @param ageUs Our clock minus its time stamp, microseconds. */
  accepted(ageUs: number): void {
    this.#ageUs = ageUs;
    this.#refused = 0;
  }

  /**
   * Records an authentic frame that was refused for its age. An attacker can repeat old frames too,
   * but accepted frames come in between.
   */
  refused(ageUs: number): void {
    this.#refused += 1;
    if (this.#refused >= REFUSED_MIN) this.#ageUs = ageUs;
  }

  /** The difference between the clocks; undefined if it is small or unknown. */
  get difference(): ClockDifference | undefined {
    if (Math.abs(this.#ageUs) < REPORTED_US_MIN) return undefined;
    return { aheadUs: -this.#ageUs, isRefusing: this.#refused >= REFUSED_MIN };
  }
}
