/**
 * The time from a packet to its acknowledgement (RFC 9002 section 5).
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { RoundTripEstimator, STANDARD_GAIN } from '../../../engine/pure/round-trip-estimator.ts';

/** The least of the last samples is that of the last one to two of these times, ns. */
const LEAST_NS = 5_000_000_000;
/** Uncertainty of the clocks and timers, ns (section 6.1.2, kGranularity). */
const GRANULARITY_NS = 1_000_000;
const FIRST_WAIT_NS = 250_000_000;

/**
 * A sample without the wait of its acknowledgement. Other than in section 5.2, the least is one
 * without it, too: a window for the least of single packets would fill the queue.
 */
export function withoutDelay(sampleNs: Nanoseconds, delayNs: Nanoseconds): Nanoseconds {
  return delayNs < sampleNs ? sampleNs - delayNs : sampleNs;
}

/** See the module. */
export class RoundTrip {
  readonly #estimator = new RoundTripEstimator(STANDARD_GAIN);
  #latestNs: Nanoseconds = 0;
  /** The least of the present time and of the one before. */
  #presentNs = Number.POSITIVE_INFINITY;
  #formerNs = Number.POSITIVE_INFINITY;
  #turnedNs: Nanoseconds = 0;

  /** Undefined before the first sample. */
  get smoothedNs(): Nanoseconds | undefined {
    return this.#estimator.isKnown ? this.#estimator.srttNs : undefined;
  }

  /** The least of the last samples; Infinity before the first. */
  get leastNs(): Nanoseconds {
    return Math.min(this.#presentNs, this.#formerNs);
  }

  /** A sample. @param delayNs The part that the peer waited with the acknowledgement. */
  sample(now: Nanoseconds, sampleNs: Nanoseconds, delayNs: Nanoseconds): void {
    this.#latestNs = sampleNs;
    if (now - this.#turnedNs >= LEAST_NS) {
      this.#formerNs = this.#presentNs;
      this.#presentNs = Number.POSITIVE_INFINITY;
      this.#turnedNs = now;
    }
    const adjustedNs = withoutDelay(sampleNs, delayNs);
    if (adjustedNs < this.#presentNs) this.#presentNs = adjustedNs;
    // The first sample counts as it is (section 5.3).
    this.#estimator.sample(this.#estimator.isKnown ? adjustedNs : sampleNs);
  }

  /** The least is not what it was: the path has become longer. */
  restartLeast(leastNs: Nanoseconds): void {
    this.#presentNs = leastNs;
    this.#formerNs = leastNs;
  }

  /** After this time without an acknowledgement, the peer is asked (section 6.2.1). */
  waitNs(ackDelayNs: Nanoseconds): Nanoseconds {
    if (!this.#estimator.isKnown) return FIRST_WAIT_NS;
    return Math.ceil(this.#estimator.waitNs(GRANULARITY_NS) + ackDelayNs);
  }

  /** What is sent later arrives later by this time at the least, unless it is lost (section 6.1.2). */
  reorderNs(factor: number): Nanoseconds {
    const longest = Math.max(this.smoothedNs ?? FIRST_WAIT_NS, this.#latestNs);
    return Math.max(Math.ceil(factor * longest), GRANULARITY_NS);
  }
}
