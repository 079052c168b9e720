/**
 * Groups: no other node is told of a change before the change is on disk. An effect that leaves the
 * node waits, in order, for the write of all changes made before it.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';

/** Wait before a failed write is tried again, ns. */
const RETRY_NS = 250_000_000;

/** Holds externally visible effects back, in order, until the disk has the write that covers them. */
export class DurableEffectQueue<Item> {
  #pending: Item[] = [];
  #writing: Item[] = [];
  /** True if a record was put or erased since the last write began. */
  #isDirty = false;
  #isBusy = false;
  #retryAt: Nanoseconds = Number.POSITIVE_INFINITY;

  /** Number of items that wait. */
  get size(): number {
    return this.#pending.length + this.#writing.length;
  }

  /** When a failed write is tried again; Infinity otherwise. */
  get nextAt(): Nanoseconds {
    return this.#retryAt;
  }

  /** Called when a record was put or erased: a write is needed. */
  markDirty(): void {
    this.#isDirty = true;
  }

  /** Adds an item that may go out once everything put before it is on the disk. */
  add(item: Item): void {
    this.#pending.push(item);
  }

  /** Takes the items that may go out at once; none while changes are not on disk. */
  takeFree(): readonly Item[] {
    if (this.#isDirty || this.#isBusy) return [];
    const free = this.#pending;
    this.#pending = [];
    return free;
  }

  /**
   * Begins a write if one is needed and none runs. @returns true if it begins; the caller then
   * performs it.
   */
  begins(now: Nanoseconds): boolean {
    if (this.#isBusy || !this.#isDirty) return false;
    if (this.#retryAt !== Number.POSITIVE_INFINITY && now < this.#retryAt) return false;
    this.#retryAt = Number.POSITIVE_INFINITY;
    this.#isBusy = true;
    this.#isDirty = false;
    this.#writing = this.#pending;
    this.#pending = [];
    return true;
  }

  /** Called when the write has ended. @returns the items that may go out now. */
  ended(now: Nanoseconds, isDurable: boolean): readonly Item[] {
    const written = this.#writing;
    this.#isBusy = false;
    this.#writing = [];
    if (isDurable) return written;
    this.#pending = [...written, ...this.#pending];
    this.#isDirty = true;
    this.#retryAt = now + RETRY_NS;
    return [];
  }
}
