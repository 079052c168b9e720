/**
 * The frames of a store, on a simulated disk and in a file (engine/host/store.ts,
 * docs/spec/link-model.md#clocks-and-disks-of-hosts): records of the log, entries of the table,
 * deletions and truncations in the order in which they were written.
 *
 * ```text
 *   kind (1)  length (4)  CRC-32C (4)  payload
 *   payload of an entry: length of the key (2), key in UTF-8, value
 * ```
 *
 * The checksum (RFC 3720 appendix B.4) covers kind, length and payload, so a torn or flipped tail is
 * cut off and never returned.
 *
 * @module
 */
import { crc32c } from '../pure/crc32c.ts';

/** Kind of a frame that appends a record to the log. */
export const RECORD_FRAME = 1;
/** Kind of a frame that writes an entry of the table. */
export const PUT_FRAME = 2;
/** Kind of a frame that deletes an entry of the table. */
export const DELETE_FRAME = 3;
/** Kind of a frame that empties the log. */
export const TRUNCATE_FRAME = 4;

const FRAME_BYTES = 9;
const LENGTH_OFFSET = 1;
const CHECKSUM_OFFSET = 5;
const KEY_LENGTH_BYTES = 2;
/** The longest key that its length field can hold, in bytes of UTF-8. */
const KEY_BYTES_MAX = 0xffff;
/** From this code unit on, UTF-8 takes several bytes. */
const ASCII_END = 0x80;
/** One half of a surrogate pair of UTF-16: UTF-8 cannot encode it, so a key with it would be read back differently. */
const LONE_SURROGATE = /\p{Surrogate}/u;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A frame that was read from a disk. */
export interface StoreFrame {
  readonly kind: number;
  readonly payload: Uint8Array;
  /** The whole frame: header and payload. */
  readonly whole: Uint8Array;
}

/** Makes a frame: kind, length, checksum and payload. */
// hot: once per packet of a mix; byte by byte, since taking a view of a short array moves it out of
// the heap.
export function makeFrame(kind: number, payload: Uint8Array): Uint8Array {
  const frame = newFrame(kind, payload.length);
  frame.set(payload, FRAME_BYTES);
  return sealed(frame);
}

function newFrame(kind: number, payloadBytes: number): Uint8Array {
  const frame = new Uint8Array(FRAME_BYTES + payloadBytes);
  frame[0] = kind;
  writeUint32(frame, LENGTH_OFFSET, payloadBytes);
  return frame;
}

/** Writes the checksum into a frame, and returns the frame. */
function sealed(frame: Uint8Array): Uint8Array {
  writeUint32(frame, CHECKSUM_OFFSET, frameChecksum(frame, 0, frame.length));
  return frame;
}

/**
 * The frame of a table entry.
 * @throws RangeError if the key is longer than 65,535 bytes or is not well-formed text.
 */
export function makeEntryFrame(
  kind: typeof PUT_FRAME | typeof DELETE_FRAME,
  key: string,
  value: Uint8Array,
): Uint8Array {
  // `TextEncoder` makes an array for each key, which costs more than the rest of a short frame, so
  // ASCII keys are copied byte by byte.
  const name = isAscii(key) ? undefined : encoder.encode(key);
  const nameBytes = name?.length ?? key.length;
  if (nameBytes > KEY_BYTES_MAX) {
    throw new RangeError(`a key has at most ${KEY_BYTES_MAX} bytes, got ${nameBytes}`);
  }
  if (name !== undefined && LONE_SURROGATE.test(key)) {
    throw new RangeError(`a key must be well-formed text: ${key}`);
  }
  const frame = newFrame(kind, KEY_LENGTH_BYTES + nameBytes + value.length);
  frame[FRAME_BYTES] = nameBytes >>> 8;
  frame[FRAME_BYTES + 1] = nameBytes;
  const nameAt = FRAME_BYTES + KEY_LENGTH_BYTES;
  if (name !== undefined) frame.set(name, nameAt);
  else for (let i = 0; i < nameBytes; i += 1) frame[nameAt + i] = key.charCodeAt(i);
  frame.set(value, nameAt + nameBytes);
  return sealed(frame);
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) >= ASCII_END) return false;
  return true;
}

/** Splits a whole valid frame into kind and payload. */
export function parseFrame(whole: Uint8Array): StoreFrame {
  return { kind: whole[0] as number, payload: whole.subarray(FRAME_BYTES), whole };
}

/** Frames from the start up to the first invalid one. */
export function parseValidFrames(bytes: Uint8Array): StoreFrame[] {
  const frames: StoreFrame[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  while (at + FRAME_BYTES <= bytes.length) {
    const end = at + FRAME_BYTES + view.getUint32(at + LENGTH_OFFSET);
    if (end > bytes.length) break;
    if (view.getUint32(at + CHECKSUM_OFFSET) !== frameChecksum(bytes, at, end)) break;
    frames.push(parseFrame(bytes.subarray(at, end)));
    at = end;
  }
  return frames;
}

/** The key that a frame puts or deletes; undefined for other frames. */
export function entryKey({ kind, payload }: StoreFrame): string | undefined {
  if (kind !== PUT_FRAME && kind !== DELETE_FRAME) return undefined;
  return decoder.decode(payload.subarray(KEY_LENGTH_BYTES, valueStart(payload)));
}

/** Copies the value from a frame that writes an entry. */
export function entryValue({ payload }: StoreFrame): Uint8Array {
  return payload.slice(valueStart(payload));
}

function valueStart(payload: Uint8Array): number {
  return KEY_LENGTH_BYTES + (((payload[0] as number) << 8) | (payload[1] as number));
}

/**
 * The frames that no later frame has made void, in their order: the last frame of each entry, and the records after the
 * last truncation. Deletions and that truncation remain, since they may make frames void that are stored elsewhere.
 */
export function withoutVoidFrames(frames: readonly StoreFrame[]): readonly StoreFrame[] {
  const cut = frames.findLastIndex(({ kind }) => kind === TRUNCATE_FRAME);
  const keys = frames.map(entryKey);
  const latest = new Map<string, number>();
  for (const [index, key] of keys.entries()) if (key !== undefined) latest.set(key, index);
  return frames.filter((_, index) => {
    const key = keys[index];
    return key === undefined ? index >= cut : latest.get(key) === index;
  });
}

/** The frames of the content of a whole store: its records, and its entries that were not deleted. */
export function storeContentFrames(frames: readonly StoreFrame[]): readonly StoreFrame[] {
  return withoutVoidFrames(frames).filter(
    ({ kind }) => kind === RECORD_FRAME || kind === PUT_FRAME,
  );
}

/** Concatenates all parts. */
export function concatByteArrays(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function frameChecksum(bytes: Uint8Array, start: number, end: number): number {
  const head = crc32c(bytes, 0, start, start + CHECKSUM_OFFSET);
  return crc32c(bytes, head, start + FRAME_BYTES, end);
}

function writeUint32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 24;
  bytes[offset + 1] = value >>> 16;
  bytes[offset + 2] = value >>> 8;
  bytes[offset + 3] = value;
}
