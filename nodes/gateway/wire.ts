/**
 * The gateway's frame: a deterministic CBOR array `[1, type, epoch, sequence, timestamp, fragment,
 * fragments, ciphertext]`, coded by hand (RFC 8949 section 4.2.1; docs/spec/gateway-frame.md,
 * Frame). `geometry.ts` has the layout and says which bytes are associated data.
 *
 * The decoder accepts exactly the canonical form and returns a reason otherwise. Both directions
 * work in the caller's buffer and record and allocate nothing. No cryptography and no policy here.
 *
 * @module
 */
import { readUint32, writeUint16, writeUint32 } from '../_kit/bytes.ts';
import type { WireDropReason } from './drops.ts';
import {
  EPOCH_MAX,
  FRAGMENTS_MAX,
  FRAME_CBOR_ITEMS,
  FRAME_TYPE,
  FRAME_TYPE_MAX,
  FRAME_VERSION,
  type FrameType,
  NONCE_BYTES,
} from './geometry.ts';

// RFC 8949 section 3.1: the major type is in the upper three bits of an item's first byte.
const MAJOR_BYTES = 0x40;
const MAJOR_ARRAY = 0x80;
const MAJOR_MASK = 0xe0;
const INFO_MASK = 0x1f;
const INFO_ONE = 24;
const INFO_TWO = 25;
const INFO_FOUR = 26;
const INFO_EIGHT = 27;
const TWO_32 = 0x1_0000_0000;
/** The upper 32 bits of a safe integer are below this value. */
const SAFE_HIGH_END = 0x20_0000;

/** The `sequence` values of handshake messages. */
export const HANDSHAKE_MESSAGE_SEQUENCE = { opening: 0, answer: 1, cookie: 2 } as const;

/** A frame's header as numbers; create one per socket and reuse it. */
export class FrameHeader {
  type: FrameType = FRAME_TYPE.data;
  /** Epoch, 0 to 2^32-1. */
  epoch = 0;
  /** 0..2^53-1, one space per (peer, direction, epoch), shared by all paths and types. */
  sequence = 0;
  /** Microseconds since 1970 by the sender's clock, 0..2^53-1. */
  timestamp = 0;
  /** Position of this fragment in its packet, 0..fragments-1. */
  fragment = 0;
  /** Number of fragments of the packet, 1..1024. */
  fragments = 1;
  /** Offset of the frame in its buffer; the associated data is `[start, body)`. Set by decoding. */
  start = 0;
  /** Offset of the ciphertext in its buffer. Set by decoding. */
  body = 0;
  /** Bytes of the ciphertext with its tag. Set by decoding. */
  bodyLength = 0;
}

/**
 * The offset that `readArgument` returns in addition to the value; a module variable, so that nothing
 * is allocated.
 */
let cursor = 0;

// Negative answers of `readArgument`; values are never negative.
const TRUNCATED = -1;
const SHAPE = -2;
const LONG_FORM = -3;
const UNSAFE = -4;

function dropOf(code: number): WireDropReason {
  if (code === TRUNCATED) return 'malformed-truncated';
  if (code === SHAPE) return 'malformed-shape';
  return code === LONG_FORM ? 'malformed-canonical' : 'malformed-range';
}

/** Reads the argument of an item with this major type at `cursor`, or returns why not. */
function readArgument(bytes: Uint8Array, end: number, major: number): number {
  if (cursor >= end) return TRUNCATED;
  const first = bytes[cursor] as number;
  if ((first & MAJOR_MASK) !== major) return SHAPE;
  const info = first & INFO_MASK;
  if (info < INFO_ONE) {
    cursor += 1;
    return info;
  }
  return readLong(bytes, end, info);
}

function readLong(bytes: Uint8Array, end: number, info: number): number {
  // RFC 8949 section 3: 28 to 30 are reserved, 31 is the indefinite length, which section 4.2.1
  // forbids.
  if (info > INFO_EIGHT) return SHAPE;
  const at = cursor + 1;
  const width = 1 << (info - INFO_ONE);
  if (at + width > end) return TRUNCATED;
  cursor = at + width;
  if (info === INFO_EIGHT) return readEight(bytes, at);
  if (info === INFO_FOUR) return atLeast(readUint32(bytes, at), 0x1_0000);
  if (info === INFO_TWO) {
    return atLeast(((bytes[at] as number) << 8) | (bytes[at + 1] as number), 0x100);
  }
  return atLeast(bytes[at] as number, INFO_ONE);
}

function readEight(bytes: Uint8Array, at: number): number {
  const high = readUint32(bytes, at);
  if (high === 0) return LONG_FORM;
  if (high >= SAFE_HIGH_END) return UNSAFE;
  return high * TWO_32 + readUint32(bytes, at + 4);
}

/** RFC 8949 section 4.2.1: the argument must be as short as possible. */
function atLeast(value: number, smallest: number): number {
  return value < smallest ? LONG_FORM : value;
}

/** Writes one item head in its shortest form and returns the offset after it. */
function writeArgument(bytes: Uint8Array, at: number, major: number, value: number): number {
  if (value < INFO_ONE) {
    bytes[at] = major | value;
    return at + 1;
  }
  if (value < 0x100) {
    bytes[at] = major | INFO_ONE;
    bytes[at + 1] = value;
    return at + 2;
  }
  if (value < 0x1_0000) {
    bytes[at] = major | INFO_TWO;
    writeUint16(bytes, at + 1, value);
    return at + 3;
  }
  if (value < TWO_32) {
    bytes[at] = major | INFO_FOUR;
    writeUint32(bytes, at + 1, value);
    return at + 5;
  }
  bytes[at] = major | INFO_EIGHT;
  const low = value % TWO_32;
  writeUint32(bytes, at + 1, (value - low) / TWO_32);
  writeUint32(bytes, at + 5, low);
  return at + 9;
}

/**
 * Writes the array head and the seven integers of a frame: a header without its byte-string head.
 * @param header Fields within the ranges of {@link FrameHeader}; the caller guarantees that.
 * @returns the offset after the last byte written.
 */
export function encodeHeaderIntegers(
  header: FrameHeader,
  target: Uint8Array,
  offset: number,
): number {
  target[offset] = MAJOR_ARRAY | FRAME_CBOR_ITEMS;
  target[offset + 1] = FRAME_VERSION;
  target[offset + 2] = header.type;
  let at = writeArgument(target, offset + 3, 0, header.epoch);
  at = writeArgument(target, at, 0, header.sequence);
  at = writeArgument(target, at, 0, header.timestamp);
  at = writeArgument(target, at, 0, header.fragment);
  return writeArgument(target, at, 0, header.fragments);
}

/**
 * Writes a frame's header, which is its associated data.
 * @param bodyLength Bytes of the ciphertext with its tag, 0..65,535.
 * @param offset Where in `target` the frame begins; at most 35 bytes are written from there.
 * @returns the offset at which the ciphertext begins.
 */
// hot: 42 ns for a header of 23 bytes (bench/frame.ts).
export function encodeHeader(
  header: FrameHeader,
  bodyLength: number,
  target: Uint8Array,
  offset: number,
): number {
  return writeArgument(
    target,
    encodeHeaderIntegers(header, target, offset),
    MAJOR_BYTES,
    bodyLength,
  );
}

/**
 * Reads the frame that fills `bytes[offset .. offset + length)` exactly into `header`.
 * @returns undefined, or why the bytes are rejected; `header` is then partly overwritten.
 */
// hot: 61 ns for a header of 23 bytes (bench/frame.ts).
export function decodeFrame(
  bytes: Uint8Array,
  offset: number,
  length: number,
  header: FrameHeader,
): WireDropReason | undefined {
  const end = offset + length;
  if (length === 0) return 'malformed-truncated';
  if (bytes[offset] !== (MAJOR_ARRAY | FRAME_CBOR_ITEMS)) return 'malformed-shape';
  cursor = offset + 1;
  const version = readArgument(bytes, end, 0);
  if (version < 0) return dropOf(version);
  if (version !== FRAME_VERSION) return 'malformed-version';
  const type = readArgument(bytes, end, 0);
  if (type < 0) return dropOf(type);
  if (type > FRAME_TYPE_MAX) return 'malformed-type';
  header.type = type as FrameType;
  return decodeNumbers(bytes, end, header) ?? decodeBody(bytes, offset, end, header);
}

function decodeNumbers(
  bytes: Uint8Array,
  end: number,
  header: FrameHeader,
): WireDropReason | undefined {
  const epoch = readArgument(bytes, end, 0);
  if (epoch < 0) return dropOf(epoch);
  const sequence = readArgument(bytes, end, 0);
  if (sequence < 0) return dropOf(sequence);
  const timestamp = readArgument(bytes, end, 0);
  if (timestamp < 0) return dropOf(timestamp);
  const fragment = readArgument(bytes, end, 0);
  if (fragment < 0) return dropOf(fragment);
  const fragments = readArgument(bytes, end, 0);
  if (fragments < 0) return dropOf(fragments);
  header.epoch = epoch;
  header.sequence = sequence;
  header.timestamp = timestamp;
  header.fragment = fragment;
  header.fragments = fragments;
  return checkRanges(header);
}

function checkRanges(header: FrameHeader): WireDropReason | undefined {
  if (header.epoch > EPOCH_MAX) return 'malformed-range';
  if (header.fragments > FRAGMENTS_MAX) return 'malformed-range';
  if (header.fragment >= header.fragments) return 'malformed-range';
  // A packet is identified by the sequence of its first fragment, which cannot be negative.
  if (header.fragment > header.sequence) return 'malformed-range';
  return undefined;
}

function decodeBody(
  bytes: Uint8Array,
  start: number,
  end: number,
  header: FrameHeader,
): WireDropReason | undefined {
  const bodyLength = readArgument(bytes, end, MAJOR_BYTES);
  if (bodyLength < 0) return dropOf(bodyLength);
  if (cursor + bodyLength > end) return 'malformed-truncated';
  if (cursor + bodyLength < end) return 'malformed-shape';
  header.start = start;
  header.body = cursor;
  header.bodyLength = bodyLength;
  return undefined;
}

/** Which handshake message a frame of type `handshake` is; undefined for none. */
export function handshakeMessageKind(
  header: FrameHeader,
): keyof typeof HANDSHAKE_MESSAGE_SEQUENCE | undefined {
  if (header.fragments !== 1) return undefined;
  switch (header.sequence) {
    case HANDSHAKE_MESSAGE_SEQUENCE.opening:
      return 'opening';
    case HANDSHAKE_MESSAGE_SEQUENCE.answer:
      return 'answer';
    case HANDSHAKE_MESSAGE_SEQUENCE.cookie:
      return 'cookie';
    default:
      return undefined;
  }
}

/** Writes the nonce of a frame: epoch (4 bytes) and sequence (8 bytes), big-endian. */
export function writeNonce(nonce: Uint8Array, epoch: number, sequence: number): void {
  const low = sequence % TWO_32;
  writeUint32(nonce, 0, epoch);
  writeUint32(nonce, NONCE_BYTES - 8, (sequence - low) / TWO_32);
  writeUint32(nonce, NONCE_BYTES - 4, low);
}
