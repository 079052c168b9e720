/**
 * Fractions in lowest terms. What an exact sampler asks for depends on the denominator, so the terms
 * are part of its contract.
 *
 * @module
 */

/** A fraction in lowest terms. */
export interface Rational {
  /** At least 0. */
  readonly over: bigint;
  /** At least 1. */
  readonly under: bigint;
}

/** Shares of a variance that may be added by rounding it up to a fraction: 1/1024. */
const PRECISION = 1_024;

/**
 * A fraction in lowest terms.
 * @param over At least 0.
 * @param under At least 1.
 */
export function rational(over: bigint, under: bigint): Rational {
  const common = gcd(over, under);
  return { over: over / common, under: under / common };
}

/**
 * The smallest fraction with a small power of two below the line that is at least `value`: at most
 * 0.1 % more, so that privacy never suffers and plain numbers suffice for sampling.
 * @param value Above 0 and below 2^53.
 */
export function rationalAtLeast(value: number): Rational {
  let under = 1;
  while (value * under < PRECISION) under *= 2;
  return rational(BigInt(Math.ceil(value * under)), BigInt(under));
}

/** Greatest common divisor; that of 0 and b is b. */
function gcd(first: bigint, second: bigint): bigint {
  let [a, b] = [first, second];
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}
