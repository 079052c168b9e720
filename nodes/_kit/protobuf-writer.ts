/**
 * Writes the records of Protobuf's wire format (protobuf.dev/programming-guides/encoding, here
 * "Encoding"), with varints and lengths as short as possible.
 *
 * @module
 */
import type { Int64Words } from './protobuf-reader.ts';
import { wipe } from './secrets.ts';

const FIRST_CAPACITY = 256;
/** Room that is kept for the next message, bytes: most messages are shorter. */
const KEPT_CAPACITY_MAX = 65_536;
/** Bytes of the longest varint. */
const VARINT_MAX = 10;
const I32_BYTES = 4;
const WORD_VALUES = 0x1_0000_0000;

/** Splits a safe integer of either sign into the two words of its two's complement of 64 bits. */
export function splitInt64(value: number): Int64Words {
  return { high: Math.floor(value / WORD_VALUES) >>> 0, low: value >>> 0 };
}

/** Writes records into a buffer that grows. */
export class ProtobufWriter {
  #bytes = new Uint8Array(FIRST_CAPACITY);
  #length = 0;

  /**
   * Begins a new message in the existing buffer. If a long message has made the buffer too large, a
   * smaller one replaces it.
   */
  clear(): void {
    this.#length = 0;
    if (this.#bytes.length > KEPT_CAPACITY_MAX) this.#bytes = new Uint8Array(FIRST_CAPACITY);
  }

  /** Returns a copy of what was written, and erases the buffer, because it may contain keys. */
  taken(): Uint8Array {
    const written = this.#bytes.subarray(0, this.#length);
    const copy = written.slice();
    wipe(written);
    this.#length = 0;
    return copy;
  }

  /** Writes a varint (Encoding, "Base 128 Varints"). */
  varint(value: Int64Words): void {
    this.#reserve(VARINT_MAX);
    let { high, low } = value;
    while (high !== 0 || low > 0x7f) {
      this.#bytes[this.#length++] = low | 0x80;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    this.#bytes[this.#length++] = low;
  }

  /** Writes the tag of a record (Encoding, "Message Structure"). */
  tag(field: number, wireType: number): void {
    this.varint(splitInt64(8 * field + wireType));
  }

  /** Writes a float of 32 bits (Encoding, "Non-varint Numbers"). */
  float(value: number): void {
    this.#reserve(I32_BYTES);
    new DataView(this.#bytes.buffer).setFloat32(this.#length, value, true);
    this.#length += I32_BYTES;
  }

  /** Writes the length of the bytes, then the bytes. */
  content(bytes: Uint8Array): void {
    this.varint(splitInt64(bytes.length));
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Begins a record that has a length. @returns the argument for {@link close}. */
  open(): number {
    return this.#length;
  }

  /** Ends a record and writes its length in front of its content. */
  close(start: number): void {
    const end = this.#length;
    this.varint(splitInt64(end - start));
    const length = this.#bytes.slice(end, this.#length);
    this.#bytes.copyWithin(start + length.length, start, end);
    this.#bytes.set(length, start);
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    grown.set(this.#bytes);
    wipe(this.#bytes);
    this.#bytes = grown;
  }
}
