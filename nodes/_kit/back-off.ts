/**
 * Waits between attempts that fail: each is twice as long as the one before, up to a limit.
 *
 * @module
 */
import type { Random } from '../../engine/host/random.ts';
import type { Nanoseconds } from '../../engine/host/time.ts';

/** Number of values that one random draw can have. */
const DRAWN_MAX = 2 ** 32;
const PER_CENT = 100;
const VARIATION = 20;

/** The shortest and the longest wait, > 0. */
export interface BackOffLimits {
  readonly firstNs: Nanoseconds;
  readonly mostNs: Nanoseconds;
}

/** The waits of one series of attempts, and when the next one is due. */
export class BackOff {
  /** When the next attempt is due; Infinity if none is, or if the owner sets timers itself. */
  dueNs: Nanoseconds = Number.POSITIVE_INFINITY;
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

  /** True between {@link start} and {@link stop}. */
  get isRunning(): boolean {
    return this.dueNs !== Number.POSITIVE_INFINITY;
  }

  /** A series begins: its first attempt is due at once. */
  start(now: Nanoseconds): void {
    this.reset();
    this.dueNs = now;
  }

  /** An attempt was made, or could not be: the next one is due after a wait. */
  attempted(now: Nanoseconds): void {
    this.dueNs = now + this.next();
  }

  /** Ends the series: no attempt is due any more. */
  stop(): void {
    this.dueNs = Number.POSITIVE_INFINITY;
  }

  /** An attempt succeeded: the next series begins with the first wait. */
  reset(): void {
    this.#nextNs = this.#limits.firstNs;
  }
}

/** A wait, longer or shorter by up to a fifth, so that peers do not fall in step. */
export function withJitter(waitNs: Nanoseconds, random: Random): Nanoseconds {
  const percent = PER_CENT - VARIATION + random.below(2 * VARIATION + 1);
  return Math.floor((waitNs * percent) / PER_CENT);
}
