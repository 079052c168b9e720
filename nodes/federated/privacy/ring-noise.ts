/**
 * Noise on the ring: whole draws added to elements modulo 2^32, and taken away again by whoever has
 * the same words (the rule `add-then-remove`).
 *
 * @module
 */
import { DiscreteGaussian } from './discrete-gaussian.ts';
import { DiscreteGaussianLaw } from './discrete-gaussian-law.ts';
import { rationalAtLeast } from './rational.ts';
import type { Mechanism } from './settings.ts';
import { skellam } from './skellam.ts';
import { uniformFrom, type WordSource } from './uniform-source.ts';

/** From here on the variance is the parameter to the last digit. */
const EXACT_FROM = 10;

/** Noise of one client, or of one level. */
export class RingNoise {
  /** What the account is of: the wanted variance, up to 0.1 % more for the discrete Gaussian. */
  readonly parameter: number;
  /** Variance of a draw in square ring units; a narrow discrete Gaussian has less than its parameter. */
  readonly variance: number;
  readonly #gaussian: DiscreteGaussian | undefined;

  /** @param variance In square ring units, above 0 and below 2^53. */
  constructor(mechanism: Exclude<Mechanism, 'gaussian'>, variance: number) {
    if (mechanism === 'skellam') {
      this.parameter = variance;
      this.variance = variance;
      return;
    }
    const parameter = rationalAtLeast(variance);
    this.#gaussian = new DiscreteGaussian(parameter);
    this.parameter = Number(parameter.over) / Number(parameter.under);
    const isExact = this.parameter >= EXACT_FROM;
    this.variance = isExact ? this.parameter : new DiscreteGaussianLaw(this.parameter).variance;
  }

  /**
   * Adds a draw to each element.
   * @param ring Changed in place.
   * @param words Secret; a stream of their own.
   */
  addTo(ring: Uint32Array, words: WordSource): void {
    const draw = this.#drawFrom(words);
    for (let at = 0; at < ring.length; at += 1) ring[at] = (ring[at] as number) + draw();
  }

  /** The inverse of {@link RingNoise.addTo}, for the same words. */
  removeFrom(ring: Uint32Array, words: WordSource): void {
    const draw = this.#drawFrom(words);
    for (let at = 0; at < ring.length; at += 1) ring[at] = (ring[at] as number) - draw();
  }

  #drawFrom(words: WordSource): () => number {
    const gaussian = this.#gaussian;
    if (gaussian === undefined) return (): number => skellam(words, this.parameter);
    const uniform = uniformFrom(words);
    return (): number => gaussian.draw(uniform);
  }
}
