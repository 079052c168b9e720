/**
 * The values of a range with a step, computed with exact fractions and written in the unit of the file.
 *
 * @module
 */

import {
  compareFractions,
  dividedBy,
  type Fraction,
  floor,
  fraction,
  minus,
  plus,
  roundFraction,
  times,
} from '../../../engine/pure/fraction.ts';
import { type LeafResult, leafMistakeResult } from '../../../topologies/files/leaf.ts';
import {
  type Amount,
  amountFileText,
  amountWithFinerUnit,
  convertAmount,
  findAmountResolution,
} from './amount.ts';
import type { ContinuousRange, SteppedRange } from './range.ts';

/** Largest number of values of one range: the largest number of combinations of a sweep. */
export const RANGE_VALUES_MAX = 10_000;

/**
 * Significant digits of the values of a geometric range without a resolution: enough that values
 * differ.
 */
const SIGNIFICANT_DIGITS = 12;
/** Largest number of digits of an exact power, which grows with each step. */
const POWER_DIGITS_MAX = 4_000;

/** All values of a range, ascending. */
export function rangeValues(range: SteppedRange | ContinuousRange): LeafResult<readonly string[]> {
  if (range.kind === 'open') return wholeValues(range);
  const { step } = range;
  return step.kind === 'add' ? linear(range, step.width) : geometric(range, step.factor);
}

/** The values of a range without a step: only whole numbers can be listed. */
function wholeValues(range: ContinuousRange): LeafResult<readonly string[]> {
  if (range.from.isWhole && range.scale === 'linear') {
    return linear(range, { ...range.from, value: fraction(1n) });
  }
  const hint = 'write a step (0.1..0.9 step 0.2), or sample: { runs: 40, seed: 1 }';
  return leafMistakeResult(
    'E104',
    `${range.text} has no step, so it has no values to combine`,
    hint,
  );
}

type Ends = Pick<SteppedRange, 'text' | 'from' | 'to'>;

/**
 * Values at equal distances, in the finer one of the units of begin and step, in which all are finite
 * decimals.
 */
function linear(ends: Ends, step: Amount): LeafResult<readonly string[]> {
  const unit = amountWithFinerUnit(ends.from, step);
  const from = convertAmount(ends.from, unit).value;
  const width = convertAmount(step, unit).value;
  const last = floor(dividedBy(minus(convertAmount(ends.to, unit).value, from), width));
  if (last >= BigInt(RANGE_VALUES_MAX)) return tooMany(ends.text, String(last + 1n));
  const values = Array.from({ length: Number(last) + 1 }, (_, count) =>
    amountFileText(plus(from, times(width, fraction(BigInt(count)))), unit.unit),
  );
  return { value: values };
}

function geometric({ text, from, to }: Ends, factor: Fraction): LeafResult<readonly string[]> {
  const rounding = findAmountResolution({ ...from, isWhole: false });
  const values: string[] = [];
  // The fractions of the powers are not reduced, because reducing would take most of the time.
  for (
    let power = from.value;
    compareFractions(power, to.value) <= 0;
    power = product(power, factor)
  ) {
    if (values.length === RANGE_VALUES_MAX) return tooMany(text, `more than ${RANGE_VALUES_MAX}`);
    if (String(power.numerator).length > POWER_DIGITS_MAX) {
      const message = `${text} has values of more than ${POWER_DIGITS_MAX} digits`;
      return leafMistakeResult('E104', message, 'write a larger factor, or one of fewer digits');
    }
    const value = amountFileText(rounded(power, rounding), from.unit);
    if (value === values.at(-1)) {
      return leafMistakeResult(
        'E104',
        `two values of ${text} are both ${value}`,
        'write a larger factor',
      );
    }
    values.push(value);
  }
  return { value: values };
}

/**
 * The nearest multiple of the resolution; without one, the nearest number with
 * {@link SIGNIFICANT_DIGITS} digits.
 */
function rounded(value: Fraction, grained: Fraction | undefined): Fraction {
  const step = grained ?? digitStep(value);
  const inverse = { numerator: step.denominator, denominator: step.numerator };
  return times(fraction(roundFraction(product(value, inverse))), step);
}

/** The product of two fractions, not reduced. */
function product(a: Fraction, b: Fraction): Fraction {
  return {
    numerator: a.numerator * b.numerator,
    denominator: a.denominator * b.denominator,
  };
}

/** The value of one unit in the last digit that is kept; integers keep all their digits. */
function digitStep(value: Fraction): Fraction {
  let tens = 1n;
  const wanted = fraction(10n ** BigInt(SIGNIFICANT_DIGITS - 1));
  while (compareFractions(product(value, { numerator: tens, denominator: 1n }), wanted) < 0)
    tens *= 10n;
  return fraction(1n, tens);
}

function tooMany(text: string, count: string): ReturnType<typeof leafMistakeResult> {
  const message = `${text} makes ${count} values, the limit is ${RANGE_VALUES_MAX}`;
  return leafMistakeResult('E104', message, 'write a larger step');
}
