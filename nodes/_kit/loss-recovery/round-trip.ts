/**
 * The time from a packet to its acknowledgement (RFC 9002 section 5).
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { RFC6298_RTT_GAIN, RoundTripEstimator } from '../../../engine/pure/round-trip-estimator.ts';

/** The shortest round trip is the smallest sample of the present and the previous period of this length, ns. */
const LEAST_NS = 5_000_000_000;
/** Uncertainty of the clocks and timers, ns (section 6.1.2, kGranularity). */
const GRANULARITY_NS = 1_000_000;
const FIRST_WAIT_NS = 250_000_000;

/**
 * A sample minus the time by which the peer delayed the acknowledgement. Unlike in section 5.2, the
 * shortest round trip is found among such samples: a window for a round trip with the delay would fill the queue.
 */
export function subtractAckDelayNs(sampleNs: Nanoseconds, delayNs: Nanoseconds): Nanoseconds {
  return delayNs < sampleNs ? sampleNs - delayNs : sampleNs;
}

/** The round-trip time of one path: smoothed, and the shortest. */
export class RoundTrip {
  readonly #estimator = new RoundTripEstimator(RFC6298_RTT_GAIN);
  #latestNs: Nanoseconds = 0;
  #lastNs: Nanoseconds | undefined;
  /** The smallest sample of the present period, and the smallest of the previous period, ns. */
  #presentNs = Number.POSITIVE_INFINITY;
  #formerNs = Number.POSITIVE_INFINITY;
  #turnedNs: Nanoseconds = 0;

  /** Smoothed round-trip time; undefined before the first sample. */
  get smoothedNs(): Nanoseconds | undefined {
    return this.#estimator.isKnown ? this.#estimator.srttNs : undefined;
  }

  /** The last sample without the delay of the acknowledgement; undefined before the first sample. */
  get lastNs(): Nanoseconds | undefined {
    return this.#lastNs;
  }

  /** The shortest round trip of the last two periods; Infinity before the first sample. */
  get leastNs(): Nanoseconds {
    return Math.min(this.#presentNs, this.#formerNs);
  }

  /** Takes a sample. @param delayNs Time by which the peer delayed the acknowledgement. */
  sample(now: Nanoseconds, sampleNs: Nanoseconds, delayNs: Nanoseconds): void {
    this.#latestNs = sampleNs;
    if (now - this.#turnedNs >= LEAST_NS) {
      this.#formerNs = this.#presentNs;
      this.#presentNs = Number.POSITIVE_INFINITY;
      this.#turnedNs = now;
    }
    const adjustedNs = subtractAckDelayNs(sampleNs, delayNs);
    this.#lastNs = adjustedNs;
    if (adjustedNs < this.#presentNs) this.#presentNs = adjustedNs;
    // The first sample is taken without subtracting the delay (section 5.3).
    this.#estimator.sample(this.#estimator.isKnown ? adjustedNs : sampleNs);
  }

  /** Sets the shortest round trip anew, because the path has become longer. */
  restartLeast(leastNs: Nanoseconds): void {
    this.#presentNs = leastNs;
    this.#formerNs = leastNs;
  }

  /** Time without an acknowledgement after which a probe is due, ns (section 6.2.1). */
  waitNs(ackDelayNs: Nanoseconds): Nanoseconds {
    if (!this.#estimator.isKnown) return FIRST_WAIT_NS;
    return Math.ceil(this.#estimator.waitNs(GRANULARITY_NS) + ackDelayNs);
  }

  /** Age at which a packet counts as lost if a later one has arrived, ns (section 6.1.2). */
  reorderNs(factor: number): Nanoseconds {
    const longest = Math.max(this.smoothedNs ?? FIRST_WAIT_NS, this.#latestNs);
    return Math.max(Math.ceil(factor * longest), GRANULARITY_NS);
  }
}
