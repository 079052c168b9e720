/**
 * Reads the heads of CBOR data items, in place and without allocation (RFC 8949 section 3). Accepts
 * only the deterministic form: shortest arguments (section 4.2.1); tags are left to the caller.
 *
 * A head is a major type and an argument; floating-point numbers are not distinguished from simple
 * values. An argument above 2^53 - 1 is read as the nearest double, and `isExact` is then false.
 * Never reads after `end`, and refuses a length that exceeds the bytes left.
 *
 * @module
 */

/** Major type of unsigned integers (RFC 8949 section 3.1). */
export const CBOR_UINT = 0;
/** Major type of negative integers. */
export const CBOR_NEGATIVE = 1;
/** Major type of byte strings. */
export const CBOR_BYTES = 2;
/** Major type of text strings. */
export const CBOR_TEXT = 3;
/** Major type of arrays. */
export const CBOR_ARRAY = 4;
/** Major type of maps. */
export const CBOR_MAP = 5;
/** Major type of tags. */
export const CBOR_TAG = 6;
/** Major type of simple values and floating-point numbers. */
export const CBOR_SIMPLE = 7;

/** The byte that ends an item of indefinite length. */
export const CBOR_BREAK = 0xff;

const UINT32_VALUES = 0x1_0000_0000;
/** An argument with at least this value in its upper 32 bits may not be exact as a double. */
const HIGH_INEXACT = 0x20_0000;
/** Additional information: the argument is in the next 1, 2, 4 or 8 bytes. */
const IN_ONE = 24;
const IN_TWO = 25;
const IN_FOUR = 26;
const IN_EIGHT = 27;
/** Least simple value that a second byte may encode (section 3.3). */
const SIMPLE_MIN = 32;

/**
 * The bytes of a reader before it is opened; all readers share them, because an array costs more to
 * make than a reader.
 */
const NO_BYTES = new Uint8Array(0);

/** A cursor that reads heads of CBOR data items from bytes. */
export class CborReader {
  bytes: Uint8Array = NO_BYTES;
  /** Offset of the next byte to read. */
  at = 0;
  /** Offset after the last byte to read. */
  end = 0;
  /** Major type of the last head. */
  major = 0;
  /** Argument of the last head. */
  argument = 0;
  /** False if the argument of the last head was rounded to a double. */
  isExact = true;
  /** False if the last head was longer than necessary. */
  isShortest = true;

  /** A view of the content of the string that was read last. */
  get content(): Uint8Array {
    return this.bytes.subarray(this.at - this.argument, this.at);
  }

  /** Starts over, to read `bytes` from `start` to before `end`. */
  open(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  // hot: about 40 per bundle.
  /**
   * Reads one head.
   * @returns false if it is truncated, of indefinite length, reserved or longer than necessary; the
   * position is then undefined.
   */
  head(): boolean {
    return this.anyHead() && this.isShortest;
  }

  /** Like {@link head}, but also reads a head that is longer than necessary. */
  anyHead(): boolean {
    const { bytes, at } = this;
    if (at >= this.end) return false;
    const first = bytes[at] as number;
    const information = first & 0x1f;
    this.major = first >>> 5;
    this.isExact = true;
    this.isShortest = true;
    if (information < IN_ONE) {
      this.argument = information;
      this.at = at + 1;
      return true;
    }
    return this.#longHead(information, at + 1);
  }

  /** Reads a head of this major type; false for any other. */
  expect(major: number): boolean {
    return this.head() && this.major === major;
  }

  /** Reads an integer of either sign; undefined if the next item is not an integer. */
  integer(): number | undefined {
    if (!this.head() || this.major > CBOR_NEGATIVE) return undefined;
    return this.major === CBOR_UINT ? this.argument : -1 - this.argument;
  }

  /** Reads the head of a string of bytes or text and skips its content. */
  string(major: number): boolean {
    if (!this.expect(major) || this.argument > this.end - this.at) return false;
    this.at += this.argument;
    return true;
  }

  #longHead(information: number, at: number): boolean {
    const { bytes, end } = this;
    switch (information) {
      case IN_ONE:
        if (at + 1 > end) return false;
        this.argument = bytes[at] as number;
        this.at = at + 1;
        this.isShortest = this.argument >= IN_ONE;
        return this.major !== CBOR_SIMPLE || this.argument >= SIMPLE_MIN;
      case IN_TWO:
        if (at + 2 > end) return false;
        this.argument = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
        this.at = at + 2;
        this.isShortest = this.argument > 0xff;
        return true;
      case IN_FOUR:
        if (at + 4 > end) return false;
        this.argument = this.#word(at);
        this.at = at + 4;
        this.isShortest = this.argument > 0xffff;
        return true;
      case IN_EIGHT: {
        if (at + 8 > end) return false;
        const high = this.#word(at);
        this.argument = high * UINT32_VALUES + this.#word(at + 4);
        this.isExact = high < HIGH_INEXACT;
        this.at = at + 8;
        this.isShortest = high > 0;
        return true;
      }
      default:
        return false;
    }
  }

  #word(at: number): number {
    const { bytes } = this;
    return (
      (((bytes[at] as number) << 24) |
        ((bytes[at + 1] as number) << 16) |
        ((bytes[at + 2] as number) << 8) |
        (bytes[at + 3] as number)) >>>
      0
    );
  }
}
