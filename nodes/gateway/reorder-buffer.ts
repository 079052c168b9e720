/**
 * Holds the numbered items of one stream for a moment, so that items that overtook each other are taken in order.
 *
 * An item behind a gap waits for the missing ones for a bounded time, and only so many items and bytes wait; beyond,
 * the gap is given up and items are taken. Nothing is ever dropped here.
 *
 * @module
 */

/** How items are bounded and taken. */
export interface ReorderBufferSetup<T> {
  /** Number of items that wait at most. */
  readonly itemsMax: number;
  /** Bytes that wait at most, of all items together. */
  readonly bytesMax: number;
  /** An item that is further behind shows that the sender has begun anew, or that the numbers before were not its own. */
  readonly behindMax: number;
  /**
   * Number below that of the first item, which then waits for earlier ones too; -1 if the stream begins with whatever
   * comes first.
   */
  readonly before: number;
  /** Takes an item whose turn it is; it must not add items. */
  readonly take: (item: T) => void;
  /** Called for an item that has to wait, with bytes that are read during the call only. @returns the item to keep. */
  readonly keep: (item: T) => T;
  /** Called when a gap is given up; absent if nobody counts them. */
  readonly gaveUp?: () => void;
}

/**
 * What became of an item: taken in order; taken behind later ones; held; or not taken, because an item of this number
 * is held.
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
  /** Items behind a gap, by number; the one that has waited for longest first. */
  readonly #held = new Map<number, Held<T>>();
  #bytes = 0;
  /** Number of the item to be taken next; `before` until one has been taken. */
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

  /** Takes the item, or holds it. @param number Below 2^53. */
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

  /** Takes the items that have waited long enough, and those before them. */
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
