/**
 * Reserve-ahead persistence: a bound on disk runs ahead of the numbers in use, so that none is used
 * twice after a crash and one sync serves many of them.
 *
 * ```text
 *   on disk: M                 invariant: every number s in use satisfies s < M
 *   s >= M                     write s + R, sync, and only then use s
 *   s > M - R/2                write s + R early, in the background; numbers below M stay usable
 *   start after a crash        everything below M counts as used
 * ```
 *
 * The bound is in the store's table, not in its log: a crash leaves the old or the new value, and
 * both keep the invariant.
 *
 * @module
 */
import type { Store } from '../../engine/host/store.ts';
import { readUint32, writeUint32 } from './bytes.ts';

const TWO_32 = 0x1_0000_0000;
const BOUND_BYTES = 8;
/** Largest value of a bound: larger integers are not exact. */
const BOUND_END = Number.MAX_SAFE_INTEGER + 1;

/** Where a bound is stored, and a callback for its growth. Each key has one owner. */
export interface BoundOptions {
  readonly store: Store;
  readonly key: string;
  /** Called after each sync: the durable bound has grown, or `error` says why it has not. */
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

  /** The smallest value that can be on disk after a crash at this moment; 0 if none was ever written. */
  get durable(): number {
    return this.#durable;
  }

  /** The value that was written last or is being written. */
  get wanted(): number {
    return this.#wanted;
  }

  /** Raises the bound in the background; the next raise repeats a failed sync. */
  raise(bound: number): void {
    const capped = Math.min(bound, BOUND_END);
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
export class DurableCounter {
  readonly #bound: DurableBound;
  readonly #reserve: number;
  #next: number;

  /** @param options.reserve Quantity of numbers that one write reserves, >= 2; a crash skips at most this many. */
  constructor(options: BoundOptions & { readonly reserve: number }) {
    this.#bound = new DurableBound(options);
    this.#reserve = options.reserve;
    this.#next = this.#bound.durable;
    this.#bound.raise(this.#next + this.#reserve);
  }

  /** The smallest number that {@link DurableCounter.take} may return next. */
  get next(): number {
    return this.#next;
  }

  /**
   * Returns the next number that is at least `atLeast`.
   * @returns undefined while no durable bound is above the number: call again after `onSync`.
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
