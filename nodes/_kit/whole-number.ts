/**
 * Whole numbers in parameters and options, written as people write them in files: `12`, `1_000`.
 *
 * @module
 */
import { z } from 'zod';
import { readNumber } from '../../engine/pure/read-number.ts';

/** The smallest and the largest number allowed. */
export interface WholeNumberRange {
  readonly min: number;
  readonly max?: number;
}

/**
 * Makes the schema of a whole number without a unit.
 * @param expects The expected value, with an article, for messages: `a number of clients such as 12`.
 */
export function wholeNumberSchema(
  expects: string,
  { min, max = Number.MAX_SAFE_INTEGER }: WholeNumberRange,
): z.ZodType<number> {
  // Text that is not a number is passed on to the schema, whose message then shows the text.
  const read = (value: unknown): unknown =>
    typeof value === 'string' ? (readNumber(value) ?? value) : value;
  return z.preprocess(read, z.int().min(min).max(max)).meta({ expects });
}
