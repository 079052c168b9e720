/**
 * Waits between attempts that fail: each is twice as long as the one before, up to a limit.
 *
 * @module
 */
import type { Random } from '../../engine/host/random.ts';
import type { Nanoseconds } from '../../engine/host/time.ts';

/** Number of different values of one random draw. */
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
  /** When the next attempt is due; Infinity if none is due, or if the owner uses timers of its own. */
  dueNs: Nanoseconds = Number.POSITIVE_INFINITY;
  readonly #limits: BackOffLimits;
  #nextNs: Nanoseconds;

  constructor(limits: BackOffLimits) {
    this.#limits = limits;
    this.#nextNs = limits.firstNs;
  }

  /** Returns the wait before the next attempt, and doubles the wait after it. */
  next(): Nanoseconds {
    const waitNs = this.#nextNs;
    this.#nextNs = Math.min(2 * waitNs, this.#limits.mostNs);
    return waitNs;
  }

  /**
   * A random wait before the next attempt, between half of {@link next} and all of it: nodes that failed at the
   * same instant then do not try again at the same instant.
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

  /** Begins a series of attempts, of which the first is due at once. */
  start(now: Nanoseconds): void {
    this.reset();
    this.dueNs = now;
  }

  /** Called when an attempt was made, or could not be made: the next one is due after a wait. */
  attempted(now: Nanoseconds): void {
    this.dueNs = now + this.next();
  }

  /** Ends the series: no attempt is due any more. */
  stop(): void {
    this.dueNs = Number.POSITIVE_INFINITY;
  }

  /** Called when an attempt succeeded: the next series begins with the shortest wait. */
  reset(): void {
    this.#nextNs = this.#limits.firstNs;
  }
}

/** Makes a wait longer or shorter by up to a fifth, at random, so that nodes do not act at the same instants. */
export function withJitter(waitNs: Nanoseconds, random: Random): Nanoseconds {
  const percent = PER_CENT - VARIATION + random.below(2 * VARIATION + 1);
  return Math.floor((waitNs * percent) / PER_CENT);
}
