/**
 * One level of timing wheel for events after the present bucket (ADR 0003): a million idle
 * timers must not slow down the events that are near.
 *
 * Entries keep their original sequence, so the heap alone decides the order. The owner says which
 * references are dead and frees their payload.
 *
 * @module
 */

/** Width of a bucket, 2^27 ns = 134 ms. */
const WIDTH_NS = 134_217_728;
/** Number of buckets; together they span 137 s. A power of two. */
const BUCKETS = 1024;
const BUCKET_MASK = BUCKETS - 1;
const WORDS = BUCKETS / 32;
/** The list after the last bucket: everything beyond the wheel's span. */
const OVERFLOW = BUCKETS;
const NIL = -1;

/**
 * The owner of a wheel, which receives the entries of a bucket and knows which references are dead.
 */
export interface WheelOwner {
  /** True when the reference was cancelled. */
  isDead(reference: number): boolean;
  /** Frees a dead reference that leaves the wheel. */
  reclaim(reference: number): void;
  /** Takes a live entry of the bucket that has just become the present one. */
  receive(time: number, sequence: number, reference: number): void;
}

/** Holds events from {@link FarWheel.horizonNs} on; earlier ones belong to the heap. */
export class FarWheel {
  /** Number of entries, including dead ones. */
  size = 0;
  /** Number of the present bucket, whose events are in the heap. */
  private current = 0;
  private overflowMinNs = Number.POSITIVE_INFINITY;
  /** The time of entry i is at 2i, its sequence at 2i + 1. */
  private keys = new Float64Array(2 * 64);
  /** The reference of entry i is at 2i, the next entry of its list at 2i + 1. */
  private links = new Int32Array(2 * 64);
  private freeHead = NIL;
  private used = 0;
  private readonly heads = new Int32Array(BUCKETS + 1).fill(NIL);
  /** One bit per bucket, set while it is not empty; a search skips 32 empty buckets at once. */
  private readonly occupied = new Int32Array(WORDS);

  /** First instant of the present bucket, ns. */
  get startNs(): number {
    return this.current * WIDTH_NS;
  }

  /** First instant after the present bucket, ns. */
  get horizonNs(): number {
    return (this.current + 1) * WIDTH_NS;
  }

  /** Adds an entry; `time` must not lie before the horizon. */
  insert(time: number, sequence: number, reference: number): void {
    const at = this.acquire();
    this.keys[2 * at] = time;
    this.keys[2 * at + 1] = sequence;
    this.links[2 * at] = reference;
    this.size += 1;
    this.place(at, Math.floor(time / WIDTH_NS));
  }

  /**
   * Makes the next non-empty bucket the present one, unless it begins after `limit`.
   *
   * @returns false when no non-empty bucket begins at or before `limit`; after true, the caller must
   *   call {@link pour}.
   */
  turn(limit: number): boolean {
    if (this.size === 0) return false;
    const nearest = this.nearestBucket();
    const overflowBucket = Math.floor(this.overflowMinNs / WIDTH_NS);
    const next = Math.min(nearest, overflowBucket);
    if (next * WIDTH_NS > limit) return false;
    this.current = next;
    // The overflow list is distributed only when it is reached, and not as soon as its first entry
    // fits into the wheel, so that it is scanned at most once per turn of the wheel.
    if (overflowBucket <= nearest) this.redistribute();
    return true;
  }

  /** Passes the live entries of the present bucket to the owner. */
  pour(owner: WheelOwner): void {
    let at = this.takeList(this.current & BUCKET_MASK);
    while (at !== NIL) {
      const next = this.links[2 * at + 1] as number;
      const reference = this.links[2 * at] as number;
      if (owner.isDead(reference)) owner.reclaim(reference);
      else owner.receive(this.keys[2 * at] as number, this.keys[2 * at + 1] as number, reference);
      this.release(at);
      at = next;
    }
  }

  /** Makes the bucket of `time` the present one; nothing may be waiting before it. */
  moveTo(time: number): void {
    this.current = Math.floor(time / WIDTH_NS);
  }

  /**
   * The time of the earliest live entry, ns; Infinity if there is none. Does not change the wheel.
   */
  nextTime(owner: WheelOwner): number {
    let time = Number.POSITIVE_INFINITY;
    for (let step = 1; step <= BUCKETS && time === Number.POSITIVE_INFINITY; step += 1) {
      time = this.earliest((this.current + step) & BUCKET_MASK, owner);
    }
    return this.overflowMinNs < time ? Math.min(time, this.earliest(OVERFLOW, owner)) : time;
  }

  /** Drops all dead entries, O(size). */
  sweep(owner: WheelOwner): void {
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      if (this.heads[bucket] !== NIL) this.sweepList(bucket, owner);
    }
    this.sweepList(OVERFLOW, owner);
  }

  /** Replaces every sequence number by `map(sequence)`; `map` must preserve their order. */
  mapSequences(map: (sequence: number) => number): void {
    for (const head of this.heads) {
      for (let at = head; at !== NIL; at = this.links[2 * at + 1] as number) {
        this.keys[2 * at + 1] = map(this.keys[2 * at + 1] as number);
      }
    }
  }

  private place(at: number, bucket: number): void {
    if (bucket - this.current < BUCKETS) {
      const index = bucket & BUCKET_MASK;
      this.occupied[index >> 5] = (this.occupied[index >> 5] as number) | (1 << (index & 31));
      this.prepend(index, at);
      return;
    }
    const time = this.keys[2 * at] as number;
    if (time < this.overflowMinNs) this.overflowMinNs = time;
    this.prepend(OVERFLOW, at);
  }

  private prepend(list: number, at: number): void {
    this.links[2 * at + 1] = this.heads[list] as number;
    this.heads[list] = at;
  }

  private takeList(list: number): number {
    const head = this.heads[list] as number;
    this.heads[list] = NIL;
    if (list === OVERFLOW) this.overflowMinNs = Number.POSITIVE_INFINITY;
    else this.occupied[list >> 5] = (this.occupied[list >> 5] as number) & ~(1 << (list & 31));
    return head;
  }

  /** Absolute number of the next non-empty bucket; Infinity when all are empty. */
  private nearestBucket(): number {
    const start = (this.current + 1) & BUCKET_MASK;
    for (let step = 0; step <= WORDS; step += 1) {
      const word = ((start >> 5) + step) & (WORDS - 1);
      let bits = this.occupied[word] as number;
      // In the first word, only the later buckets count now; the earlier ones belong to the next
      // turn and are searched last.
      if (step === 0) bits &= -1 << (start & 31);
      if (bits === 0) continue;
      const index = word * 32 + 31 - Math.clz32(bits & -bits);
      return this.current + 1 + ((index - start) & BUCKET_MASK);
    }
    return Number.POSITIVE_INFINITY;
  }

  private redistribute(): void {
    let at = this.takeList(OVERFLOW);
    while (at !== NIL) {
      const next = this.links[2 * at + 1] as number;
      this.place(at, Math.floor((this.keys[2 * at] as number) / WIDTH_NS));
      at = next;
    }
  }

  private earliest(list: number, owner: WheelOwner): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (let at = this.heads[list] as number; at !== NIL; at = this.links[2 * at + 1] as number) {
      const time = this.keys[2 * at] as number;
      if (time < earliest && !owner.isDead(this.links[2 * at] as number)) earliest = time;
    }
    return earliest;
  }

  private sweepList(list: number, owner: WheelOwner): void {
    let at = this.takeList(list);
    while (at !== NIL) {
      const next = this.links[2 * at + 1] as number;
      const reference = this.links[2 * at] as number;
      if (owner.isDead(reference)) {
        owner.reclaim(reference);
        this.release(at);
      } else {
        this.place(at, Math.floor((this.keys[2 * at] as number) / WIDTH_NS));
      }
      at = next;
    }
  }

  private acquire(): number {
    const at = this.freeHead;
    if (at !== NIL) {
      this.freeHead = this.links[2 * at + 1] as number;
      return at;
    }
    if (2 * this.used === this.links.length) this.grow();
    this.used += 1;
    return this.used - 1;
  }

  private release(at: number): void {
    this.links[2 * at + 1] = this.freeHead;
    this.freeHead = at;
    this.size -= 1;
  }

  private grow(): void {
    const keys = new Float64Array(this.keys.length * 2);
    keys.set(this.keys);
    this.keys = keys;
    const links = new Int32Array(this.links.length * 2);
    links.set(this.links);
    this.links = links;
  }
}
