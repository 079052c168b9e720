/**
 * Bytes: big-endian integers, hexadecimal text, comparison and concatenation of `Uint8Array`s.
 *
 * The readers do not check bounds: a caller checks the length once and reads often. Reading past
 * the end yields a number made of zeros, never an exception. No formats and no protocols here.
 *
 * @module
 */
import { joinBytes } from '../../engine/pure/join-bytes.ts';

const BYTE_VALUES = 0x100;
const UINT16_VALUES = 0x1_0000;
const UINT32_VALUES = 0x1_0000_0000;
const HEX_DIGIT = /^[0-9a-f]*$/i;
/** Code of the digit 9; letters come after it. */
const DIGIT_9 = 0x39;
const HEX: readonly string[] = Array.from({ length: BYTE_VALUES }, (_, value) =>
  value.toString(16).padStart(2, '0'),
);

/** Reads an unsigned 16-bit big-endian integer at `offset`. */
export function readUint16(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] as number) << 8) | (bytes[offset + 1] as number);
}

/** Reads an unsigned 32-bit big-endian integer at `offset`. */
export function readUint32(bytes: Uint8Array, offset: number): number {
  return (
    (((bytes[offset] as number) << 24) |
      ((bytes[offset + 1] as number) << 16) |
      ((bytes[offset + 2] as number) << 8) |
      (bytes[offset + 3] as number)) >>>
    0
  );
}

/** Reads an unsigned 48-bit big-endian integer at `offset`; it always fits a safe integer. */
export function readUint48(bytes: Uint8Array, offset: number): number {
  return readUint16(bytes, offset) * UINT32_VALUES + readUint32(bytes, offset + 2);
}

/** Reads an unsigned 64-bit big-endian integer at `offset`. For codecs, not for hot state. */
export function readUint64(bytes: Uint8Array, offset: number): bigint {
  return (BigInt(readUint32(bytes, offset)) << 32n) | BigInt(readUint32(bytes, offset + 4));
}

/** Writes the low 16 bits of `value`, big-endian, at `offset`. */
export function writeUint16(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 8;
  bytes[offset + 1] = value;
}

/** Writes the low 32 bits of `value`, big-endian, at `offset`. */
export function writeUint32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 24;
  bytes[offset + 1] = value >>> 16;
  bytes[offset + 2] = value >>> 8;
  bytes[offset + 3] = value;
}

/** Writes `value` (0 … 2^48-1) as 48 bits, big-endian, at `offset`. */
export function writeUint48(bytes: Uint8Array, offset: number, value: number): void {
  writeUint16(bytes, offset, Math.floor(value / UINT32_VALUES) % UINT16_VALUES);
  writeUint32(bytes, offset + 2, value % UINT32_VALUES);
}

/** Writes the low 64 bits of `value`, big-endian, at `offset`. For codecs, not for hot state. */
export function writeUint64(bytes: Uint8Array, offset: number, value: bigint): void {
  writeUint32(bytes, offset, Number((value >> 32n) & 0xffff_ffffn));
  writeUint32(bytes, offset + 4, Number(value & 0xffff_ffffn));
}

/** Prints bytes as lower-case hexadecimal text without separators. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += HEX[byte];
  return text;
}

/**
 * Converts a hash to a text that serves as key of a Map, with one character for each byte: half as long as
 * {@link toHex}, and made in a fourth of the steps.
 * @param hash Its length is a multiple of 4.
 */
export function mapKeyOfHash(hash: Uint8Array): string {
  let text = '';
  for (let at = 0; at < hash.length; at += 4) {
    const [first, second] = [hash[at] as number, hash[at + 1] as number];
    text += String.fromCharCode(first, second, hash[at + 2] as number, hash[at + 3] as number);
  }
  return text;
}

/**
 * Reads hexadecimal text, upper or lower case, without separators.
 * @throws RangeError when the text has an odd length or another character.
 * @example fromHex('00ff') // Uint8Array [0, 255]
 */
export function fromHex(text: string): Uint8Array {
  if (text.length % 2 !== 0) throw new RangeError(`hex text has odd length ${text.length}`);
  if (!HEX_DIGIT.test(text)) throw new RangeError('hex text has a character outside 0-9, a-f');
  const bytes = new Uint8Array(text.length / 2);
  for (let index = 0; index < bytes.length; index++) {
    const [high, low] = [text.charCodeAt(2 * index), text.charCodeAt(2 * index + 1)];
    bytes[index] = 16 * digitOf(high) + digitOf(low);
  }
  return bytes;
}

/** The value of a hexadecimal digit with this code. */
function digitOf(code: number): number {
  return code <= DIGIT_9 ? code & 0xf : (code & 0xf) + 9;
}

/**
 * Compares public bytes; stops at the first difference, so use CryptoProvider.equal for secrets.
 */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) {
    if (left[index] !== right[index]) return false;
  }
  return true;
}

/** Compares byte arrays in lexicographic order; returns a negative number, zero or a positive one, for `Array.sort`. */
export function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const difference = (left[index] as number) - (right[index] as number);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** Joins the parts into one new array. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  return concatByteList(parts);
}

/** Like {@link concatBytes}, for lists of any length. */
export function concatByteList(parts: readonly Uint8Array[]): Uint8Array {
  return joinBytes(parts);
}
