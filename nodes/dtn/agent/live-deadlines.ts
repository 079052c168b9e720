/**
 * Deadlines of things that mostly go before their deadline: those that are gone are skipped, and
 * cleared away when they are the majority, so that memory follows what is there.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { Deadlines } from '../../_kit/deadlines.ts';

/** With fewer entries nothing is cleared away. */
const ENTRIES_MIN = 1_024;

interface Entry<T> {
  readonly at: Nanoseconds;
  readonly item: T;
}

/** A heap of deadlines whose items may go at any time. */
export class LiveDeadlines<T> {
  readonly #isLive: (item: T, at: Nanoseconds) => boolean;
  #heap = new Deadlines<Entry<T>>();
  #limit = ENTRIES_MIN;

  /** @param isLive False if an item is gone, or has another deadline by now. */
  constructor(isLive: (item: T, at: Nanoseconds) => boolean) {
    this.#isLive = isLive;
  }

  /** Number of entries, including those that are gone. */
  get size(): number {
    return this.#heap.size;
  }

  /** The earliest deadline; Infinity if there is none. */
  nextAt(): Nanoseconds {
    for (let first = this.#heap.first; first; first = this.#heap.first) {
      if (this.#isLive(first.item, first.at)) return first.at;
      this.#heap.takeDue(Number.POSITIVE_INFINITY);
    }
    return Number.POSITIVE_INFINITY;
  }

  add(at: Nanoseconds, item: T): void {
    this.#heap.add(at, { at, item });
    if (this.#heap.size > this.#limit) this.#clear();
  }

  /** Takes the earliest item with a deadline not after `now`. */
  takeDue(now: Nanoseconds): T | undefined {
    return this.nextAt() <= now ? this.#heap.takeDue(now)?.item : undefined;
  }

  #clear(): void {
    const old = this.#heap;
    this.#heap = new Deadlines();
    for (let next = takeAny(old); next; next = takeAny(old)) {
      if (this.#isLive(next.item, next.at)) this.#heap.add(next.at, next);
    }
    this.#limit = Math.max(ENTRIES_MIN, 2 * this.#heap.size);
  }
}

function takeAny<T>(heap: Deadlines<Entry<T>>): Entry<T> | undefined {
  return heap.takeDue(Number.POSITIVE_INFINITY);
}
