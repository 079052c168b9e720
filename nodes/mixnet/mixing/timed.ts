/**
 * Flushing by timer. The timed mix sends all messages every T; the timed pool mix retains n of them
 * (Serjantov, Dingledine, Syverson 2002); with n = 0 it is the timed mix.
 *
 * @module
 */
import type { FlushRule } from './batch.ts';

/** At each flush, s - n of s messages leave; n is the number of retained messages. */
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
