/**
 * The least and the greatest of any number of values. `Math.min(...values)` would put each value on
 * the stack, which has room for some 100,000.
 *
 * @module
 */

/** The smallest of the values and `ceiling`; `ceiling` if there are no values. */
export function leastOf(
  values: Iterable<number>,
  ceiling: number = Number.POSITIVE_INFINITY,
): number {
  let least = ceiling;
  for (const value of values) least = Math.min(least, value);
  return least;
}

/** The largest of the values and `floor`; `floor` if there are no values. */
export function greatestOf(
  values: Iterable<number>,
  floor: number = Number.NEGATIVE_INFINITY,
): number {
  let greatest = floor;
  for (const value of values) greatest = Math.max(greatest, value);
  return greatest;
}
