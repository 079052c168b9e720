/**
 * 4-ary min-heap of events on typed arrays, ordered by (time, sequence)
 * (spec/simulation.md 1.1 and 1.3).
 *
 * An entry is two keys and one 32-bit reference whose meaning belongs to the owner. Keys are unique
 * because every sequence number is given once, so the order is total and ties are FIFO.
 * Does not know handles, cancellation, the clock, or payloads.
 *
 * @module
 */

/** The heap of {@link EventQueue}. All methods take and return small integers only: times stay in
 * the arrays, so that no call boxes a double (spec/simulation.md 1.4). */
export class EventHeap {
  /** Interleaved keys: time at 2i, sequence at 2i + 1; siblings share cache lines. */
  keys: Float64Array;
  /** What entry i stands for. */
  references: Int32Array;
  /** Number of entries. */
  size = 0;

  constructor(capacity: number) {
    this.keys = new Float64Array(capacity * 2);
    this.references = new Int32Array(capacity);
  }

  /** Adds an entry. */
  push(time: number, sequence: number, reference: number): void {
    const at = this.size;
    if (at === this.references.length) this.grow();
    this.keys[2 * at] = time;
    this.keys[2 * at + 1] = sequence;
    this.references[at] = reference;
    this.size = at + 1;
    this.rise(at);
  }

  /** Removes the least entry; the heap must not be empty. */
  removeTop(): void {
    const last = this.size - 1;
    this.size = last;
    if (last > 0) this.sink(0, last);
  }

  /** Restores the heap order over all entries in O(n) (Floyd), after the owner rewrote them. */
  rebuild(): void {
    if (this.size < 2) return;
    for (let hole = (this.size - 2) >> 2; hole >= 0; hole -= 1) this.sink(hole, hole);
  }

  /** Moves entry `start` towards the root: the hole moves, entries are never swapped. */
  private rise(start: number): void {
    const keys = this.keys;
    const references = this.references;
    const time = keys[2 * start] as number;
    const sequence = keys[2 * start + 1] as number;
    const reference = references[start] as number;
    let hole = start;
    while (hole > 0) {
      const parent = (hole - 1) >> 2;
      const parentTime = keys[2 * parent] as number;
      if (parentTime < time) break;
      const parentSequence = keys[2 * parent + 1] as number;
      if (parentTime === time && parentSequence < sequence) break;
      keys[2 * hole] = parentTime;
      keys[2 * hole + 1] = parentSequence;
      references[hole] = references[parent] as number;
      hole = parent;
    }
    keys[2 * hole] = time;
    keys[2 * hole + 1] = sequence;
    references[hole] = reference;
  }

  /** Puts the entry stored at `source` into the hole at `start` and lets it sink to its place. */
  private sink(start: number, source: number): void {
    const keys = this.keys;
    const references = this.references;
    const time = keys[2 * source] as number;
    const sequence = keys[2 * source + 1] as number;
    const reference = references[source] as number;
    const size = this.size;
    let hole = start;
    for (let child = 4 * hole + 1; child < size; child = 4 * hole + 1) {
      const least = child + 3 < size ? this.leastOfFour(child) : this.leastOfTail(child);
      const leastTime = keys[2 * least] as number;
      if (leastTime > time) break;
      const leastSequence = keys[2 * least + 1] as number;
      if (leastTime === time && leastSequence > sequence) break;
      keys[2 * hole] = leastTime;
      keys[2 * hole + 1] = leastSequence;
      references[hole] = references[least] as number;
      hole = least;
    }
    keys[2 * hole] = time;
    keys[2 * hole + 1] = sequence;
    references[hole] = reference;
  }

  /** Index of the least of the four entries from `first` on. */
  private leastOfFour(first: number): number {
    const keys = this.keys;
    const left = this.lesser(first, first + 1);
    const right = this.lesser(first + 2, first + 3);
    const leftTime = keys[2 * left] as number;
    const rightTime = keys[2 * right] as number;
    if (leftTime < rightTime) return left;
    if (leftTime > rightTime) return right;
    return (keys[2 * left + 1] as number) < (keys[2 * right + 1] as number) ? left : right;
  }

  /** Index of the least entry from `first` to the end of the heap (fewer than four). */
  private leastOfTail(first: number): number {
    let least = first;
    for (let other = first + 1; other < this.size; other += 1) least = this.lesser(least, other);
    return least;
  }

  /** The one of two indices whose entry comes first. */
  private lesser(a: number, b: number): number {
    const keys = this.keys;
    const timeA = keys[2 * a] as number;
    const timeB = keys[2 * b] as number;
    if (timeA < timeB) return a;
    if (timeA > timeB) return b;
    return (keys[2 * a + 1] as number) < (keys[2 * b + 1] as number) ? a : b;
  }

  private grow(): void {
    const capacity = Math.max(4, this.references.length * 2);
    const keys = new Float64Array(capacity * 2);
    keys.set(this.keys);
    this.keys = keys;
    const references = new Int32Array(capacity);
    references.set(this.references);
    this.references = references;
  }
}
