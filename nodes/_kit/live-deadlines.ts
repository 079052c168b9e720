/**
 * Deadlines of items most of which end before their deadline. Entries of ended items are skipped, and
 * removed when they are the majority, so that memory is in proportion to the number of live items.
 *
 * @module
 */
import type { Nanoseconds } from '../../engine/host/time.ts';
import { DeadlineHeap } from './deadlines.ts';

/** Smallest number of entries at which the entries of ended items are removed. */
const ENTRIES_MIN = 1_024;

/** A heap of deadlines whose items may end at any time. */
export class PruningDeadlineHeap<T> {
  readonly #isLive: (item: T, at: Nanoseconds) => boolean;
  readonly #heap = new DeadlineHeap<T>();
  #limit = ENTRIES_MIN;

  /** @param isLive False if an item has ended, or has another deadline by now. */
  constructor(isLive: (item: T, at: Nanoseconds) => boolean) {
    this.#isLive = isLive;
  }

  /** Number of entries, including those of ended items. */
  get size(): number {
    return this.#heap.size;
  }

  /** The earliest deadline; Infinity if there is none. */
  nextAt(): Nanoseconds {
    const heap = this.#heap;
    for (let first = heap.first; first !== undefined; first = heap.first) {
      const at = heap.nextAt as Nanoseconds;
      if (this.#isLive(first, at)) return at;
      heap.takeDue(Number.POSITIVE_INFINITY);
    }
    return Number.POSITIVE_INFINITY;
  }

  add(at: Nanoseconds, item: T): void {
    this.#heap.add(at, item);
    if (this.#heap.size <= this.#limit) return;
    this.#heap.retain(this.#isLive);
    this.#limit = Math.max(ENTRIES_MIN, 2 * this.#heap.size);
  }

  /** Removes and returns the live item with the earliest deadline, if that is not after `now`. */
  takeDue(now: Nanoseconds): T | undefined {
    return this.nextAt() <= now ? this.#heap.takeDue(now) : undefined;
  }
}
