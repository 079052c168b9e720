/**
 * Exact sums of integers beyond 2^53, as a high and a low part.
 *
 * @module
 */
import { assert } from '../../../engine/core/assert.ts';

const BASE = 2_147_483_648;

/** A sum of non-negative safe integers. */
export class ExactSum {
  private high = 0;
  private low = 0;

  /** Adds an integer in 0..2^53 - 1. */
  add(value: number): void {
    const high = Math.floor(value / BASE);
    this.high += high;
    this.low += value - high * BASE;
    if (this.low >= BASE) {
      this.low -= BASE;
      this.high += 1;
    }
  }

  /** The difference of two sums, which must be a safe integer. */
  minus(other: ExactSum): number {
    const difference = (this.high - other.high) * BASE + (this.low - other.low);
    assert(Number.isSafeInteger(difference), 'the difference of two sums is too large');
    return difference;
  }
}
