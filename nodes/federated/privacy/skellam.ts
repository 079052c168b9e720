/**
 * Skellam noise: the difference of two Poisson variables of equal mean. Sums of Skellam variables
 * are Skellam again, so the noise of clients is as good as one draw with the summed variance
 * (Agarwal, Kairouz, Liu 2021, arXiv 2110.04995).
 *
 * Poisson draws use products of uniforms below a mean of 10, else transformed rejection with a
 * squeeze (Hoermann 1993, "The transformed rejection method for generating Poisson random
 * variables", PTRS). Unlike the draws of the discrete Gaussian, they are exact only to the
 * precision of doubles.
 *
 * @module
 */
import { exp, log } from '../../../engine/pure/log-exp.ts';
import { drawOpenUniform, type RandomWordSource } from './uniform-source.ts';

const SMALL_MEAN_MAX = 10;
const STIRLING_FROM = 16;
const LN_SQRT_TWO_PI = 0.9189385332046728;

/**
 * A draw of symmetric Skellam noise.
 * @param variance At least 0.
 */
export function drawSkellam(words: RandomWordSource, variance: number): number {
  return drawPoisson(words, variance / 2) - drawPoisson(words, variance / 2);
}

/**
 * A Poisson draw.
 * @param mean At least 0.
 */
export function drawPoisson(words: RandomWordSource, mean: number): number {
  if (mean === 0) return 0;
  return mean < SMALL_MEAN_MAX ? byProducts(words, mean) : byRejection(words, mean);
}

/** Counts arrivals until their exponential gaps exceed the mean. */
function byProducts(words: RandomWordSource, mean: number): number {
  const limit = exp(-mean);
  let count = 0;
  for (let product = drawOpenUniform(words); product > limit; product *= drawOpenUniform(words))
    count += 1;
  return count;
}

/** PTRS; the constants are those of the paper. */
function byRejection(words: RandomWordSource, mean: number): number {
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const squeeze = 0.9277 - 3.6224 / (b - 2);
  const logMean = log(mean);
  for (;;) {
    const u = drawOpenUniform(words) - 0.5;
    const v = drawOpenUniform(words);
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= squeeze) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    const bound = k * logMean - mean - logFactorial(k);
    if (log((v * inverseAlpha) / (a / (us * us) + b)) <= bound) return k;
  }
}

/**
 * ln(k!), error below 1e-15 of it: a product for small k, Stirling's series beyond.
 * @param k Whole, at least 0.
 */
export function logFactorial(k: number): number {
  if (k < STIRLING_FROM) {
    let product = 1;
    for (let factor = 2; factor <= k; factor += 1) product *= factor;
    return log(product);
  }
  const x = k + 1;
  const inverse = 1 / (x * x);
  const series = 1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse / 1680));
  return (x - 0.5) * log(x) - x + LN_SQRT_TWO_PI + series / x;
}
