/**
 * Delays that the node draws itself, whatever delay the packet requests: uniform and constant. Both
 * exist only for comparison: at equal mean, a uniform delay hides log2(e / 2) = 0.443 bit less than
 * Poisson mixing (docs/spec/privacy-metrics.md, Closed forms); a constant delay keeps the order of
 * packets and hides nothing.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { MixingDelayLaw } from './delayed.ts';

/**
 * Delays that are uniform on [mean - spread, mean + spread). With spread 0 the delay is constant
 * and no random number is drawn.
 */
export class UniformDelayLaw implements MixingDelayLaw {
  readonly #random: Random;
  readonly #fromNs: Nanoseconds;
  readonly #widthNs: Nanoseconds;

  /**
   * @param range.mean Mean delay, nanoseconds.
   * @param range.spread Half the width of the range, 0 <= spread <= mean, nanoseconds.
   */
  constructor(range: { readonly mean: Nanoseconds; readonly spread: Nanoseconds }, random: Random) {
    this.#random = random;
    this.#fromNs = range.mean - range.spread;
    this.#widthNs = 2 * range.spread;
  }

  refuse(): undefined {
    return undefined;
  }

  delayNs(): Nanoseconds {
    if (this.#widthNs === 0) return this.#fromNs;
    return this.#fromNs + Math.floor(this.#random.uniform() * this.#widthNs);
  }
}
