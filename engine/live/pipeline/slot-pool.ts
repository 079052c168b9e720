/**
 * The free slots of a pipeline: last in, first out, because the slot used last is still in a cache.
 *
 * @module
 */

/** The free slots of a pipeline, last in, first out. */
export class SlotPool {
  readonly #free: Int32Array;
  #count: number;

  /** @param slots Number of slots, all free. */
  constructor(slots: number) {
    this.#free = Int32Array.from({ length: slots }, (_, index) => slots - 1 - index);
    this.#count = slots;
  }

  /** Number of free slots. */
  get free(): number {
    return this.#count;
  }

  // hot: once per packet.
  /** A free slot, or -1. */
  take(): number {
    if (this.#count === 0) return -1;
    this.#count -= 1;
    return this.#free[this.#count] as number;
  }

  // hot: once per packet.
  /** Returns a slot to the pool; must be called once for each {@link take}. */
  give(slot: number): void {
    this.#free[this.#count] = slot;
    this.#count += 1;
  }
}
