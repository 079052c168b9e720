/**
 * Functions that the accounting of privacy needs beside log and exp: tails of the normal distribution,
 * logarithms and exponentials near 1, sums of exponentials. They use only + - * / and engine/pure, so that an
 * epsilon has the same bits on every machine.
 *
 * The complementary error function is a Taylor series below 1 and Laplace's continued fraction from
 * there on (Abramowitz and Stegun 1964, 7.1.6 and 7.1.14).
 *
 * @module
 */
import { exp, log } from '../../../engine/pure/log-exp.ts';

/** Largest magnitude of exponents for which `exp` of engine/pure is used. */
const EXPONENT_MAX = 700;
const SQRT_PI = 1.772453850905516;
const SERIES_BELOW = 1;
/** For smaller |x|, the first terms of the series of exp(x) - 1 are exact to the last bit. */
const TINY = 1e-5;
const FRACTION_TERMS_MAX = 500;
/** exp(-x^2) is 0 from here on, and the parts of larger squares would overflow. */
const SQUARE_EXP_BELOW = 28;

/**
 * The exponential, 0 below -700 and infinite from 700 on.
 * @param x Any number.
 */
export function expOf(x: number): number {
  if (x <= -EXPONENT_MAX) return 0;
  return x >= EXPONENT_MAX ? Number.POSITIVE_INFINITY : exp(x);
}

/**
 * The natural logarithm, -Infinity at 0 and Infinity at Infinity.
 * @param x At least 0.
 */
export function logOf(x: number): number {
  if (x === 0) return Number.NEGATIVE_INFINITY;
  return x === Number.POSITIVE_INFINITY ? x : log(x);
}

/**
 * ln(1 + x) without the rounding of 1 + x (Kahan).
 * @param x Above -1.
 */
export function log1p(x: number): number {
  const sum = 1 + x;
  if (sum === 1) return x;
  return sum === Number.POSITIVE_INFINITY ? sum : (log(sum) * x) / (sum - 1);
}

/**
 * exp(x) - 1 without the rounding of the exponential (Kahan).
 * @param x Any number.
 */
export function expm1(x: number): number {
  if (Math.abs(x) < TINY) return x * (1 + (x / 2) * (1 + x / 3));
  const power = expOf(x);
  if (power === 1) return x;
  const difference = power - 1;
  if (difference === -1 || power === Number.POSITIVE_INFINITY) return difference;
  return (difference * x) / log(power);
}

/**
 * ln |exp(x) - 1|, where neither a large nor a small x loses digits.
 * @param x Not 0.
 */
export function logAbsExpm1(x: number): number {
  return x > 30 ? x + log1p(-expOf(-x)) : logOf(Math.abs(expm1(x)));
}

/**
 * ln of the sum of exp of each term.
 * @param terms Logarithms; -Infinity stands for 0.
 */
export function logSumExp(terms: readonly number[]): number {
  const largest = terms.reduce((most, term) => Math.max(most, term), Number.NEGATIVE_INFINITY);
  if (!Number.isFinite(largest)) return largest;
  let sum = 0;
  for (const term of terms) sum += expOf(term - largest);
  return largest + log(sum);
}

/**
 * Complementary error function, relative error below 3e-15; 0 from 26.5 on.
 * @param x Any number.
 * @example erfc(1) // 0.15729920705028513
 */
export function erfc(x: number): number {
  if (x < SERIES_BELOW) return x < -SERIES_BELOW ? 2 - erfc(-x) : 1 - erfSeries(x);
  return x > SQUARE_EXP_BELOW ? 0 : squareExp(x) * laplaceFraction(x);
}

/**
 * Logarithm of {@link erfc}, also where erfc is below the smallest number.
 * @param x Any number.
 */
export function logErfc(x: number): number {
  if (x < SERIES_BELOW) return x < 0 ? log1p(1 - erfc(-x)) : log(erfc(x));
  if (x === Number.POSITIVE_INFINITY) return Number.NEGATIVE_INFINITY;
  return log(laplaceFraction(x)) - x * x;
}

/** Probability that a standard normal variable is at most `x`. */
export function normalCdf(x: number): number {
  return erfc(-x * Math.SQRT1_2) / 2;
}

/** Probability that a standard normal variable is above `x`. */
export function normalSurvival(x: number): number {
  return erfc(x * Math.SQRT1_2) / 2;
}

/** Logarithm of {@link normalCdf}. */
export function logOfNormalCdf(x: number): number {
  // Near 1, the logarithm is computed from the small complement, which is more precise.
  return x > 1 ? log1p(-normalSurvival(x)) : logErfc(-x * Math.SQRT1_2) - Math.LN2;
}

/** Logarithm of {@link normalSurvival}. */
export function logOfNormalSurvival(x: number): number {
  return logOfNormalCdf(-x);
}

/** erf(x) = 2/sqrt(pi) exp(-x^2) sum of 2^n x^(2n+1) / (1 3 5 ... (2n+1)): all terms have one sign. */
function erfSeries(x: number): number {
  const square = x * x;
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > Math.abs(sum) * 1e-17 && n < FRACTION_TERMS_MAX; n += 1) {
    term *= (2 * square) / (2 * n + 1);
    sum += term;
  }
  return ((2 * exp(-square)) / SQRT_PI) * sum;
}

/** exp(-x^2), with x^2 in two parts: the rounding error of one part would be magnified by the exponential. */
function squareExp(x: number): number {
  const coarse = Math.fround(x);
  return expOf(-coarse * coarse) * expOf(-(x - coarse) * (x + coarse));
}

/** exp(x^2) erfc(x) for x >= 1: 1 / (x + (1/2) / (x + (2/2) / (x + ...))), modified Lentz. */
function laplaceFraction(x: number): number {
  let c = x;
  let d = 0;
  let value = x;
  for (let n = 1; n < FRACTION_TERMS_MAX; n += 1) {
    d = 1 / (x + (n / 2) * d);
    c = x + n / 2 / c;
    const factor = c * d;
    value *= factor;
    if (Math.abs(factor - 1) < 1e-16) break;
  }
  return 1 / (value * SQRT_PI);
}
