/**
 * Token bucket of one client, in integers, driven by the caller's time.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';

/** A bucket that starts full. A token is the credit that accrues in its mean time. */
export class TokenBucket {
  readonly #burst: number;
  #tokenNs = 0;
  #credit = 0;
  #lastNs: Nanoseconds = 0;
  #isFilled = false;

  /** @param burst Most tokens held, >= 1. */
  constructor(burst: number) {
    this.#burst = burst;
  }

  /** @param tokenNs Mean time between tokens, ns, integer >= 1. */
  setRate(tokenNs: Nanoseconds): void {
    this.#tokenNs = tokenNs;
    if (!this.#isFilled) this.#credit = this.#burst * tokenNs;
    this.#isFilled = true;
  }

  /** Takes one token; false if there is none. */
  take(now: Nanoseconds): boolean {
    this.#refill(now);
    if (this.#credit < this.#tokenNs) return false;
    this.#credit -= this.#tokenNs;
    return true;
  }

  /** Takes one token, possibly in advance; returns how long until it is available, in ns. */
  reserve(now: Nanoseconds): Nanoseconds {
    this.#refill(now);
    this.#credit -= this.#tokenNs;
    return Math.max(0, -this.#credit);
  }

  #refill(now: Nanoseconds): void {
    const most = this.#burst * this.#tokenNs;
    this.#credit = Math.min(most, this.#credit + (now - this.#lastNs));
    this.#lastNs = now;
  }
}
