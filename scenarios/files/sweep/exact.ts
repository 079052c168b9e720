/**
 * Exact fractions. Values of a range are counted, not added up, and written as decimals without a
 * trace of binary fractions: 0.1 + 0.2 is 0.3 here.
 *
 * @module
 */

/** A reduced fraction; the denominator is above 0. */
export interface Fraction {
  readonly top: bigint;
  readonly bottom: bigint;
}

/** Most digits of a number in a range, and the largest exponent: no number of a file needs more. */
const DIGITS_MAX = 40;
const DECIMAL = /^([+-]?)([\d_]*)(?:\.(\d+))?(?:e([+-]?\d+))?$/i;

/** The reduced fraction of two integers. */
export function fraction(top: bigint, bottom = 1n): Fraction {
  const sign = bottom < 0n ? -1n : 1n;
  const divisor = commonDivisor(top < 0n ? -top : top, bottom < 0n ? -bottom : bottom) * sign;
  return { top: top / divisor, bottom: bottom / divisor };
}

/**
 * Reads a decimal number exactly.
 * @returns undefined if it is none, or has more than 40 digits.
 */
export function readExact(text: string): Fraction | undefined {
  const match = DECIMAL.exec(text);
  if (match === null || text.length > DIGITS_MAX) return undefined;
  const [, sign = '', whole = '', decimals = '', exponent = '0'] = match;
  const digits = `${whole.replaceAll('_', '')}${decimals}`;
  const tens = Number(exponent) - decimals.length;
  if (digits === '' || Math.abs(tens) > DIGITS_MAX) return undefined;
  const top = BigInt(`${digits}`) * (sign === '-' ? -1n : 1n);
  return tens < 0 ? fraction(top, 10n ** BigInt(-tens)) : fraction(top * 10n ** BigInt(tens));
}

/** The sum. */
export function plus(a: Fraction, b: Fraction): Fraction {
  return fraction(a.top * b.bottom + b.top * a.bottom, a.bottom * b.bottom);
}

/** The difference. */
export function minus(a: Fraction, b: Fraction): Fraction {
  return plus(a, { top: -b.top, bottom: b.bottom });
}

/** The product. */
export function times(a: Fraction, b: Fraction): Fraction {
  return fraction(a.top * b.top, a.bottom * b.bottom);
}

/** The quotient; the divisor is not 0. */
export function over(a: Fraction, b: Fraction): Fraction {
  return fraction(a.top * b.bottom, a.bottom * b.top);
}

/** Below 0 if a < b, 0 if they are equal. */
export function compare(a: Fraction, b: Fraction): number {
  const difference = a.top * b.bottom - b.top * a.bottom;
  return difference < 0n ? -1 : Number(difference > 0n);
}

/** The largest integer that is not above it. */
export function floor({ top, bottom }: Fraction): bigint {
  const quotient = top / bottom;
  return top < 0n && quotient * bottom !== top ? quotient - 1n : quotient;
}

/** The nearest integer; halves go up. */
export function nearest({ top, bottom }: Fraction): bigint {
  return floor({ top: 2n * top + bottom, bottom: 2n * bottom });
}

/**
 * Writes it as a decimal.
 * @returns undefined if it has no end: 1/3.
 */
export function toDecimal({ top, bottom }: Fraction): string | undefined {
  let rest = bottom;
  let decimals = 0;
  for (let scale = bottom; scale > 1n; decimals += 1) {
    const next = commonDivisor(scale, 10n);
    if (next === 1n) return undefined;
    scale /= next;
  }
  rest = 10n ** BigInt(decimals) / bottom;
  const sign = top < 0n ? '-' : '';
  const digits = String((top < 0n ? -top : top) * rest).padStart(decimals + 1, '0');
  const cut = digits.length - decimals;
  return decimals === 0
    ? `${sign}${digits}`
    : `${sign}${digits.slice(0, cut)}.${digits.slice(cut)}`;
}

/** The nearest double; only for scales, where the last bit does not matter. */
export function toNumber({ top, bottom }: Fraction): number {
  return Number(top) / Number(bottom);
}

function commonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y > 0n) [x, y] = [y, x % y];
  return x === 0n ? 1n : x;
}
