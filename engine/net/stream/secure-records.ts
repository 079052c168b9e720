/**
 * Records and keystreams of the model of TLS (secure-layer.ts): sizes as in RFC 8446, contents
 * hidden by a keystream that only the two ends can make. A model, not cryptography.
 *
 * ```
 *  0      1          3          5
 * +------+----------+----------+---------------------------+------+------------+
 * | type | 03 03    | length   | plaintext, hidden         | type | tag (16)   |
 * +------+----------+----------+---------------------------+------+------------+
 * ```
 *
 * @module
 */
import { Xoshiro128 } from '../../core/random.ts';

/** Bytes of a record's header: type, version, length (RFC 8446 section 5.1). */
export const RECORD_HEADER_BYTES = 5;
/** Largest plaintext of a record (RFC 8446 section 5.1). */
export const RECORD_PLAINTEXT_BYTES_MAX = 16_384;
const TAG_BYTES = 16;
/** Bytes of a record besides its plaintext: header, inner type and tag. */
const RECORD_OVERHEAD = RECORD_HEADER_BYTES + 1 + TAG_BYTES;
/** Bytes of the largest record. */
export const TLS_RECORD_BYTES_MAX = RECORD_PLAINTEXT_BYTES_MAX + RECORD_OVERHEAD;

const APPLICATION = 23;
const BASES = [0x811c_9dc5, 0x9747_b28c, 0x2545_f491, 0x5851_f42d] as const;
const WORD_BYTES = 4;

/** Derives a random generator from a label and secret parts: only a party that knows all parts can make it. */
export function deriveRandomGenerator(label: number, parts: readonly Uint8Array[]): Xoshiro128 {
  const [a, b, c, d] = BASES.map((basis) => mixParts(basis ^ label, parts)) as [
    number,
    number,
    number,
    number,
  ];
  // The state must not be all zero, so one bit is set.
  return new Xoshiro128([a | 1, b, c, d]);
}

/** Derives `length` bytes that prove knowledge of all parts. */
export function deriveProofBytes(
  label: number,
  parts: readonly Uint8Array[],
  length: number,
): Uint8Array {
  const bytes = new Uint8Array(length);
  hide(deriveRandomGenerator(label, parts), bytes);
  return bytes;
}

/** Makes a record of a plaintext of at most {@link RECORD_PLAINTEXT_BYTES_MAX} bytes; `stream` draws its keystream. */
export function sealRecord(stream: Xoshiro128, plaintext: Uint8Array): Uint8Array {
  const record = new Uint8Array(plaintext.length + RECORD_OVERHEAD);
  writeRecordHeader(record, APPLICATION, plaintext.length + 1 + TAG_BYTES);
  record.set(plaintext, RECORD_HEADER_BYTES);
  const body = record.subarray(RECORD_HEADER_BYTES, record.length - TAG_BYTES);
  body[plaintext.length] = APPLICATION;
  hide(stream, body);
  writeTag(stream, body, record.subarray(record.length - TAG_BYTES));
  return record;
}

/**
 * Opens a record in place; `record` is header, body and tag.
 * @returns a view of the plaintext inside `record`, or undefined if the tag is wrong.
 */
export function openRecord(stream: Xoshiro128, record: Uint8Array): Uint8Array | undefined {
  const body = record.subarray(RECORD_HEADER_BYTES, record.length - TAG_BYTES);
  const hidden = body.slice();
  hide(stream, body);
  const tag = new Uint8Array(TAG_BYTES);
  writeTag(stream, hidden, tag);
  const stated = record.subarray(record.length - TAG_BYTES);
  if (tag.some((byte, i) => byte !== stated[i])) return undefined;
  return body.subarray(0, body.length - 1);
}

/** Writes the five bytes in front of a record. */
export function writeRecordHeader(record: Uint8Array, type: number, length: number): void {
  record[0] = type;
  record[1] = 3;
  record[2] = 3;
  record[3] = length >>> 8;
  record[4] = length;
}

/** XORs the keystream into the bytes. */
function hide(stream: Xoshiro128, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += WORD_BYTES) {
    const word = stream.nextU32();
    const end = Math.min(WORD_BYTES, bytes.length - at);
    for (let i = 0; i < end; i += 1) {
      bytes[at + i] = (bytes[at + i] as number) ^ (word >>> (8 * i));
    }
  }
}

function writeTag(stream: Xoshiro128, body: Uint8Array, tag: Uint8Array): void {
  for (let at = 0; at < TAG_BYTES; at += WORD_BYTES) {
    const word = mix(stream.nextU32(), body);
    for (let i = 0; i < WORD_BYTES; i += 1) tag[at + i] = word >>> (8 * i);
  }
}

/** Hashes the lengths too, so that moving bytes from one part to the next changes the result. */
function mixParts(basis: number, parts: readonly Uint8Array[]): number {
  let state = basis;
  for (const part of parts) state = mix(Math.imul(state ^ part.length, 0x85eb_ca6b), part);
  return state;
}

function mix(basis: number, bytes: Uint8Array): number {
  let state = basis;
  for (const byte of bytes) {
    const product = Math.imul(state ^ byte, 0x9e37_79b1);
    state = (product << 13) | (product >>> 19);
  }
  return state >>> 0;
}
