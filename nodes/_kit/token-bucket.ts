/**
 * Token bucket in integers, driven by the caller's time.
 *
 * Its owner bounds the number of buckets. It never reads a clock.
 *
 * There are two kinds of bucket: this one says yes or no to one token at a time, whereas a link needs
 * the instant at which a packet of any length conforms (engine/net/link-token-bucket.ts).
 *
 * @module
 */
import type { Nanoseconds } from '../../engine/host/time.ts';

const NS_PER_SECOND = 1_000_000_000;

/** Rate and burst of a token bucket. */
export interface TokenBucketOptions {
  /** Number of tokens per second, integer >= 1. */
  readonly perSecond: number;
  /** Largest number of tokens, integer 1 to 9,000,000, so that the credit stays a safe integer. */
  readonly burst: number;
}

/** A token bucket: a limit on rate and burst, full when its rate is first set. */
export class TokenBucket {
  readonly #burst: number;
  /** Number of units of credit that one token costs. */
  #token = 0;
  /** Number of units of credit that each nanosecond adds. */
  #perNs = 1;
  #credit = 0;
  #lastNs: Nanoseconds = 0;
  #isFilled = false;

  /** @param burst Largest number of tokens, >= 1. */
  constructor(burst: number) {
    this.#burst = burst;
  }

  /** A bucket with a fixed rate; no fraction of a token is lost, whatever the rate. */
  static of({ perSecond, burst }: TokenBucketOptions): TokenBucket {
    const bucket = new TokenBucket(burst);
    bucket.#set(NS_PER_SECOND, perSecond);
    return bucket;
  }

  /** Sets the rate. @param tokenNs Mean time between tokens, ns, integer >= 1. */
  setInterval(tokenNs: Nanoseconds): void {
    this.#set(tokenNs, 1);
  }

  /**
   * Takes one token.
   * @param nowNs Monotonic time, ns.
   * @returns false when no token is left: the packet exceeds the limit.
   */
  take(nowNs: Nanoseconds): boolean {
    this.#refill(nowNs);
    if (this.#credit < this.#token) return false;
    this.#credit -= this.#token;
    return true;
  }

  /** Takes one token, possibly in advance; returns how long until it is available, in ns. */
  reserve(nowNs: Nanoseconds): Nanoseconds {
    this.#refill(nowNs);
    this.#credit -= this.#token;
    return Math.max(0, Math.ceil(-this.#credit / this.#perNs));
  }

  #set(token: number, perNs: number): void {
    this.#token = token;
    this.#perNs = perNs;
    if (!this.#isFilled) this.#credit = this.#burst * token;
    this.#isFilled = true;
  }

  #refill(nowNs: Nanoseconds): void {
    const elapsedNs = nowNs - this.#lastNs;
    this.#lastNs = nowNs;
    const most = this.#burst * this.#token;
    // The time is compared before it is multiplied, so that the product cannot exceed the safe
    // integers after a long silence.
    if (elapsedNs >= (most - this.#credit) / this.#perNs) this.#credit = most;
    else this.#credit += elapsedNs * this.#perNs;
  }
}
