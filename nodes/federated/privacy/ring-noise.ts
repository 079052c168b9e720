/**
 * Noise on the ring: whole numbers added to elements modulo 2^32, which anybody with the same random
 * words can subtract again (the rule `add-then-remove`).
 *
 * @module
 */
import { type Fraction, fraction, toNumber } from '../../../engine/pure/fraction.ts';
import { DiscreteGaussianSampler } from './discrete-gaussian.ts';
import { DiscreteGaussianDistribution } from './discrete-gaussian-law.ts';
import type { NoiseMechanism } from './settings.ts';
import { drawSkellam } from './skellam.ts';
import { type RandomWordSource, uniformSourceFrom } from './uniform-source.ts';

/** For parameters of at least this, the variance equals the parameter within double precision. */
const EXACT_FROM = 10;
/** Rounding a variance up to a fraction increases the variance by at most one part in 1,024. */
const PRECISION = 1_024;

/** Adds the noise of one client, or of one of its levels, to elements of the ring, and removes it. */
export class RingNoiseSampler {
  /**
   * Variance for the accounting of privacy: the wanted one or, for the discrete Gaussian, up to 0.1 %
   * more.
   */
  readonly parameter: number;
  /** Variance of a draw in square ring units; a narrow discrete Gaussian has less than its parameter. */
  readonly variance: number;
  readonly #gaussian: DiscreteGaussianSampler | undefined;

  /** @param variance In square ring units, above 0 and below 2^53. */
  constructor(mechanism: Exclude<NoiseMechanism, 'gaussian'>, variance: number) {
    if (mechanism === 'skellam') {
      this.parameter = variance;
      this.variance = variance;
      return;
    }
    const parameter = fractionAtLeast(variance);
    this.#gaussian = new DiscreteGaussianSampler(parameter);
    this.parameter = toNumber(parameter);
    const isExact = this.parameter >= EXACT_FROM;
    this.variance = isExact
      ? this.parameter
      : new DiscreteGaussianDistribution(this.parameter).variance;
  }

  /**
   * Adds a draw to each element.
   * @param ring Changed in place.
   * @param words Secret words, from a stream for this noise alone.
   */
  addTo(ring: Uint32Array, words: RandomWordSource): void {
    const draw = this.#drawFrom(words);
    for (let at = 0; at < ring.length; at += 1) ring[at] = (ring[at] as number) + draw();
  }

  /** The inverse of {@link RingNoiseSampler.addTo}, for the same words. */
  removeFrom(ring: Uint32Array, words: RandomWordSource): void {
    const draw = this.#drawFrom(words);
    for (let at = 0; at < ring.length; at += 1) ring[at] = (ring[at] as number) - draw();
  }

  #drawFrom(words: RandomWordSource): () => number {
    const gaussian = this.#gaussian;
    if (gaussian === undefined) return (): number => drawSkellam(words, this.parameter);
    const uniform = uniformSourceFrom(words);
    return (): number => gaussian.draw(uniform);
  }
}

/**
 * Rounds `value` up to a fraction whose denominator is a small power of two, by at most 0.1 %: so the
 * noise is never too small, and can be drawn with exact numbers instead of BigInt.
 * @param value Above 0 and below 2^53.
 */
export function fractionAtLeast(value: number): Fraction {
  let denominator = 1;
  while (value * denominator < PRECISION) denominator *= 2;
  return fraction(BigInt(Math.ceil(value * denominator)), BigInt(denominator));
}
