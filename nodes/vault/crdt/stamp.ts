/**
 * Stamps of a hybrid logical clock (Kulkarni et al., "Logical Physical Clocks", OPODIS 2014), made
 * total by the name of the actor.
 *
 * @module
 */

/** A stamp: physical part in Unix ms, logical part, actor. */
export type Stamp = readonly [physicalMs: number, logical: number, actor: string];

/** Compares stamps, for `Array.sort`; zero only for equal stamps. */
export function compareStamps(left: Stamp, right: Stamp): number {
  const difference = left[0] - right[0] || left[1] - right[1];
  if (difference !== 0) return difference;
  return compareNames(left[2], right[2]);
}

/** Compares names by their UTF-16 code units, the same on every machine. */
export function compareNames(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
