/**
 * A replay window that survives crashes by reserve-ahead persistence (`reserved-counter.ts`): every
 * accepted number is below a bound on disk.
 *
 * After a crash, the window refuses the numbers below the bound, which is never more than the highest
 * authenticated number plus the reserve. Keys are never stored; the caller must ensure that a key
 * survives a crash as well.
 *
 * @module
 */
import { type ReplayGuard, type ReplayVerdict, ReplayWindow } from './replay-window.ts';
import { type BoundOptions, DurableBound } from './reserved-counter.ts';

/** Smallest reserve, sequences (docs/spec/gateway-frame.md, Reserved bounds). */
const RESERVE_MIN = 1024;

/** The reserve for a rate: the number of packets of one second, at least 1,024. */
export function reserveSizeForRate(packetsPerSecond: number): number {
  return Math.max(RESERVE_MIN, Math.ceil(packetsPerSecond));
}

/** Settings of a {@link DurableReplayWindow}. */
export interface DurableReplayWindowOptions extends BoundOptions {
  /** Window size, bits. */
  readonly size: number;
  /** Quantity of sequence numbers that one write reserves, see {@link reserveSizeForRate}. */
  readonly reserve: number;
}

/** A replay window that accepts nothing twice across crashes, as long as its epoch is held. */
export class DurableReplayWindow implements ReplayGuard {
  readonly #window: ReplayWindow;
  readonly #bound: DurableBound;
  #reserve: number;
  /** Numbers below this one are below the durable bound and need no write. */
  #easyEnd = 0;

  constructor(options: DurableReplayWindowOptions) {
    this.#window = new ReplayWindow(options.size);
    this.#bound = new DurableBound({
      ...options,
      onSync: (error): void => {
        this.#updateEasyEnd();
        options.onSync?.(error);
      },
    });
    this.#reserve = options.reserve;
    // Start after a crash: H = M - 1, and the window counts as full (docs/spec/gateway-frame.md,
    // Reserved bounds).
    this.#window.resumeAfter(this.#bound.durable - 1);
    // After a crash, the bound is raised with the first authenticated number and not before, so that
    // restarts alone, however many, never reject numbers beyond the reserve.
    if (this.#bound.durable === 0) this.#raise(0);
  }

  /** The durable bound: numbers below it may be accepted now. */
  get durable(): number {
    return this.#bound.durable;
  }

  /** Adapts the reserve to a new rate. */
  setReserve(reserve: number): void {
    this.#reserve = reserve;
    this.#updateEasyEnd();
  }

  /** Returns the verdict on a sequence number without recording it. */
  check(sequence: number): ReplayVerdict {
    const verdict = this.#window.check(sequence);
    return verdict === 'fresh' && sequence >= this.#bound.durable ? 'held' : verdict;
  }

  /** Returns the verdict and, if it is `fresh`, records the number; after `held`, call it again after `onSync`. */
  // hot: one more comparison than the window itself.
  accept(sequence: number): ReplayVerdict {
    if (sequence < this.#easyEnd) return this.#window.accept(sequence);
    const verdict = this.check(sequence);
    const isNew = verdict === 'fresh' || verdict === 'held';
    if (isNew && sequence > this.#earlyEnd()) this.#raise(sequence);
    return verdict === 'fresh' ? this.#window.accept(sequence) : verdict;
  }

  #raise(from: number): void {
    this.#bound.raise(from + this.#reserve);
    this.#updateEasyEnd();
  }

  /** The number above which the next write begins, half a reserve before it is needed. */
  #earlyEnd(): number {
    return this.#bound.wanted - this.#reserve / 2;
  }

  #updateEasyEnd(): void {
    this.#easyEnd = Math.min(this.#bound.durable, this.#earlyEnd());
  }
}
