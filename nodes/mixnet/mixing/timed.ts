/**
 * Flushing by the timer: the timed mix sends everything every T; the timed pool mix keeps n back
 * (Serjantov, Dingledine, Syverson 2002). With n = 0 it is the timed mix.
 *
 * @module
 */
import type { FlushRule } from './batch.ts';

/** At each flush, s - n of s messages leave; n is the size of the pool. */
export class TimedRule implements FlushRule {
  readonly #pool: number;

  /**
   * @param pool The number n of retained messages, at least 0.
   */
  constructor(pool: number) {
    this.#pool = pool;
  }

  isFull(): boolean {
    return false;
  }

  mayLeave(size: number): boolean {
    return size > this.#pool;
  }

  leaving(size: number): number {
    return Math.max(0, size - this.#pool);
  }
}
