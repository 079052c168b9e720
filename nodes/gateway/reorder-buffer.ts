/**
 * Holds the numbered items of one stream for a moment, so that items which overtook each other are
 * taken in order.
 *
 * An item behind a gap waits for the missing items, but only for a bounded time, and only while a
 * bounded number of items and bytes wait; then the gap is given up, and the items behind it are
 * taken. Nothing is ever dropped here.
 *
 * @module
 */

/** The limits of a {@link ReorderBuffer}, and the functions that it calls. */
export interface ReorderBufferSetup<T> {
  /** Largest number of items that wait. */
  readonly itemsMax: number;
  /** Largest number of bytes of all items that wait. */
  readonly bytesMax: number;
  /**
   * An item that is further behind than this shows that the sender has begun anew, or that the
   * numbers so far were not the sender's.
   */
  readonly behindMax: number;
  /**
   * The number with which the stream begins: an item with a higher number waits, even if it comes
   * first. -1 if the stream begins with the item that comes first.
   */
  readonly before: number;
  /** Takes an item whose turn it is; it must not add items. */
  readonly take: (item: T) => void;
  /**
   * Called for an item that has to wait; its bytes are valid during the call only.
   * @returns the item to keep.
   */
  readonly keep: (item: T) => T;
  /** Called when a gap is given up; absent if gaps are not counted. */
  readonly gaveUp?: () => void;
}

/**
 * The fate of an item. `taken`: in order; `late`: taken, but after later ones; `held`: it waits;
 * `repeated`: not taken, because an item with this number waits.
 */
export type ReorderOutcome = 'taken' | 'late' | 'held' | 'repeated';

interface Held<T> {
  readonly item: T;
  readonly bytes: number;
  readonly sinceNs: number;
}

/** Puts the items of one stream in order. */
export class ReorderBuffer<T> {
  /** How long an item waits for earlier ones, ns; with 0, none waits. */
  waitNs: number;
  readonly #setup: ReorderBufferSetup<T>;
  /** The items that wait behind a gap, by number; the one that has waited longest comes first. */
  readonly #held = new Map<number, Held<T>>();
  #bytes = 0;
  /** Number of the item to take next; `before` until an item has been taken. */
  #next: number;

  constructor(waitNs: number, setup: ReorderBufferSetup<T>) {
    this.waitNs = waitNs;
    this.#setup = setup;
    this.#next = setup.before;
  }

  /** Number of items that wait. */
  get size(): number {
    return this.#held.size;
  }

  /** When {@link expire} must be called next, ns; Infinity if nothing waits. */
  get deadlineNs(): number {
    for (const { sinceNs } of this.#held.values()) return sinceNs + this.waitNs;
    return Number.POSITIVE_INFINITY;
  }

  /** Takes an item, or holds it until it is its turn. @param number Below 2^53. */
  // hot: once per packet.
  add(nowNs: number, number: number, { item, bytes }: { item: T; bytes: number }): ReorderOutcome {
    const { behindMax, take, keep } = this.#setup;
    const next = this.#next;
    if (this.waitNs === 0 || next < 0 || number <= next) {
      const isFarBehind = next - number > behindMax;
      this.#next = isFarBehind ? number + 1 : Math.max(next, number + 1);
      take(item);
      this.#takeOn();
      return number < next && !isFarBehind ? 'late' : 'taken';
    }
    if (this.#held.has(number)) return 'repeated';
    this.#held.set(number, { item: keep(item), bytes, sinceNs: nowNs });
    this.#bytes += bytes;
    while (this.#isOver()) this.#giveUpGap();
    return 'held';
  }

  /** Takes the items that have waited long enough, and all items before them. */
  expire(nowNs: number): void {
    while (this.size > 0 && this.deadlineNs <= nowNs) this.#giveUpGap();
  }

  #isOver(): boolean {
    const { itemsMax, bytesMax } = this.#setup;
    return this.#held.size > itemsMax || this.#bytes > bytesMax;
  }

  #giveUpGap(): void {
    const { before, gaveUp } = this.#setup;
    if (this.#next !== before) gaveUp?.();
    this.#next = Number.POSITIVE_INFINITY;
    for (const number of this.#held.keys()) if (number < this.#next) this.#next = number;
    this.#takeOn();
  }

  /** Takes held items up to the next gap. */
  #takeOn(): void {
    for (let held = this.#held.get(this.#next); held; held = this.#held.get(this.#next)) {
      this.#held.delete(this.#next);
      this.#bytes -= held.bytes;
      this.#next += 1;
      this.#setup.take(held.item);
    }
  }
}
