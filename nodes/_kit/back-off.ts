/**
 * Waits between attempts that fail: each is twice as long as the one before, up to a limit.
 *
 * @module
 */
import type { Random } from '../../engine/host/random.ts';
import type { Nanoseconds } from '../../engine/host/time.ts';

/** The most that one draw can give. */
const DRAWN_MAX = 2 ** 32;

/** The shortest and the longest wait, > 0. */
export interface BackOffLimits {
  readonly firstNs: Nanoseconds;
  readonly mostNs: Nanoseconds;
}

/** The waits of one series of attempts. */
export class BackOff {
  readonly #limits: BackOffLimits;
  #nextNs: Nanoseconds;

  constructor(limits: BackOffLimits) {
    this.#limits = limits;
    this.#nextNs = limits.firstNs;
  }

  /** The wait before the next attempt. */
  next(): Nanoseconds {
    const waitNs = this.#nextNs;
    this.#nextNs = Math.min(2 * waitNs, this.#limits.mostNs);
    return waitNs;
  }

  /**
   * The wait before the next attempt, of which the second half is drawn: nodes that failed at the
   * same instant do not try again at the same instant.
   */
  nextDrawn(random: Random): Nanoseconds {
    const halfNs = this.next() / 2;
    // Above 4.3 s, a draw cannot give every nanosecond.
    const stepNs = Math.ceil(halfNs / DRAWN_MAX);
    return halfNs + stepNs * random.below(Math.floor(halfNs / stepNs));
  }

  /** An attempt succeeded: the next series begins with the first wait. */
  reset(): void {
    this.#nextNs = this.#limits.firstNs;
  }
}
