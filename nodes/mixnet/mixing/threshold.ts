/**
 * Flushing by count: the threshold mix sends all N when N are in; the threshold pool mix waits for
 * N + n and sends N of them, keeping n (Serjantov, Dingledine, Syverson 2002). With n = 0 it is the
 * threshold mix.
 *
 * @module
 */
import type { FlushRule } from './batch.ts';

/** N leave as soon as N + n are in. */
export class ThresholdRule implements FlushRule {
  readonly #threshold: number;
  readonly #pool: number;

  /**
   * @param counts.threshold N, >= 1.
   * @param counts.pool n, >= 0.
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
