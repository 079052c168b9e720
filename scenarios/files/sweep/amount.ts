/**
 * An exact number with the unit that the file gives it, so that what is computed from it can be
 * written in the same unit.
 *
 * @module
 */

import {
  compare,
  dividedBy,
  type Fraction,
  fraction,
  parseFraction,
  times,
  toDecimal,
} from '../../../engine/pure/fraction.ts';
import { readQuantity, type UnitKind } from '../../../topologies/files/units.ts';

/** A number in a unit. */
export interface Amount {
  readonly kind: UnitKind | 'number';
  /** The unit as written; empty for a bare number. */
  readonly unit: string;
  /** The number, in that unit. */
  readonly value: Fraction;
  /** Base units in one of this unit. */
  readonly factor: Fraction;
  /** True for a bare number without decimal point or exponent. */
  readonly isWhole: boolean;
}

const DIGITS = /^[+-]?(?:\d[\d_]*)?(?:\.\d+)?(?:e[+-]?\d+)?/i;

/**
 * Reads a number with an optional unit.
 * @returns undefined if it is none.
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

/** Base units in one unit: a whole number, or one divided by a whole number (`%`, `/min`). */
function factorOf(unit: string): Fraction {
  const factor = readQuantity(`1${unit}`)?.value ?? 1;
  if (factor >= 1) return fraction(BigInt(Math.round(factor)));
  return fraction(1n, BigInt(Math.round(1 / factor)));
}

/** The same amount in the unit of another one of its kind. */
export function convertAmount(amount: Amount, { unit, factor }: Amount): Amount {
  const value = dividedBy(times(amount.value, amount.factor), factor);
  return { ...amount, unit, factor, value };
}

/** Of two amounts, the one with the finer unit; the first if both units are equally fine. */
export function amountWithFinerUnit(a: Amount, b: Amount): Amount {
  return compare(b.factor, a.factor) < 0 ? b : a;
}

/** The text for a file: `2.5ms`. */
export function amountFileText(value: Fraction, unit: string): string {
  return `${toDecimal(value) ?? ''}${unit}`;
}

/**
 * A key that is equal for texts with the same meaning: `100/s` and `0.1/ms`, `1s` and `1000ms`, `5%` and
 * `0.05`. A text that is no amount equals only itself.
 */
export function canonicalAmountKey(text: string): string {
  const amount = readAmount(text);
  if (amount === undefined) return `word ${text}`;
  const { numerator, denominator } = times(amount.value, amount.factor);
  return `${amount.kind === 'ratio' ? 'number' : amount.kind} ${numerator}/${denominator}`;
}

/**
 * The least step at which values of this kind may stand, in the unit of the amount: a nanosecond, a
 * byte, one for whole numbers. Where a nanosecond has no finite decimal (in minutes), a few ns.
 *
 * @returns undefined if any decimal will do.
 */
export function findAmountResolution({ kind, isWhole, factor }: Amount): Fraction | undefined {
  if (isWhole || kind === 'packets') return fraction(1n);
  if (kind !== 'time' && kind !== 'size') return undefined;
  let parts = factor.numerator;
  // Units of time above seconds are the only ones with the divisor 3, which has no finite decimal.
  while (parts % 3n === 0n) parts /= 3n;
  return fraction(1n, parts);
}

/** The base unit of which the amount is not a whole number, as it must be; undefined if it is one. */
export function violatedBaseUnit({ kind, value, factor }: Amount): string | undefined {
  if (kind !== 'time' && kind !== 'size' && kind !== 'packets') return undefined;
  if (times(value, factor).denominator === 1n) return undefined;
  return { time: 'nanoseconds', size: 'bytes', packets: 'packets' }[kind];
}
