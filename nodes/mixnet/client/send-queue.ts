/**
 * A first-in, first-out queue in an array.
 *
 * @module
 */
/**
 * Used array elements are removed when there are at least this many: copying the array for fewer
 * would cost more than it saves.
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
    // Used elements are removed together, once they fill half of the array, so that `shift` takes
    // constant time on average.
    if (this.#head >= REMOVED_MIN && 2 * this.#head >= this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
    return next;
  }
}
