/**
 * Fabric: an incomplete message, put together from its pieces. Memory is allocated for bytes that
 * have come, not for the total length that the sender stated.
 *
 * @module
 */
import { RangeSet } from '../../../engine/pure/range-set.ts';
import { ASSEMBLY_GAPS_MAX, ASSEMBLY_GROWTH_BYTES } from '../geometry.ts';

/** An incomplete message and the pieces of it that have arrived. */
export class MessageAssembly {
  /** Length of the whole message as the sender stated it, bytes. */
  readonly total: number;
  readonly #ranges = new RangeSet();
  readonly #chunks = new Map<number, Uint8Array>();

  constructor(total: number) {
    this.total = total;
  }

  /** Number of bytes that have come. */
  get size(): number {
    return this.#ranges.size;
  }

  /** Memory allocated for the pieces, bytes. */
  get memory(): number {
    return this.#chunks.size * ASSEMBLY_GROWTH_BYTES;
  }

  /** False if a piece at this offset would open a gap beyond {@link ASSEMBLY_GAPS_MAX}. */
  takes(offset: number, length: number): boolean {
    const { count } = this.#ranges;
    return count < ASSEMBLY_GAPS_MAX || this.#ranges.hasAny(offset - 1, offset + length + 1);
  }

  /** Memory that a piece at this offset would add, bytes. */
  memoryFor(offset: number, length: number): number {
    const last = Math.floor((offset + length - 1) / ASSEMBLY_GROWTH_BYTES);
    let fresh = 0;
    for (let index = Math.floor(offset / ASSEMBLY_GROWTH_BYTES); index <= last; index += 1) {
      if (!this.#chunks.has(index)) fresh += ASSEMBLY_GROWTH_BYTES;
    }
    return fresh;
  }

  /** Adds a piece of the message; does nothing if all its bytes have come before. */
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

  /** The bytes of the message; call it only when {@link size} is {@link total}. */
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
