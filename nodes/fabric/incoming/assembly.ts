/**
 * Fabric: an incomplete message, put together from its pieces. Memory grows with what came, not
 * with the length that was stated.
 *
 * @module
 */
import { RangeSet } from '../../../engine/pure/range-set.ts';
import { ASSEMBLY_GAPS_MAX, ASSEMBLY_GROWTH_BYTES } from '../geometry.ts';

/** An incomplete message and the pieces of it that have arrived. */
export class MessageAssembly {
  /** Bytes of the whole message, as stated. */
  readonly total: number;
  readonly #ranges = new RangeSet();
  readonly #chunks = new Map<number, Uint8Array>();

  constructor(total: number) {
    this.total = total;
  }

  /** Bytes that have come. */
  get size(): number {
    return this.#ranges.size;
  }

  /** Bytes of memory that the pieces take. */
  get memory(): number {
    return this.#chunks.size * ASSEMBLY_GROWTH_BYTES;
  }

  /** False if the message would have too many gaps with bytes at this offset. */
  takes(offset: number, length: number): boolean {
    const { count } = this.#ranges;
    return count < ASSEMBLY_GAPS_MAX || this.#ranges.hasAny(offset - 1, offset + length + 1);
  }

  /** Additional bytes of memory that these bytes would take. */
  memoryFor(offset: number, length: number): number {
    const last = Math.floor((offset + length - 1) / ASSEMBLY_GROWTH_BYTES);
    let fresh = 0;
    for (let index = Math.floor(offset / ASSEMBLY_GROWTH_BYTES); index <= last; index += 1) {
      if (!this.#chunks.has(index)) fresh += ASSEMBLY_GROWTH_BYTES;
    }
    return fresh;
  }

  /** Adds bytes of the message, unless all of them have come before. */
  add(offset: number, bytes: Uint8Array): void {
    if (this.#ranges.add(offset, offset + bytes.length) === 0) return;
    for (let at = 0; at < bytes.length; ) {
      const place = (offset + at) % ASSEMBLY_GROWTH_BYTES;
      const part = bytes.subarray(at, at + ASSEMBLY_GROWTH_BYTES - place);
      this.#chunk(Math.floor((offset + at) / ASSEMBLY_GROWTH_BYTES)).set(part, place);
      at += part.length;
    }
  }

  get isWhole(): boolean {
    return this.#ranges.size === this.total;
  }

  /** The message, once it is whole. */
  whole(): Uint8Array {
    const bytes = new Uint8Array(this.total);
    for (const [index, chunk] of this.#chunks) {
      const start = index * ASSEMBLY_GROWTH_BYTES;
      bytes.set(chunk.subarray(0, Math.min(ASSEMBLY_GROWTH_BYTES, this.total - start)), start);
    }
    return bytes;
  }

  #chunk(index: number): Uint8Array {
    const known = this.#chunks.get(index);
    if (known !== undefined) return known;
    const made = new Uint8Array(
      Math.min(ASSEMBLY_GROWTH_BYTES, this.total - index * ASSEMBLY_GROWTH_BYTES),
    );
    this.#chunks.set(index, made);
    return made;
  }
}
