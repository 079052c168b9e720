/**
 * 4-ary min-heap of (key, reference) on typed arrays (ADR 0003).
 *
 * Keys are unique doubles, so one comparison decides and there are no ties. The owner
 * (event-queue.ts) decides how time and sequence share a key, and what a reference means. The top
 * is removed lazily: it is only marked vacant, and the next entry that is added sinks from there.
 * Most events schedule exactly one other event; taking the one and adding the other then costs one
 * walk through the heap instead of two. Does not know handles, cancellation, the clock, or
 * payloads.
 *
 * @module
 */

/**
 * Index of the top. Groups of four siblings begin at 2, 6, 10 ...: large arrays start 16 bytes into
 * a page, so the four keys of a group fill half a cache line, and the 16 of an entry's
 * grandchildren two.
 */
const TOP = 1;
/** Children of i: 4 i - 2 and the next three; parent: (i + 2) / 4. */
const SHIFT = 2;
/**
 * Number of cells after the last key; all hold {@link NEVER}, so that an incomplete last group of siblings needs no
 * test.
 */
const PADDING = 4;
const NEVER = Number.POSITIVE_INFINITY;

/** A heap of references to events, ordered by their unique keys. */
export class EventHeap {
  /** Keys by index; cells after the last entry hold {@link NEVER}. */
  protected keys: Float64Array;
  private references: Int32Array;
  /** Where the next entry is written: at the top if it is vacant, else at the end. */
  protected next = TOP;
  /** One past the index of the last entry. */
  private end = TOP;

  /** @param capacity Number of entries for which memory is allocated at first; the heap grows by doubling. */
  constructor(capacity: number) {
    this.keys = new Float64Array(capacity + TOP + PADDING).fill(NEVER);
    this.references = new Int32Array(capacity + TOP + PADDING);
  }

  /** Number of entries. */
  protected get heapSize(): number {
    return this.end - TOP - Number(this.next < this.end);
  }

  /** The smallest key; Infinity if the heap is empty. The top must not be vacant. */
  protected topKey(): number {
    return this.keys[TOP] as number;
  }

  /** Reference of the least entry; the heap must not be empty, nor its top vacant. */
  protected topReference(): number {
    return this.references[TOP] as number;
  }

  // hot: together with vacateTop, 35 ns per event at 100 pending.
  /**
   * Adds the entry whose key the caller has already written to `keys[next]`. The key is not passed
   * as an argument, because V8 allocates memory for a double argument wherever it does not inline
   * the call, which varies from run to run.
   */
  protected insert(reference: number): void {
    const at = this.next;
    this.references[at] = reference;
    if (at < this.end) {
      this.next = this.end;
      this.sink(TOP);
      return;
    }
    this.end = at + 1;
    this.next = at + 1;
    this.rise(at);
    if (at + 1 + PADDING >= this.keys.length) this.makeRoom();
  }

  /**
   * Removes the least entry by only marking the top as vacant; the heap must not be empty, nor its
   * top vacant already.
   */
  protected vacateTop(): void {
    this.next = TOP;
  }

  /** Fills the top if it is vacant: the last entry moves there and sinks. */
  protected fillTop(): void {
    if (this.next === this.end) return;
    const { keys, references } = this;
    const last = this.end - 1;
    this.end = last;
    this.next = last;
    keys[TOP] = keys[last] as number;
    references[TOP] = references[last] as number;
    keys[last] = NEVER;
    if (last > TOP) this.sink(TOP);
  }

  /** Keeps only the entries for which `isKept` returns true, O(size). */
  protected filter(isKept: (reference: number, key: number) => boolean): void {
    this.fillTop();
    const { keys, references, end } = this;
    let kept = TOP;
    for (let i = TOP; i < end; i += 1) {
      const reference = references[i] as number;
      const key = keys[i] as number;
      if (!isKept(reference, key)) continue;
      keys[kept] = key;
      references[kept] = reference;
      kept += 1;
    }
    keys.fill(NEVER, kept, end);
    this.end = kept;
    this.next = kept;
    // Floyd's heap construction; since keys are unique, the order of removal stays the same.
    for (let hole = parentOf(kept - 1); hole >= TOP; hole -= 1) this.sink(hole);
  }

  /** Replaces every key by `map(key)`; `map` must preserve the order of the keys. */
  protected mapKeys(map: (key: number) => number): void {
    this.fillTop();
    const { keys, end } = this;
    for (let i = TOP; i < end; i += 1) keys[i] = map(keys[i] as number);
  }

  /** Moves the entry at `start` up to its place: the hole moves, entries are never swapped. */
  private rise(start: number): void {
    const { keys, references } = this;
    const key = keys[start] as number;
    const reference = references[start] as number;
    let hole = start;
    while (hole > TOP) {
      const parent = parentOf(hole);
      const parentKey = keys[parent] as number;
      if (parentKey < key) break;
      keys[hole] = parentKey;
      references[hole] = references[parent] as number;
      hole = parent;
    }
    keys[hole] = key;
    references[hole] = reference;
  }

  /** Moves the entry at `start` down to its place. */
  private sink(start: number): void {
    const { keys, references, end } = this;
    const key = keys[start] as number;
    const reference = references[start] as number;
    let hole = start;
    for (let child = 4 * start - SHIFT; child < end; child = 4 * hole - SHIFT) {
      const least = leastOfFour(keys, child);
      const leastKey = keys[least] as number;
      if (leastKey > key) break;
      keys[hole] = leastKey;
      references[hole] = references[least] as number;
      hole = least;
    }
    keys[hole] = key;
    references[hole] = reference;
  }

  /** Called when the arrays are full: makes room for at least one more entry. */
  protected makeRoom(): void {
    this.resize(this.keys.length * 2);
  }

  /** Number of entries for which there is memory. */
  protected get capacity(): number {
    return this.keys.length - TOP - PADDING;
  }

  /** Frees the memory of a heap that has shrunk; all entries must fit. */
  protected shrink(capacity: number): void {
    this.resize(capacity + TOP + PADDING);
  }

  private resize(length: number): void {
    const keys = new Float64Array(length).fill(NEVER);
    keys.set(this.keys.subarray(0, this.end));
    this.keys = keys;
    const references = new Int32Array(length);
    references.set(this.references.subarray(0, this.end));
    this.references = references;
  }
}

// Function expressions in constants, because V8 loads and checks a declared function at every use.

const parentOf = (index: number): number => (index + SHIFT) >> 2;

/**
 * Index of the least of the four keys that begin at `first`.
 *
 * Branches would be mispredicted, so the index is computed: the lesser of each pair, then the lesser of these two,
 * whose keys are read again. In a bare heap of 100 entries an event takes 37 ns this way, 44 ns with all six
 * comparisons at once, and 75 ns if the keys are kept in variables, since V8 then branches.
 */
const leastOfFour = (keys: Float64Array, first: number): number => {
  const one = first + Number((keys[first + 1] as number) < (keys[first] as number));
  const third = first + 2;
  const other = third + Number((keys[first + 3] as number) < (keys[third] as number));
  return one + ((other - one) & -Number((keys[other] as number) < (keys[one] as number)));
};
