/**
 * Flushing by timer. Every T, the timed mix sends all messages, and the timed pool mix sends all
 * but n of them (Serjantov, Dingledine, Syverson 2002); with n = 0 it is the timed mix.
 *
 * @module
 */
import type { FlushRule } from './batch.ts';

/** At each flush, s - n of the s messages in the pool leave; n messages are retained. */
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
