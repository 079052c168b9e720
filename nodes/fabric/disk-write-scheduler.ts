/**
 * Fabric: decides when the machine of a peer writes its records to disk, and keeps what waits for a
 * write. Only one write runs at a time; requests that come during a write are served by the next
 * one.
 *
 * @module
 */
import type { Nanoseconds } from '../../engine/host/time.ts';
import { FIRST_RETRY_NS, STALE_ITEMS_MAX } from './geometry.ts';

/**
 * Schedules the writes of one machine; each `Item` waits until a write that began after it has
 * completed.
 */
export class DiskWriteScheduler<Item> {
  #pending: Item[] = [];
  #writing: Item[] = [];
  #isBusy = false;
  #isAsked = false;
  #retryAt: Nanoseconds = Number.POSITIVE_INFINITY;
  readonly #isNeeded: (item: Item) => boolean;
  /** Number of waiting items above which items that are no longer needed are removed. */
  #pendingMax = STALE_ITEMS_MAX;

  /**
   * @param isNeeded False for an item whose message has ended, so that it need not wait any more.
   */
  constructor(isNeeded: (item: Item) => boolean) {
    this.#isNeeded = isNeeded;
  }

  /** After a write has failed: when it is tried again; Infinity otherwise. */
  get nextAt(): Nanoseconds {
    return this.#retryAt;
  }

  /** Requests a write of all changes made so far; `item` waits for its completion. */
  ask(item?: Item): void {
    this.#isAsked = true;
    if (item === undefined) return;
    this.#pending.push(item);
    if (this.#pending.length > this.#pendingMax) this.#clear();
  }

  /**
   * Begins a requested write if none runs. @returns true if it begins; the caller then performs it.
   */
  begins(now: Nanoseconds): boolean {
    const isWaiting = this.#retryAt !== Number.POSITIVE_INFINITY && now < this.#retryAt;
    if (this.#isBusy || isWaiting || !this.#isAsked) return false;
    this.#retryAt = Number.POSITIVE_INFINITY;
    this.#isBusy = true;
    this.#isAsked = false;
    this.#writing = this.#pending;
    this.#pending = [];
    return true;
  }

  /** Items that wait for the write that is running. */
  get writing(): readonly Item[] {
    return this.#writing;
  }

  /** Called when the write is complete. @returns the items that waited for it. */
  done(): readonly Item[] {
    this.#isBusy = false;
    const done = this.#writing;
    this.#writing = [];
    return done;
  }

  /** Called when the write has failed. */
  failed(now: Nanoseconds): void {
    this.#isBusy = false;
    this.#pending = [...this.#writing, ...this.#pending];
    this.#writing = [];
    this.#isAsked = true;
    this.#retryAt = now + FIRST_RETRY_NS;
    this.#clear();
  }

  /** Removes items whose messages have ended: messages end even while every write fails. */
  #clear(): void {
    this.#pending = this.#pending.filter(this.#isNeeded);
    this.#pendingMax = Math.max(STALE_ITEMS_MAX, 2 * this.#pending.length);
  }
}
