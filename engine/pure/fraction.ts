/**
 * Exact fractions in lowest terms: 0.1 + 0.2 is 0.3 here, and 0.29 of 100 is 29.
 *
 * @module
 */

/** A fraction. Those that functions of this file make are in lowest terms and have a denominator above 0. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Largest number of characters of a number to read, and largest value of its exponent: no file needs more. */
const DIGITS_MAX = 40;
const DECIMAL = /^([+-]?)([\d_]*)(?:\.(\d+))?(?:e([+-]?\d+))?$/i;

/** The fraction of two integers, of which the second is not 0. */
export function fraction(numerator: bigint, denominator = 1n): Fraction {
  const divisor = commonDivisor(sizeOf(numerator), sizeOf(denominator));
  const common = denominator < 0n ? -divisor : divisor;
  return { numerator: numerator / common, denominator: denominator / common };
}

/**
 * Reads a decimal number exactly.
 * @returns undefined if it is not a decimal number, or too long.
 */
export function parseFraction(text: string): Fraction | undefined {
  const match = DECIMAL.exec(text);
  if (match === null || text.length > DIGITS_MAX) return undefined;
  const [, sign = '', whole = '', decimals = '', exponent = '0'] = match;
  const digits = `${whole.replaceAll('_', '')}${decimals}`;
  const tens = Number(exponent) - decimals.length;
  if (digits === '' || Math.abs(tens) > DIGITS_MAX) return undefined;
  return scaled(BigInt(`${sign === '-' ? '-' : ''}${digits}`), tens);
}

/** The exact value of the decimal that JavaScript prints for a finite number. */
export function fractionFromNumber(value: number): Fraction {
  const [digits = '0', exponent = '0'] = value.toExponential().split('e');
  const [whole = '0', decimals = ''] = digits.split('.');
  return scaled(BigInt(`${whole}${decimals}`), Number(exponent) - decimals.length);
}

/**
 * The largest whole number that is no more than `share` of `count`.
 * @param share 0..1, taken as the decimal that JavaScript prints for it.
 * @param count Whole number >= 0.
 */
export function floorOfShare(share: number, count: number): number {
  return Number(floor(times(fractionFromNumber(share), fraction(BigInt(count)))));
}

/** The sum of two fractions. */
export function plus(a: Fraction, b: Fraction): Fraction {
  return fraction(
    a.numerator * b.denominator + b.numerator * a.denominator,
    a.denominator * b.denominator,
  );
}

/** The first fraction minus the second. */
export function minus(a: Fraction, b: Fraction): Fraction {
  return plus(a, { ...b, numerator: -b.numerator });
}

/** The product of two fractions. */
export function times(a: Fraction, b: Fraction): Fraction {
  return fraction(a.numerator * b.numerator, a.denominator * b.denominator);
}

/** The quotient of two fractions; the divisor is not 0. */
export function dividedBy(a: Fraction, b: Fraction): Fraction {
  return fraction(a.numerator * b.denominator, a.denominator * b.numerator);
}

/** Compares two fractions: below 0 if a < b, 0 if they are equal, above 0 if a > b. */
export function compareFractions(a: Fraction, b: Fraction): number {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator;
  return difference < 0n ? -1 : Number(difference > 0n);
}

/** The largest integer that is not above the fraction. */
export function floor({ numerator, denominator }: Fraction): bigint {
  const quotient = numerator / denominator;
  return numerator < 0n && quotient * denominator !== numerator ? quotient - 1n : quotient;
}

/** The integer nearest to a fraction; halves go up. */
export function roundFraction({ numerator, denominator }: Fraction): bigint {
  return floor({ numerator: 2n * numerator + denominator, denominator: 2n * denominator });
}

/**
 * Writes a fraction as a decimal.
 * @returns undefined if the decimal has no end, as for 1/3.
 */
export function toDecimal({ numerator, denominator }: Fraction): string | undefined {
  let decimals = 0;
  for (let scale = denominator; scale > 1n; decimals += 1) {
    const next = commonDivisor(scale, 10n);
    if (next === 1n) return undefined;
    scale /= next;
  }
  const units = (sizeOf(numerator) * 10n ** BigInt(decimals)) / denominator;
  const digits = String(units).padStart(decimals + 1, '0');
  const cut = digits.length - decimals;
  const point = decimals === 0 ? '' : `.${digits.slice(cut)}`;
  return `${numerator < 0n ? '-' : ''}${digits.slice(0, cut)}${point}`;
}

/** The fraction as a double, for uses in which the last bit does not matter. */
export function toNumber({ numerator, denominator }: Fraction): number {
  return Number(numerator) / Number(denominator);
}

function scaled(value: bigint, tens: number): Fraction {
  const scale = 10n ** BigInt(Math.abs(tens));
  return tens < 0 ? fraction(value, scale) : fraction(value * scale);
}

function sizeOf(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** Greatest common divisor of two numbers >= 0; if one of them is 0 it is the other one, and 1 if both are 0. */
function commonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y > 0n) [x, y] = [y, x % y];
  return x === 0n ? 1n : x;
}
