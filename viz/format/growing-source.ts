/**
 * The bytes of a trace that is still being written. Parts arrive one after the other, and the
 * oldest parts may be dropped.
 *
 * @module
 */
import type { ByteSource } from './source.ts';

interface Part {
  readonly offset: number;
  readonly end: number;
  /** Undefined after the part has been dropped. */
  bytes: Uint8Array | undefined;
}

/**
 * A source to which parts are appended. Dropping a part does not change the offsets of later parts.
 */
export class GrowingSource implements ByteSource {
  readonly #parts: Part[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Appends a part that consists of whole blocks; returns its offset. */
  push(bytes: Uint8Array): number {
    const offset = this.#size;
    this.#size += bytes.length;
    this.#parts.push({ offset, end: this.#size, bytes });
    return offset;
  }

  /** Drops the part that begins at an offset; reading from it fails from now on. */
  forget(offset: number): void {
    const part = this.#partAt(offset);
    if (part !== undefined) part.bytes = undefined;
  }

  /** Reads bytes of one part; no block extends over two parts. */
  read(offset: number, length: number): Uint8Array {
    if (length === 0) return new Uint8Array(0);
    const part = this.#partAt(offset);
    if (part?.bytes === undefined) throw new Error('these packets are no longer kept');
    return part.bytes.subarray(offset - part.offset, offset - part.offset + length);
  }

  #partAt(offset: number): Part | undefined {
    let low = 0;
    let high = this.#parts.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const part = this.#parts[middle] as Part;
      if (offset < part.offset) high = middle - 1;
      else if (offset >= part.end) low = middle + 1;
      else return part;
    }
    return undefined;
  }
}
