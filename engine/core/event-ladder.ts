/**
 * A ladder of two rungs between heap and wheel, used when many events fall into one bucket of the
 * wheel (Tang, Goh, Thng: Ladder Queue, ACM TOMACS 15(3), 2005; with fixed widths here). A heap
 * larger than the caches costs a cache miss per level; appending to a list almost never costs one.
 *
 * The outer rung cuts the wheel's bucket of 2^27 ns into 1,024 lists of 2^17 ns, the inner rung
 * cuts one of these into lists of 2^7 ns. A rung opens when the heap is full and closes when it is
 * empty; a run with few pending events never opens one. Keys are the heap's unique keys
 * (event-queue.ts), so the heap alone decides the order.
 *
 * @module
 */
import { assert } from './assert.ts';
import { BucketLists, type ChunkVisitor, LISTS_PER_RUNG } from './bucket-lists.ts';

/** One nanosecond as a difference of keys: 2^26 (event-queue.ts). */
const NANOSECOND = 67_108_864;
/** Key range that one list covers: 2^17 ns in the outer rung, 2^7 ns in the inner one. */
const OUTER_WIDTH = 131_072 * NANOSECOND;
const INNER_WIDTH = 128 * NANOSECOND;
// The reciprocals of powers of two are exact, so multiplying by them equals dividing.
const LISTS_PER_OUTER_KEY = 1 / OUTER_WIDTH;
const LISTS_PER_INNER_KEY = 1 / INNER_WIDTH;
const LIST_BITS = 10;
const LIST_MASK = LISTS_PER_RUNG - 1;
const CLOSED = -1;

/** The owner of a ladder, which receives entries and knows which of them are dead. */
export interface LadderOwner {
  /** True when the reference was cancelled. */
  isDead(reference: number): boolean;
  /** Frees a dead reference that leaves the ladder. */
  reclaim(reference: number): void;
  /** Takes a live entry of the list that has just become the present one; its key is `keys[at]`. */
  receiveKey(keys: Float64Array, at: number, reference: number): void;
}

/** Two rungs of unordered lists between heap and wheel, for buckets of the wheel with very many events. */
export class EventLadder {
  /** Keys from this one on belong to the ladder; Infinity while no rung is open. */
  endKey = Number.POSITIVE_INFINITY;
  private readonly owner: LadderOwner;
  /** Both rungs are created when first opened. */
  private outer: BucketLists | undefined;
  private inner: BucketLists | undefined;
  /** Index of the present list of the outer rung, which is the last list that was emptied. */
  private outerAt = CLOSED;
  /** Index of the present list of the inner rung, counted from the start of the wheel's bucket. */
  private innerAt = CLOSED;
  /** Keys from {@link endKey} to below this one belong to the inner rung. */
  private innerEndKey = 0;
  private readonly toOwner: ChunkVisitor;
  private readonly toInner: ChunkVisitor;

  constructor(owner: LadderOwner) {
    this.owner = owner;
    this.toOwner = (keys, references, start, end): void => {
      // This loop only reads the records: no step depends on another, so that cache misses overlap.
      let dead = 0;
      for (let at = start; at < end; at += 1)
        dead += Number(owner.isDead(references[at] as number));
      for (let at = start; at < end; at += 1) {
        const reference = references[at] as number;
        if (dead > 0 && owner.isDead(reference)) owner.reclaim(reference);
        else owner.receiveKey(keys, at, reference);
      }
    };
    this.toInner = (keys, references, start, end): void => {
      for (let at = start; at < end; at += 1) {
        this.appendInner(keys[at] as number, references[at] as number);
      }
    };
  }

  /** Number of entries, including dead ones. */
  get size(): number {
    return (this.outer?.size ?? 0) + (this.inner?.size ?? 0);
  }

  /**
   * Opens the next finer rung around `key`, the least key of the heap.
   *
   * @returns false if no finer rung can be opened (its lists are 128 ns wide): the heap must grow.
   */
  open(key: number): boolean {
    if (this.innerAt !== CLOSED) return false;
    const innerAt = Math.floor(key * LISTS_PER_INNER_KEY);
    if (this.outerAt === CLOSED) {
      this.outer ??= new BucketLists();
      this.moveOuter(innerAt >> LIST_BITS);
      return true;
    }
    // A key before the present outer list has no inner rung: everything before that list is in the
    // heap.
    if (innerAt >> LIST_BITS !== this.outerAt) return false;
    this.openInner(innerAt);
    return true;
  }

  // hot: once per event beyond the horizon.
  /** Adds an entry; `key` must not lie before {@link EventLadder.endKey}. */
  insert(key: number, reference: number): void {
    if (key < this.innerEndKey) {
      this.appendInner(key, reference);
    } else {
      const list = (key * LISTS_PER_OUTER_KEY) | 0;
      (this.outer as BucketLists).append(list, key, reference);
    }
  }

  /**
   * Makes the next non-empty list the present one and hands it to the owner. The heap must be
   * empty.
   *
   * @param crowd The entries of an outer list that has more than this go to the inner rung instead
   * of the owner.
   * @returns false when both rungs are empty.
   */
  turn(crowd: number): boolean {
    while (this.outerAt !== CLOSED) {
      if (this.innerAt !== CLOSED) {
        if (this.turnInner()) return true;
      }
      const next = (this.outer as BucketLists).nearest(this.outerAt + 1);
      if (next === CLOSED) {
        this.close();
        return false;
      }
      this.moveOuter(next);
      if (!this.emptyOuter(next, crowd)) return true;
    }
    return false;
  }

  /**
   * Moves the rungs to an instant: the lists that contain this instant become the present ones. An
   * inner rung that ends before the instant is closed; without an open rung nothing happens.
   * @param offset The instant, ns since the start of the wheel's bucket.
   */
  moveTo(offset: number): void {
    if (this.outerAt === CLOSED) return;
    const innerAt = Math.floor(offset * NANOSECOND * LISTS_PER_INNER_KEY);
    const isInside = this.innerAt !== CLOSED && innerAt >> LIST_BITS === this.outerAt;
    if (isInside) {
      this.moveInner(innerAt);
    } else {
      this.closeInner();
      this.moveOuter(innerAt >> LIST_BITS);
    }
  }

  /** Closes both rungs, which must be empty. */
  close(): void {
    this.closeInner();
    assert(this.size === 0, 'a ladder that holds events must not be closed');
    this.outerAt = CLOSED;
    this.endKey = Number.POSITIVE_INFINITY;
  }

  /** The key of the earliest live entry; Infinity if there is none. Does not change the ladder. */
  nextKey(): number {
    const inner = this.earliestOf(this.inner);
    return inner === Number.POSITIVE_INFINITY ? this.earliestOf(this.outer) : inner;
  }

  /** Drops all dead entries, O(size). */
  sweep(): void {
    this.refill((key, reference) => {
      if (!this.owner.isDead(reference)) return key;
      this.owner.reclaim(reference);
      return undefined;
    });
  }

  /** Replaces every key by `map(key)`, which must preserve their order and their nanosecond. */
  mapKeys(map: (key: number) => number): void {
    this.refill(map);
  }

  private refill(map: (key: number, reference: number) => number | undefined): void {
    this.inner?.refill(map);
    this.outer?.refill(map);
  }

  private earliestOf(lists: BucketLists | undefined): number {
    let earliest = Number.POSITIVE_INFINITY;
    if (lists === undefined) return earliest;
    const visit: ChunkVisitor = (keys, references, start, end): void => {
      for (let at = start; at < end; at += 1) {
        const isNext = (keys[at] as number) < earliest;
        if (isNext && !this.owner.isDead(references[at] as number)) earliest = keys[at] as number;
      }
    };
    let list = lists.nearest(0);
    while (list !== CLOSED && earliest === Number.POSITIVE_INFINITY) {
      lists.forEach(list, visit);
      list = lists.nearest(list + 1);
    }
    return earliest;
  }

  /** Hands over the next inner list. @returns false, after closing the inner rung, when it is empty. */
  private turnInner(): boolean {
    const base = this.outerAt << LIST_BITS;
    const next = (this.inner as BucketLists).nearest(this.innerAt + 1 - base);
    if (next === CLOSED) {
      this.closeInner();
      return false;
    }
    this.moveInner(base + next);
    (this.inner as BucketLists).empty(next, this.toOwner);
    return true;
  }

  /** Empties an outer list. @returns true when it went to the inner rung, false when it went to the owner. */
  private emptyOuter(list: number, crowd: number): boolean {
    const outer = this.outer as BucketLists;
    const isCrowded = outer.countOf(list) > crowd;
    if (isCrowded) this.openInner((list << LIST_BITS) - 1);
    outer.empty(list, isCrowded ? this.toInner : this.toOwner);
    return isCrowded;
  }

  /**
   * @param innerAt The present list; if there is none yet, the one before the first of the rung.
   */
  private openInner(innerAt: number): void {
    this.inner ??= new BucketLists();
    this.innerEndKey = (this.outerAt + 1) * OUTER_WIDTH;
    this.moveInner(innerAt);
  }

  private closeInner(): void {
    if (this.innerAt === CLOSED) return;
    this.innerAt = CLOSED;
    this.innerEndKey = 0;
    this.endKey = (this.outerAt + 1) * OUTER_WIDTH;
  }

  private moveOuter(list: number): void {
    this.outerAt = list;
    this.endKey = (list + 1) * OUTER_WIDTH;
  }

  private moveInner(list: number): void {
    this.innerAt = list;
    this.endKey = (list + 1) * INNER_WIDTH;
  }

  private appendInner(key: number, reference: number): void {
    const list = ((key * LISTS_PER_INNER_KEY) | 0) & LIST_MASK;
    (this.inner as BucketLists).append(list, key, reference);
  }
}
