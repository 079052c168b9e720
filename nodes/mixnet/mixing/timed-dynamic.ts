/**
 * Cottrell's timed dynamic pool, as in Mixmaster (Serjantov, Dingledine, Syverson 2002): every T,
 * max(0, min(s - nmin, floor(f s))) of the s messages in the pool leave. The more traffic, the more
 * messages remain in the pool.
 *
 * @module
 */
import { floorOfShare } from '../../../engine/pure/fraction.ts';
import type { FlushRule } from './batch.ts';

/** A flush sends at most a share f of the messages, and retains at least nmin. */
export class TimedDynamicRule implements FlushRule {
  readonly #pool: number;
  readonly #fraction: number;

  /**
   * @param options.pool nmin: smallest number of retained messages, >= 0.
   * @param options.fraction f: largest share that leaves in one flush, 0 < f <= 1.
   */
  constructor(options: { readonly pool: number; readonly fraction: number }) {
    this.#pool = options.pool;
    this.#fraction = options.fraction;
  }

  isFull(): boolean {
    return false;
  }

  mayLeave(size: number): boolean {
    return this.leaving(size) > 0;
  }

  leaving(size: number): number {
    return Math.max(0, Math.min(size - this.#pool, floorOfShare(this.#fraction, size)));
  }
}
