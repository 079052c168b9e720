/**
 * Reads the records of Protobuf's wire format, in place (protobuf.dev/programming-guides/encoding,
 * here "Encoding").
 *
 * The first mistake refuses the whole message: after it nothing more is read, so the caller checks `refusal` only once,
 * at the end. Never reads after `end`, and refuses a length that exceeds the bytes left. Groups are refused.
 *
 * @module
 */

/** Wire type of varints (Encoding, "Message Structure"). */
export const PROTOBUF_WIRE_VARINT = 0;
/** Wire type of length-delimited records: strings, bytes, messages, packed fields. */
export const PROTOBUF_WIRE_LEN = 2;
/** Wire type of 32-bit numbers. */
export const PROTOBUF_WIRE_I32 = 5;
const GROUPS: readonly number[] = [3, 4];

/** Why bytes are refused, each explained in one sentence. */
export const PROTOBUF_REFUSALS = {
  truncated: 'A varint or a number of fixed length is cut off.',
  'overlong-varint': 'A varint has more than 10 bytes or more than 64 bits.',
  'field-number': 'The number of a field is 0 or above 2^29 - 1.',
  'wire-type': 'A field has another wire type than its table says, or one that does not exist.',
  group: 'A field is a group, which proto3 does not have.',
  length: 'A length exceeds what is left of the message.',
  'utf-8': 'A string is not UTF-8.',
  'unsafe-integer': 'A 64-bit integer is beyond what its table allows, 2^53 - 1.',
  'too-many-elements': 'A repeated field or a map has more elements than its table allows.',
  'too-many-unknown': 'A message has more unknown fields than are skipped.',
  'kept-twice': 'A message whose received bytes are kept comes in two parts.',
} as const;

/** The name of a reason in {@link PROTOBUF_REFUSALS}. */
export type ProtobufRefusal = keyof typeof PROTOBUF_REFUSALS;

/** A 64-bit integer as two unsigned words of 32 bits. */
export interface Int64Words {
  readonly high: number;
  readonly low: number;
}

/** Shift of the tenth byte of a varint, which has only the last of the 64 bits (Encoding, "Base 128 Varints"). */
const LAST_SHIFT = 63;
const WORD_BITS = 32;
const WORD_VALUES = 0x1_0000_0000;
const I32_BYTES = 4;
const I64_BYTES = 8;
const NOTHING = new Uint8Array(0);

/** A cursor that reads records from the bytes of a message. */
export class ProtobufReader {
  readonly bytes: Uint8Array;
  /** Offset of the next byte to read. */
  at = 0;
  /** Offset after the last byte of the record that is being read. */
  end: number;
  /** The two words of the last varint, unsigned. */
  high = 0;
  low = 0;
  /** Number and wire type of the last tag. */
  field = 0;
  wireType = 0;
  /** The first mistake; undefined if there is none. */
  refusal: ProtobufRefusal | undefined;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.end = bytes.length;
  }

  /** True if there is more to read in this record. */
  get hasMore(): boolean {
    return this.refusal === undefined && this.at < this.end;
  }

  /** Refuses the whole message, unless it is refused already. */
  refuse(why: ProtobufRefusal): void {
    this.refusal ??= why;
  }

  /** Reads a varint; it need not be as short as possible. */
  varint(): void {
    let high = 0;
    let low = 0;
    let byte = 0;
    let shift = 0;
    do {
      byte = this.bytes[this.at] as number;
      if (this.at >= this.end) this.refuse('truncated');
      else if (shift === LAST_SHIFT && byte > 1) this.refuse('overlong-varint');
      if (this.refusal !== undefined) return;
      const bits = byte & 0x7f;
      if (shift < WORD_BITS) low |= bits << shift;
      // The seven bits from bit 28 on belong to both words.
      if (shift >= WORD_BITS) high |= bits << (shift - WORD_BITS);
      else if (shift > WORD_BITS - 7) high |= bits >>> (WORD_BITS - shift);
      this.at += 1;
      shift += 7;
    } while (byte > 0x7f);
    this.high = high >>> 0;
    this.low = low >>> 0;
  }

  /** Reads the tag of a record. */
  tag(): void {
    this.varint();
    this.wireType = this.low & 7;
    this.field = this.low >>> 3;
    if (this.high !== 0 || this.field === 0) this.refuse('field-number');
    else if (this.wireType > PROTOBUF_WIRE_I32) this.refuse('wire-type');
    else if (GROUPS.includes(this.wireType)) this.refuse('group');
  }

  /** True if the last tag has this wire type; refuses any other. */
  expect(wireType: number): boolean {
    if (this.wireType !== wireType) this.refuse('wire-type');
    return this.wireType === wireType;
  }

  /** Reads a float (Encoding, "Non-varint Numbers"). */
  float(): number {
    const { buffer, byteOffset } = this.#passed(I32_BYTES, 'truncated');
    if (this.refusal !== undefined) return 0;
    return new DataView(buffer, byteOffset, I32_BYTES).getFloat32(0, true);
  }

  /** Reads the content of a record that has a length. @returns a view of the content. */
  content(): Uint8Array {
    this.varint();
    return this.#passed(this.high * WORD_VALUES + this.low, 'length');
  }

  /** Enters a record that has a length. @returns the argument for {@link leave}. */
  enter(): number {
    const outer = this.end;
    const { length } = this.content();
    this.at -= length;
    this.end = this.at + length;
    return outer;
  }

  /** Leaves a record that was read to its end. */
  leave(outer: number): void {
    this.end = outer;
  }

  /** Passes over the value of an unknown field. */
  skip(): void {
    if (this.wireType === PROTOBUF_WIRE_VARINT) this.varint();
    else if (this.wireType === PROTOBUF_WIRE_LEN) this.content();
    else this.#passed(this.wireType === PROTOBUF_WIRE_I32 ? I32_BYTES : I64_BYTES, 'truncated');
  }

  /** Reads the next `count` bytes; if there are fewer, refuses the message and returns none. */
  #passed(count: number, otherwise: ProtobufRefusal): Uint8Array {
    if (count > this.end - this.at) this.refuse(otherwise);
    if (this.refusal !== undefined) return NOTHING;
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }
}
