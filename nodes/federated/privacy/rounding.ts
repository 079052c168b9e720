/**
 * Conditional stochastic rounding (Kairouz, Liu, Steinke 2021, arXiv 2102.06387, section 4.1): each
 * coordinate is rounded up or down at random so that its mean is exact, and the whole vector is
 * rounded again until its norm keeps a bound.
 *
 * @module
 */
import { l2Norm } from './clip.ts';
import { drawOpenUniform, type RandomWordSource } from './uniform-source.ts';

/**
 * With the usual bound two of five attempts succeed; this many failures have a probability of about
 * 1e-20.
 */
const ATTEMPTS_MAX = 100;

/**
 * Rounds a vector to whole numbers.
 * @param values In ring units.
 * @param bound Largest L2 norm of the result, at least that of `values`.
 * @returns whole numbers; if no attempt keeps the bound, rounded towards zero, which always does.
 */
export function roundWithinNorm(
  values: Float64Array,
  words: RandomWordSource,
  bound: number,
): Float64Array {
  const rounded = new Float64Array(values.length);
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    for (let at = 0; at < values.length; at += 1) {
      const value = values[at] as number;
      const floor = Math.floor(value);
      rounded[at] = floor + (drawOpenUniform(words) < value - floor ? 1 : 0);
    }
    if (l2Norm(rounded) <= bound) return rounded;
  }
  return values.map((value) => Math.trunc(value));
}
