/**
 * Instants of a Poisson process, or at a fixed interval.
 *
 * A process has a random stream of its own, so that its instants cannot depend on other draws of the
 * owner.
 *
 * @module
 */
import type { Random } from '../../engine/host/random.ts';
import type { Nanoseconds } from '../../engine/host/time.ts';

/** Distribution of intervals around their mean. */
export type IntervalLaw = 'poisson' | 'fixed';

/** The sequence of instants of a Poisson process, or of a process with a fixed interval. */
export class PoissonProcess {
  readonly #random: Random;
  readonly #law: IntervalLaw;
  #meanNs: Nanoseconds = 0;
  #nextAt: Nanoseconds | undefined;

  constructor(random: Random, law: IntervalLaw = 'poisson') {
    this.#random = random;
    this.#law = law;
  }

  /** The next instant; undefined when the process is off. */
  get nextAt(): Nanoseconds | undefined {
    return this.#nextAt;
  }

  /** Mean interval; 0 when the process is off. */
  get meanNs(): Nanoseconds {
    return this.#meanNs;
  }

  /** Sets the mean interval. An unchanged value leaves the process undisturbed. */
  setMean(now: Nanoseconds, meanNs: Nanoseconds): void {
    if (meanNs === this.#meanNs) return;
    this.#meanNs = meanNs;
    this.#nextAt = meanNs > 0 ? now + this.#interval() : undefined;
  }

  /** Advances to the next instant after the current one. */
  advance(): void {
    if (this.#nextAt !== undefined) this.#nextAt += this.#interval();
  }

  /** Continues from `now` after a pause; instants that were missed in the pause are left out. */
  resume(now: Nanoseconds): void {
    if (this.#nextAt !== undefined) this.#nextAt = now + this.#interval();
  }

  /** Draws an interval: at least 1 ns, so that instants are distinct. */
  #interval(): Nanoseconds {
    if (this.#law === 'fixed') return this.#meanNs;
    return Math.floor(this.#random.exponential(this.#meanNs)) + 1;
  }
}
