/**
 * Flushing by count. The threshold mix sends all messages when N are in the pool. The threshold
 * pool mix waits for N + n messages and sends N of them (Serjantov, Dingledine, Syverson 2002);
 * with n = 0 it is the threshold mix.
 *
 * @module
 */
import type { FlushRule } from './batch.ts';

/** N messages leave as soon as N + n are in the pool. */
export class ThresholdRule implements FlushRule {
  readonly #threshold: number;
  readonly #pool: number;

  /**
   * @param counts.threshold N: number of messages per flush, >= 1.
   * @param counts.pool n: number of retained messages, >= 0.
   */
  constructor(counts: { readonly threshold: number; readonly pool: number }) {
    this.#threshold = counts.threshold;
    this.#pool = counts.pool;
  }

  isFull(size: number): boolean {
    return size >= this.#threshold + this.#pool;
  }

  mayLeave(): boolean {
    return false;
  }

  leaving(): number {
    return this.#threshold;
  }
}
