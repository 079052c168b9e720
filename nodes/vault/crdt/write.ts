/**
 * Writes of a register: the one with the largest stamp wins.
 *
 * @module
 */
import { compareBytes } from '../../_kit/bytes.ts';
import { compareStamps, type Stamp } from './stamp.ts';

/** A write, and the operation that it comes from. */
export interface Write<Source> {
  /** Null for a deletion, which stays as a tombstone. */
  readonly value: Uint8Array | null;
  readonly stamp: Stamp;
  readonly source: Source;
}

/**
 * Compares writes: the larger one wins. Only a defective actor makes equal stamps; then the larger bytes win, and null
 * is the smallest.
 */
export function compareWrites(left: Write<unknown>, right: Write<unknown>): number {
  const difference = compareStamps(left.stamp, right.stamp);
  if (difference !== 0) return difference;
  if (left.value === null || right.value === null) {
    return Number(left.value !== null) - Number(right.value !== null);
  }
  return compareBytes(left.value, right.value);
}
