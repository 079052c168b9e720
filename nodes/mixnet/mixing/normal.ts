/**
 * The distribution function of the standard normal law, computed with additions, multiplications
 * and divisions only, so that every JavaScript engine computes exactly the same number.
 *
 * Phi(x) = 1/2 + phi(x) (x + x^3/3 + x^5/(3 5) + ...), and phi(x) = 1 / (sqrt(2 pi) e^(x^2/2)) with
 * the exponential as its own series (Abramowitz and Stegun 26.2.11). All terms of both are
 * positive, so that nothing cancels.
 *
 * @module
 */

const SQRT_TWO_PI = 2.506_628_274_631_000_7;
/**
 * If |x| is at least this, the probability is rounded to 0 or 1: the tail beyond it is below 7e-16.
 */
const FARTHEST = 8;

/** Probability that a standard normal variable is at most `x`; absolute error below 1e-15. */
export function normalCdf(x: number): number {
  if (x <= -FARTHEST) return 0;
  if (x >= FARTHEST) return 1;
  const square = x * x;
  let oddTerm = x;
  let odd = x;
  let powerTerm = 1;
  let exponential = 1;
  for (let k = 1; odd + oddTerm !== odd || exponential + powerTerm !== exponential; k++) {
    oddTerm *= square / (2 * k + 1);
    odd += oddTerm;
    powerTerm *= square / (2 * k);
    exponential += powerTerm;
  }
  return 0.5 + odd / (SQRT_TWO_PI * exponential);
}
