/**
 * Groups: no other node is told of a change before the change is on disk. What a step wants to tell
 * others waits, in order, for the write that covers it.
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
  /** Something was put or erased that no write covers yet. */
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

  /** Notes that something was put or erased, which the next write will cover. */
  markDirty(): void {
    this.#isDirty = true;
  }

  /** Adds an item that may go out once everything put before it is on the disk. */
  add(item: Item): void {
    this.#pending.push(item);
  }

  /** Items that may go out at once, because there is nothing to write. */
  takeFree(): readonly Item[] {
    if (this.#isDirty || this.#isBusy) return [];
    const free = this.#pending;
    this.#pending = [];
    return free;
  }

  /** True if a write begins now; the caller performs it. */
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
