/**
 * An exact number with its unit in the file, so that values computed from it can be written in the same
 * unit.
 *
 * @module
 */

import {
  compareFractions,
  dividedBy,
  type Fraction,
  fraction,
  parseFraction,
  times,
  toDecimal,
} from '../../../engine/pure/fraction.ts';
import { readQuantity, type UnitKind } from '../../../topologies/files/units.ts';

/** An exact number with its unit. */
export interface Amount {
  readonly kind: UnitKind | 'number';
  /** The unit as written; empty for a bare number. */
  readonly unit: string;
  /** The number, in that unit. */
  readonly value: Fraction;
  /** Number of base units in one of this unit. */
  readonly factor: Fraction;
  /** True for a bare number without decimal point or exponent. */
  readonly isWhole: boolean;
}

const DIGITS = /^[+-]?(?:\d[\d_]*)?(?:\.\d+)?(?:e[+-]?\d+)?/i;

/**
 * Reads a number with an optional unit.
 * @returns undefined if the text is not a number.
 */
export function readAmount(text: string): Amount | undefined {
  const trimmed = text.trim();
  const quantity = readQuantity(trimmed);
  const digits = DIGITS.exec(trimmed)?.[0] ?? '';
  const value = parseFraction(digits);
  if (quantity === undefined || value === undefined) return undefined;
  const { kind } = quantity;
  const unit = trimmed.slice(digits.length).trim();
  const isWhole = kind === 'number' && /^[+-]?[\d_]+$/.test(digits);
  return { kind, unit, value, factor: factorOf(unit), isWhole };
}

/** Number of base units in a unit: a whole number, or 1 divided by a whole number (`%`, `/min`). */
function factorOf(unit: string): Fraction {
  const factor = readQuantity(`1${unit}`)?.value ?? 1;
  if (factor >= 1) return fraction(BigInt(Math.round(factor)));
  return fraction(1n, BigInt(Math.round(1 / factor)));
}

/** The same amount in the unit of another amount of the same kind. */
export function convertAmount(amount: Amount, { unit, factor }: Amount): Amount {
  const value = dividedBy(times(amount.value, amount.factor), factor);
  return { ...amount, unit, factor, value };
}

/** Of two amounts, the one with the finer unit; the first if both units are equally fine. */
export function amountWithFinerUnit(a: Amount, b: Amount): Amount {
  return compareFractions(b.factor, a.factor) < 0 ? b : a;
}

/** The text of an amount for a file: `2.5ms`. */
export function amountFileText(value: Fraction, unit: string): string {
  return `${toDecimal(value) ?? ''}${unit}`;
}

/**
 * A key that is equal for texts with the same meaning: `100/s` and `0.1/ms`, `1s` and `1000ms`, `5%` and
 * `0.05`. A text that is not an amount equals only itself.
 */
export function canonicalAmountKey(text: string): string {
  const amount = readAmount(text);
  if (amount === undefined) return `word ${text}`;
  const { numerator, denominator } = times(amount.value, amount.factor);
  return `${amount.kind === 'ratio' ? 'number' : amount.kind} ${numerator}/${denominator}`;
}

/**
 * The smallest step between values of this kind, in the unit of the amount: a nanosecond, a byte, 1
 * for whole numbers. If a nanosecond is not a finite decimal in the unit (as in minutes), a few ns.
 *
 * @returns undefined if values may have any number of decimals.
 */
export function findAmountResolution({ kind, isWhole, factor }: Amount): Fraction | undefined {
  if (isWhole || kind === 'packets') return fraction(1n);
  if (kind !== 'time' && kind !== 'size') return undefined;
  let parts = factor.numerator;
  // A unit of time above seconds has a factor with the divisor 3, and 1/3 is not a finite decimal.
  // No other unit has this divisor.
  while (parts % 3n === 0n) parts /= 3n;
  return fraction(1n, parts);
}

/**
 * The base unit (ns, bytes, packets) of which the amount must be a whole number but is not; undefined
 * if it is.
 */
export function violatedBaseUnit({ kind, value, factor }: Amount): string | undefined {
  if (kind !== 'time' && kind !== 'size' && kind !== 'packets') return undefined;
  if (times(value, factor).denominator === 1n) return undefined;
  return { time: 'nanoseconds', size: 'bytes', packets: 'packets' }[kind];
}
