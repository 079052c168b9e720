/**
 * Bytes of a stream by position: a ring that grows to the next power of two and serves as send
 * queue and as reassembly buffer.
 *
 * Positions are exact up to 2^53. `position & mask` works modulo 2^32, of which the ring's size, a power of two, is a
 * divisor.
 *
 * @module
 */

const SMALLEST = 4_096;
/** An empty ring above this size gives its memory back, bytes. */
const EMPTY_RING_BYTES_MAX = 65_536;
const NOTHING = new Uint8Array(0);

/** Bytes of a stream by position, in a ring that grows to the next power of two. */
export class ByteRing {
  /** The storage; the index of a position is {@link indexOf}. */
  bytes: Uint8Array = NOTHING;
  /** Position of the first byte that is kept. */
  start = 0;
  /** Position after the last byte that is stored. */
  private end = 0;

  /** Index of a position in {@link bytes}. */
  indexOf(position: number): number {
    return position & (this.bytes.length - 1);
  }

  /** Number of contiguous bytes from `position`, up to `end`. */
  runLength(position: number, end: number): number {
    return Math.min(end - position, this.bytes.length - this.indexOf(position));
  }

  /** Writes `source[offset .. offset + length)` at `position`, not before `start`. */
  put(position: number, source: Uint8Array, offset: number, length: number): void {
    if (length === 0) return;
    const end = position + length;
    if (end - this.start > this.bytes.length) this.grow(end - this.start);
    if (end > this.end) this.end = end;
    const first = this.runLength(position, end);
    this.bytes.set(source.subarray(offset, offset + first), this.indexOf(position));
    if (first < length) this.bytes.set(source.subarray(offset + first, offset + length), 0);
  }

  /** Reads `length` bytes at `position` into `target[offset ..]`. */
  copy(position: number, length: number, target: Uint8Array, offset: number): void {
    if (length === 0) return;
    const first = this.runLength(position, position + length);
    const index = this.indexOf(position);
    target.set(this.bytes.subarray(index, index + first), offset);
    if (first < length) target.set(this.bytes.subarray(0, length - first), offset + first);
  }

  /** Removes everything before `position`. */
  discard(position: number): void {
    this.start = position;
    if (position >= this.end && this.bytes.length > EMPTY_RING_BYTES_MAX) this.bytes = NOTHING;
  }

  /** Frees the memory. */
  clear(): void {
    this.bytes = NOTHING;
  }

  private grow(size: number): void {
    let capacity = Math.max(SMALLEST, this.bytes.length);
    while (capacity < size) capacity *= 2;
    const old = this.bytes;
    const wider = new Uint8Array(capacity);
    this.bytes = wider;
    if (old.length === 0) return;
    for (let position = this.start; position < this.end; ) {
      const from = position & (old.length - 1);
      const to = position & (capacity - 1);
      const run = Math.min(this.end - position, old.length - from, capacity - to);
      wider.set(old.subarray(from, from + run), to);
      position += run;
    }
  }
}
