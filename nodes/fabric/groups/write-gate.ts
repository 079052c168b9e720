/**
 * Groups: nobody hears of a change before the disk has it. What a step wants others to hear waits
 * for the write that covers it, in order.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';

/** After a failed write, the next one, ns. */
const RETRY_NS = 250_000_000;

/** See the module. */
export class WriteGate<Item> {
  #pending: Item[] = [];
  #writing: Item[] = [];
  /** Something was put or erased that no write covers yet. */
  #isDirty = false;
  #isBusy = false;
  #retryAt: Nanoseconds = Number.POSITIVE_INFINITY;

  /** Items that wait. */
  get size(): number {
    return this.#pending.length + this.#writing.length;
  }

  /** When a failed write is tried again; Infinity otherwise. */
  get nextAt(): Nanoseconds {
    return this.#retryAt;
  }

  /** Something was put or erased. */
  soil(): void {
    this.#isDirty = true;
  }

  /** Adds what may be heard once all that was put before it is on the disk. */
  add(item: Item): void {
    this.#pending.push(item);
  }

  /** What may be heard now, because nothing was put before it. */
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

  /** The write has ended. @returns what may be heard now. */
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
