/**
 * Writes CBOR in deterministic form (RFC 8949 section 4.2.1): shortest heads, definite lengths.
 *
 * @module
 */
import {
  CBOR_ARRAY,
  CBOR_BYTES,
  CBOR_MAP,
  CBOR_NEGATIVE,
  CBOR_SIMPLE,
  CBOR_TEXT,
  CBOR_UINT,
} from './cbor-reader.ts';

const FIRST_CAPACITY = 256;
/** From this many bytes on, a view and one copy are faster than a loop over the bytes. */
const LOOP_BYTES = 96;
/** Bytes of the longest head. */
const HEAD_MAX = 9;
const UINT32_VALUES = 0x1_0000_0000;
const ASCII_END = 0x80;
const FALSE = 20;
const TRUE = 21;
const NULL = 22;
const encoder = new TextEncoder();

/** Writes CBOR into a buffer that grows. */
export class CborWriter {
  bytes: Uint8Array = new Uint8Array(FIRST_CAPACITY);
  /** Number of bytes written. */
  length = 0;

  /** Starts over in the same buffer; what was written is lost. */
  reset(): void {
    this.length = 0;
  }

  /** Returns a copy of the bytes written so far. */
  taken(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  // hot: about 40 per bundle.
  /** Writes a head; `argument` is a safe integer >= 0. */
  head(major: number, argument: number): void {
    this.#reserve(HEAD_MAX);
    const { bytes, length } = this;
    const type = major << 5;
    if (argument < 24) {
      bytes[length] = type | argument;
      this.length = length + 1;
    } else if (argument < 0x100) {
      bytes[length] = type | 24;
      bytes[length + 1] = argument;
      this.length = length + 2;
    } else if (argument < 0x1_0000) {
      bytes[length] = type | 25;
      bytes[length + 1] = argument >>> 8;
      bytes[length + 2] = argument;
      this.length = length + 3;
    } else if (argument < UINT32_VALUES) {
      bytes[length] = type | 26;
      writeWord(bytes, length + 1, argument);
      this.length = length + 5;
    } else {
      bytes[length] = type | 27;
      writeWord(bytes, length + 1, Math.floor(argument / UINT32_VALUES));
      writeWord(bytes, length + 5, argument % UINT32_VALUES);
      this.length = length + HEAD_MAX;
    }
  }

  uint(value: number): void {
    this.head(CBOR_UINT, value);
  }

  /** Writes a safe integer of either sign. */
  integer(value: number): void {
    if (value < 0) this.head(CBOR_NEGATIVE, -1 - value);
    else this.head(CBOR_UINT, value);
  }

  array(count: number): void {
    this.head(CBOR_ARRAY, count);
  }

  /**
   * Writes a map in the order of its encoded keys (section 4.2.1).
   * @param pairs Keys and values that are CBOR already, in any order; no key twice.
   */
  map(pairs: readonly (readonly [key: Uint8Array, value: Uint8Array])[]): void {
    this.head(CBOR_MAP, pairs.length);
    for (const [key, value] of [...pairs].sort(([left], [right]) => inOrder(left, right))) {
      this.raw(key);
      this.raw(value);
    }
  }

  boolean(value: boolean): void {
    this.head(CBOR_SIMPLE, value ? TRUE : FALSE);
  }

  null(): void {
    this.head(CBOR_SIMPLE, NULL);
  }

  text(value: string): void {
    if (value.length < LOOP_BYTES && this.#asciiText(value)) return;
    const bytes = encoder.encode(value);
    this.head(CBOR_TEXT, bytes.length);
    this.raw(bytes);
  }

  /** Writes a short text without the encoder's array. @returns false if it is not all ASCII. */
  #asciiText(value: string): boolean {
    const before = this.length;
    this.head(CBOR_TEXT, value.length);
    this.#reserve(value.length);
    const { bytes, length } = this;
    for (let index = 0; index < value.length; index += 1) {
      const code = value.charCodeAt(index);
      if (code >= ASCII_END) {
        this.length = before;
        return false;
      }
      bytes[length + index] = code;
    }
    this.length = length + value.length;
    return true;
  }

  /** Writes the bytes from `start` to before `end` as a byte string. */
  string(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    this.head(CBOR_BYTES, end - start);
    this.raw(bytes, start, end);
  }

  /** Writes bytes that are CBOR already, from `start` to before `end`. */
  raw(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    const count = end - start;
    this.#reserve(count);
    // A loop is faster than a subarray for the short strings of headers.
    if (count < LOOP_BYTES) {
      const { bytes: target, length } = this;
      for (let index = 0; index < count; index += 1) {
        target[length + index] = bytes[start + index] as number;
      }
    } else this.bytes.set(bytes.subarray(start, end), this.length);
    this.length += count;
  }

  /** Writes one byte that is CBOR already. */
  byte(value: number): void {
    this.#reserve(1);
    this.bytes[this.length] = value;
    this.length += 1;
  }

  #reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
    grown.set(this.bytes);
    this.bytes = grown;
  }
}

function writeWord(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/** Compares two encoded keys byte by byte; neither is a prefix of the other. */
function inOrder(left: Uint8Array, right: Uint8Array): number {
  const at = left.findIndex((byte, index) => byte !== right[index]);
  return (left[at] ?? 0) - (right[at] ?? 0);
}
