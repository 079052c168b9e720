/**
 * Distributions for judging loops: the sum of exponential delays (Erlang), and the number of losses
 * among n (binomial; docs/spec/mixnet.md, "Loops and alarms"). Only basic arithmetic is used, so
 * that every JavaScript engine computes exactly the same numbers.
 *
 * @module
 */

/** e^-1, correctly rounded. */
const INVERSE_E = 0.36787944117144233;
/** Number of terms of the series for e^-x on [0, 1): the first omitted term is below 2^-60. */
const EXP_TERMS = 20;
/** Bisection steps in the search for a quantile, enough for the precision of a float64. */
const HALVINGS = 60;

/** Computes e^-x for x >= 0, with a relative error of about 1e-13 at x = 500. */
export function expOfNegative(x: number): number {
  const whole = Math.floor(x);
  const rest = x - whole;
  let term = 1;
  let sum = 1;
  for (let index = 1; index <= EXP_TERMS; index++) {
    term = (-term * rest) / index;
    sum += term;
  }
  return sum * integerPower(INVERSE_E, whole);
}

/** base^exponent by squaring; `exponent` is a whole number >= 0. */
function integerPower(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}

/** Probability that the sum of `shape` exponential delays of mean 1 is above `x`. */
export function erlangTail(shape: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let index = 1; index < shape; index++) {
    term = (term * x) / index;
    sum += term;
  }
  return Math.min(1, sum * expOfNegative(x));
}

/**
 * Returns the value that the sum of `shape` exponential delays of mean 1 exceeds with probability
 * `tail`.
 * @param tail in (0, 1), not below 1e-100.
 */
export function erlangUpperQuantile(shape: number, tail: number): number {
  let low = 0;
  let high = shape;
  while (erlangTail(shape, high) > tail) high *= 2;
  for (let step = 0; step < HALVINGS; step++) {
    const middle = (low + high) / 2;
    if (erlangTail(shape, middle) > tail) low = middle;
    else high = middle;
  }
  return high;
}

/** Probability that at least `k` of `n` trials succeed, each with probability `p` in (0, 1). */
export function binomialTail(n: number, k: number, p: number): number {
  if (k <= 0) return 1;
  if (k > n) return 0;
  // Sums the upper terms instead of subtracting from 1, where rounding would swamp a small tail.
  let term = integerPower(1 - p, n);
  for (let index = 0; index < k; index++) term = (term * (n - index) * p) / ((index + 1) * (1 - p));
  let sum = 0;
  for (let index = k; index <= n && term > 0; index++) {
    sum += term;
    term = (term * (n - index) * p) / ((index + 1) * (1 - p));
  }
  return Math.min(1, sum);
}
