/**
 * Reserve-ahead persistence: a bound on disk runs ahead of the numbers in use, so that nothing is
 * used twice after a crash and one sync serves many packets (docs/spec/gateway-frame.md, Reserved
 * bounds).
 *
 * ```text
 *   on disk: M                 invariant: every accepted (or sent) number s satisfies s < M
 *   s >= M                     write s + R, sync, and only then use s
 *   s > M - R/2                write s + R early, in the background; numbers below M stay usable
 *   start after a crash        everything below M counts as used
 * ```
 *
 * After a crash a receiver refuses at most the numbers below M, and M is never more than the
 * highest authenticated number plus R; a sender skips at most R. The bound is in the store's table,
 * not in its log: a crash leaves the old or the new value, and both keep the invariant. Keys are
 * never stored; the caller must ensure that an epoch survives a crash.
 *
 * @module
 */
import type { Store } from '../../../engine/host/store.ts';
import { readUint32, writeUint32 } from '../../_kit/bytes.ts';
import { RESERVE_MIN, SEQUENCE_END } from '../geometry.ts';
import type { ReplayGuard, ReplayVerdict } from './guard.ts';
import { ReplayWindow } from './window.ts';

const TWO_32 = 0x1_0000_0000;
const BOUND_BYTES = 8;

/** The reserve for a rate: one second of packets, at least 1,024. */
export function reserveSize(packetsPerSecond: number): number {
  return Math.max(RESERVE_MIN, Math.ceil(packetsPerSecond));
}

/** Where a limit is stored, and a callback for its growth. Each key has one owner. */
export interface BoundOptions {
  readonly store: Store;
  readonly key: string;
  /** Called after each sync: the durable limit has grown, or `error` says why it has not. */
  readonly onSync?: (error?: string) => void;
}

/** A stored number that only grows; several raises share one sync. */
export class DurableBound {
  readonly #options: BoundOptions;
  #durable: number;
  #wanted: number;
  #isSyncing = false;

  constructor(options: BoundOptions) {
    this.#options = options;
    this.#durable = decodeBound(options.store.get(options.key));
    this.#wanted = this.#durable;
  }

  /** The value that a crash at this moment is sure to leave. 0 when nothing was ever written. */
  get durable(): number {
    return this.#durable;
  }

  /** The value written or being written. */
  get wanted(): number {
    return this.#wanted;
  }

  /** Raises the bound in the background; the next raise repeats a failed sync. */
  raise(bound: number): void {
    const capped = Math.min(bound, SEQUENCE_END);
    if (capped <= this.#wanted) return;
    this.#wanted = capped;
    if (!this.#isSyncing) this.#write();
  }

  #write(): void {
    const { store, key } = this.#options;
    const bound = this.#wanted;
    store.put(key, encodeBound(bound));
    this.#isSyncing = true;
    store.sync((error) => this.#onSync(bound, error));
  }

  #onSync(bound: number, error: string | undefined): void {
    this.#isSyncing = false;
    if (error === undefined) {
      this.#durable = bound;
      if (this.#wanted > bound) this.#write();
    } else {
      this.#wanted = this.#durable;
    }
    this.#options.onSync?.(error);
  }
}

/** A counter that never issues a number twice, not even after a crash (for senders and epochs). */
export class ReservedCounter {
  readonly #bound: DurableBound;
  readonly #reserve: number;
  #next: number;

  /** @param options.reserve Numbers per write, >= 2; a crash skips at most this many. */
  constructor(options: BoundOptions & { readonly reserve: number }) {
    this.#bound = new DurableBound(options);
    this.#reserve = options.reserve;
    this.#next = this.#bound.durable;
    this.#bound.raise(this.#next + this.#reserve);
  }

  /** The least number that {@link ReservedCounter.take} may return. */
  get next(): number {
    return this.#next;
  }

  /**
   * Returns the next number that is at least `atLeast`.
   * @returns undefined while it is not durable: ask again after `onSync`.
   */
  take(atLeast: number): number | undefined {
    const number = Math.max(this.#next, atLeast);
    if (number >= this.#bound.wanted - this.#reserve / 2) this.#bound.raise(number + this.#reserve);
    if (number >= this.#bound.durable) return undefined;
    this.#next = number + 1;
    return number;
  }

  /** Ensures that no number up to `seen` is issued any more. */
  skip(seen: number): void {
    if (seen < this.#next) return;
    this.#next = seen + 1;
    this.#bound.raise(this.#next + this.#reserve);
  }
}

/** Settings of a {@link ReservedWindow}. */
export interface ReservedWindowOptions extends BoundOptions {
  /** Window size, bits. */
  readonly size: number;
  /** Number of sequence numbers per write, see {@link reserveSize}. */
  readonly reserve: number;
}

/** A replay window that accepts nothing twice across crashes, as long as its epoch is held. */
export class ReservedWindow implements ReplayGuard {
  readonly #window: ReplayWindow;
  readonly #bound: DurableBound;
  #reserve: number;
  /** Numbers below it are covered by the durable bound and need no write. */
  #easyEnd = 0;

  constructor(options: ReservedWindowOptions) {
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
    // After a crash, the limit advances with the first authenticated number and not before, so that
    // restarts alone, however many, never reject numbers beyond the reserve.
    if (this.#bound.durable === 0) this.#raise(0);
  }

  /** Numbers below it may be accepted now. */
  get durable(): number {
    return this.#bound.durable;
  }

  /** Adapts the reserve to a new rate. */
  setReserve(reserve: number): void {
    this.#reserve = reserve;
    this.#updateEasyEnd();
  }

  /** Gives the verdict without changing anything. */
  check(sequence: number): ReplayVerdict {
    const verdict = this.#window.check(sequence);
    return verdict === 'fresh' && sequence >= this.#bound.durable ? 'held' : verdict;
  }

  /** Judges, and on `fresh` records the number; `held` means: ask again after `onSync`. */
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

function encodeBound(bound: number): Uint8Array {
  const value = new Uint8Array(BOUND_BYTES);
  writeUint32(value, 0, Math.floor(bound / TWO_32));
  writeUint32(value, 4, bound % TWO_32);
  return value;
}

function decodeBound(value: Uint8Array | undefined): number {
  if (value === undefined) return 0;
  // A store never alters a value silently, so another length is a bug.
  if (value.length !== BOUND_BYTES) throw new Error(`a stored bound has ${value.length} bytes`);
  return readUint32(value, 0) * TWO_32 + readUint32(value, 4);
}
