/**
 * Special functions behind the intervals: log-gamma, the regularised incomplete beta and gamma
 * functions, the binomial distribution, and a root finder for their inverses (NIST DLMF 5, 8.2, 8.17).
 * Accurate to about 1e-12. Not for simulations: `Math.log` and `Math.exp` may differ in the last bit
 * between JavaScript engines.
 *
 * @module
 */

/** Lanczos coefficients for g = 7, n = 9 (Godfrey 2001). */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
  -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
  1.5056327351493116e-7,
] as const;

const TERMS_MAX = 10_000;
const PRECISION = 1e-15;
const TINY = 1e-300;

/**
 * Natural logarithm of the gamma function.
 * @param x Above 0.
 */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const shifted = x - 1;
  let sum: number = LANCZOS[0];
  for (let i = 1; i < LANCZOS.length; i++) sum += (LANCZOS[i] ?? 0) / (shifted + i);
  const t = shifted + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** The continued fraction of the incomplete beta function, by Lentz's method. */
function betaFraction(x: number, shape: { readonly a: number; readonly b: number }): number {
  const { a, b } = shape;
  const keepAway = (v: number): number => (Math.abs(v) < TINY ? TINY : v);
  let c = 1;
  let d = 1 / keepAway(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m < TERMS_MAX; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / keepAway(1 + even * d);
    c = keepAway(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / keepAway(1 + odd * d);
    c = keepAway(1 + odd / c);
    result *= d * c;
    if (Math.abs(d * c - 1) < PRECISION) break;
  }
  return result;
}

/**
 * Regularised incomplete beta function I_x(a, b).
 * @param x In 0..1.
 * @returns a probability.
 */
export function incompleteBeta(
  x: number,
  shape: { readonly a: number; readonly b: number },
): number {
  const { a, b } = shape;
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x),
  );
  // The fraction converges fast only below the mean; above it use the function's symmetry.
  if (x < (a + 1) / (a + b + 2)) return (front * betaFraction(x, shape)) / a;
  return 1 - (front * betaFraction(1 - x, { a: b, b: a })) / b;
}

/**
 * Regularised lower incomplete gamma function P(a, x).
 * @param a Shape, above 0.
 * @param x At least 0.
 */
export function incompleteGamma(a: number, x: number): number {
  if (x <= 0) return 0;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  return x < a + 1 ? front * gammaSeries(a, x) : 1 - front * gammaFraction(a, x);
}

function gammaSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < TERMS_MAX; n++) {
    term *= x / (a + n);
    sum += term;
    if (term < sum * PRECISION) break;
  }
  return sum;
}

function gammaFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let result = d;
  for (let n = 1; n < TERMS_MAX; n++) {
    const an = -n * (n - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    result *= d * c;
    if (Math.abs(d * c - 1) < PRECISION) break;
  }
  return result;
}

/**
 * P(B <= k) of a binomial distribution.
 * @param k Number of successes.
 * @param trials n and the chance p of each.
 */
export function binomialCdf(k: number, trials: { readonly n: number; readonly p: number }): number {
  if (k < 0) return 0;
  if (k >= trials.n) return 1;
  return incompleteBeta(1 - trials.p, { a: trials.n - k, b: k + 1 });
}

/**
 * The x in [low, high] at which an increasing function reaches a target, by bisection.
 * @returns x to the last bits of a double.
 */
export function invertRising(
  f: (x: number) => number,
  target: number,
  range: { readonly low: number; readonly high: number },
): number {
  let { low, high } = range;
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (f(middle) < target) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
