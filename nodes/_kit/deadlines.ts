/**
 * Deadlines in time order: a binary heap. An entry stays until its deadline, even if its item has ended; the owner
 * checks whether a due entry is still relevant.
 *
 * @module
 */
import type { Nanoseconds } from '../../engine/host/time.ts';

interface Entry<T> {
  readonly at: Nanoseconds;
  /** Order of entries with equal deadlines: first in, first out. */
  readonly order: number;
  readonly item: T;
}

/** A binary heap of entries, earliest deadline first. */
export class DeadlineHeap<T> {
  #heap: Entry<T>[] = [];
  #order = 0;

  /** Number of entries, including those whose items have ended. */
  get size(): number {
    return this.#heap.length;
  }

  /** The earliest deadline; undefined if there is none. */
  get nextAt(): Nanoseconds | undefined {
    return this.#heap[0]?.at;
  }

  /** The item with the earliest deadline. */
  get first(): T | undefined {
    return this.#heap[0]?.item;
  }

  add(at: Nanoseconds, item: T): void {
    const heap = this.#heap;
    const entry = { at, order: this.#order++, item };
    let hole = heap.length;
    heap.push(entry);
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const above = heap[parent] as Entry<T>;
      if (!isBefore(entry, above)) break;
      heap[hole] = above;
      hole = parent;
    }
    heap[hole] = entry;
  }

  /** Removes and returns the earliest item with a deadline not after `now`. */
  takeDue(now: Nanoseconds): T | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.at > now) return undefined;
    const last = this.#heap.pop() as Entry<T>;
    if (this.#heap.length > 0) this.#sink(last, 0);
    return first.item;
  }

  /** Removes all entries except those for which `isKept` returns true. */
  retain(isKept: (item: T, at: Nanoseconds) => boolean): void {
    const kept = this.#heap.filter(({ item, at }) => isKept(item, at));
    const isWhole = kept.length === this.#heap.length;
    this.#heap = kept;
    if (isWhole) return;
    for (let place = (kept.length >> 1) - 1; place >= 0; place -= 1) {
      this.#sink(kept[place] as Entry<T>, place);
    }
  }

  /** Puts `entry` at an index of the heap and moves it down; it must not belong above that index. */
  #sink(entry: Entry<T>, place: number): void {
    const heap = this.#heap;
    let hole = place;
    for (;;) {
      const left = 2 * hole + 1;
      const right = left + 1;
      let child = heap[left];
      if (child === undefined) break;
      let childIndex = left;
      const other = heap[right];
      if (other !== undefined && isBefore(other, child)) {
        child = other;
        childIndex = right;
      }
      if (!isBefore(child, entry)) break;
      heap[hole] = child;
      hole = childIndex;
    }
    heap[hole] = entry;
  }
}

function isBefore<T>(left: Entry<T>, right: Entry<T>): boolean {
  return left.at < right.at || (left.at === right.at && left.order < right.order);
}
