/**
 * Instants of a Poisson process, or of a fixed interval (project spec mixnet 3.3).
 *
 * A process draws from a stream of its own and from nothing else, so that its instants cannot
 * depend on what its owner does with them.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { MeanNs } from './rates.ts';

/** How intervals are spread around their mean. */
export type IntervalLaw = 'poisson' | 'fixed';

/** See the module. */
export class PoissonProcess {
  readonly #random: Random;
  readonly #law: IntervalLaw;
  #meanNs: MeanNs = 0;
  #nextAt: Nanoseconds | undefined;

  constructor(random: Random, law: IntervalLaw = 'poisson') {
    this.#random = random;
    this.#law = law;
  }

  /** The next instant; undefined: the process is off. */
  get nextAt(): Nanoseconds | undefined {
    return this.#nextAt;
  }

  /** Mean interval; 0: the process is off. */
  get meanNs(): MeanNs {
    return this.#meanNs;
  }

  /** Sets the mean interval. The process goes on undisturbed when it is the one it has. */
  setMean(now: Nanoseconds, meanNs: MeanNs): void {
    if (meanNs === this.#meanNs) return;
    this.#meanNs = meanNs;
    this.#nextAt = meanNs > 0 ? now + this.#interval() : undefined;
  }

  /** Goes to the next instant after the one that is due. */
  advance(): void {
    if (this.#nextAt !== undefined) this.#nextAt += this.#interval();
  }

  /** Goes on from `now`: instants missed in a pause are not made up for. */
  resume(now: Nanoseconds): void {
    if (this.#nextAt !== undefined) this.#nextAt = now + this.#interval();
  }

  /** At least 1 ns, so that instants are apart. */
  #interval(): Nanoseconds {
    if (this.#law === 'fixed') return this.#meanNs;
    return Math.floor(this.#random.exponential(this.#meanNs)) + 1;
  }
}
