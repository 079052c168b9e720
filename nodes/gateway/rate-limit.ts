/**
 * Token bucket in integers, driven by the caller's time.
 *
 * One bucket per peer; the owner bounds the number of buckets. It never reads a clock.
 *
 * @module
 */

const NS_PER_SECOND = 1_000_000_000;

/** Settings of a bucket. */
export interface RateLimit {
  /** Tokens per second, integer >= 1. */
  readonly perSecond: number;
  /** Largest number of tokens, integer 1 to 9,000,000, so that the credit stays a safe integer. */
  readonly burst: number;
}

/** A token bucket that starts full. */
export class TokenBucket {
  readonly #perSecond: number;
  /** A token is 10^9 units of credit, so that each nanosecond adds `perSecond` units. */
  readonly #creditMax: number;
  #credit: number;
  #lastNs = 0;

  constructor(limit: RateLimit) {
    this.#perSecond = limit.perSecond;
    this.#creditMax = limit.burst * NS_PER_SECOND;
    this.#credit = this.#creditMax;
  }

  /**
   * Takes one token.
   * @param nowNs Monotonic time, ns.
   * @returns false when none is left: the packet exceeds the limit.
   */
  take(nowNs: number): boolean {
    this.#refill(nowNs);
    if (this.#credit < NS_PER_SECOND) return false;
    this.#credit -= NS_PER_SECOND;
    return true;
  }

  #refill(nowNs: number): void {
    const elapsedNs = nowNs - this.#lastNs;
    this.#lastNs = nowNs;
    const missing = this.#creditMax - this.#credit;
    // Compared before multiplying, so that a long silence cannot exceed the safe integers.
    if (elapsedNs >= missing / this.#perSecond) this.#credit = this.#creditMax;
    else this.#credit += elapsedNs * this.#perSecond;
  }
}
