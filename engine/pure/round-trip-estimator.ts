/**
 * Smoothed round-trip time and its variation (RFC 6298 section 2; RFC 9002 section 5.3 is the same).
 * Which samples count, and what a timer does with the time, is left to the caller.
 *
 * @module
 */

/** The gain of the smoothed time in RFC 6298: alpha. */
export const RFC6298_RTT_GAIN: number = 1 / 8;
const VARIATION_GAIN = 1 / 4;
const VARIATIONS = 4;

/** Smoothed round-trip time and its variation (RFC 6298 section 2). Times are in ns. */
export class RoundTripEstimator {
  /** Smoothed round-trip time; -1 before the first sample. */
  srttNs = -1;
  /** Mean deviation of samples from the smoothed time. */
  rttvarNs = 0;
  readonly #gain: number;

  /** @param gain Weight of a new sample, 0..1: {@link RFC6298_RTT_GAIN} in RFC 6298. */
  constructor(gain: number) {
    this.#gain = gain;
  }

  /** True once there was a sample. */
  get isKnown(): boolean {
    return this.srttNs >= 0;
  }

  /** Takes a measured round-trip time, ns, >= 0. */
  sample(rttNs: number): void {
    if (!this.isKnown) {
      // RFC 6298 section 2.2: the first sample sets both values.
      this.srttNs = rttNs;
      this.rttvarNs = rttNs / 2;
      return;
    }
    // RFC 6298 section 2.3, in this order: the variation uses the old smoothed time.
    this.rttvarNs += (Math.abs(this.srttNs - rttNs) - this.rttvarNs) * VARIATION_GAIN;
    this.srttNs += (rttNs - this.srttNs) * this.#gain;
  }

  /**
   * How long to wait for an answer: SRTT + max(G, 4 RTTVAR) (RFC 6298 section 2.3), with fractions.
   * @param granularityNs G, the least that is added.
   */
  waitNs(granularityNs: number): number {
    return this.srttNs + Math.max(granularityNs, VARIATIONS * this.rttvarNs);
  }
}
