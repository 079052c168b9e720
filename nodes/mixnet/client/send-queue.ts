/**
 * A first-in, first-out queue in an array.
 *
 * @module
 */
/**
 * Fewest used array elements that are removed at once: for fewer, the copy is not worth its time.
 */
const REMOVED_MIN = 64;

/** A first-in, first-out queue; adding and removing take constant time on average. */
export class FifoQueue<T> {
  #waiting: T[] = [];
  #head = 0;

  push(item: T): void {
    this.#waiting.push(item);
  }

  /** Removes and returns the oldest item. */
  shift(): T | undefined {
    const next = this.#waiting[this.#head];
    if (next === undefined) return undefined;
    this.#head++;
    // The used elements are removed together when they are half of the array, so that `shift` takes
    // constant time on average.
    if (this.#head >= REMOVED_MIN && 2 * this.#head >= this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
    return next;
  }
}
