/**
 * The user data of clients' packets, encoded and decoded (docs/spec/mixnet.md, Clients and
 * providers).
 *
 * The recipient's provider can read these bytes: confidential content must be encrypted by the
 * application. Integers are big-endian; bytes after the last field are zero.
 *
 * ```
 * cover            | 0 |
 * fragment         | 1 | message id (16) | index (2) | count (2) | sender (32) | length (4) | data |
 * acknowledgement  | 2 | message id (16) | index (2) |
 * loop             | 3 | loop id (16) |
 * ```
 *
 * @module
 */
import { readUint16, readUint32, writeUint16, writeUint32 } from '../../_kit/bytes.ts';
import { RECIPIENT_ID_LENGTH } from '../../sphinx/index.ts';

const KIND_COVER = 0;
const KIND_FRAGMENT = 1;
const KIND_ACK = 2;
const KIND_LOOP = 3;

const KIND_LENGTH = 1;
/** Length of a message identifier, in bytes. */
export const MESSAGE_ID_LENGTH = 16;
/** Length of a loop identifier, in bytes. */
export const LOOP_ID_LENGTH = 16;
const INDEX_OFFSET: number = KIND_LENGTH + MESSAGE_ID_LENGTH;
const COUNT_OFFSET: number = INDEX_OFFSET + 2;
const SENDER_OFFSET: number = COUNT_OFFSET + 2;
const LENGTH_OFFSET: number = SENDER_OFFSET + RECIPIENT_ID_LENGTH;
/** Length of a fragment's header, in bytes. */
export const FRAGMENT_HEADER_LENGTH: number = LENGTH_OFFSET + 4;
const ACK_LENGTH: number = INDEX_OFFSET + 2;
const LOOP_LENGTH: number = KIND_LENGTH + LOOP_ID_LENGTH;

/**
 * Largest number of data bytes in a fragment; all fragments of a message but the last have this
 * length.
 */
export function fragmentDataBytesMax(userPayloadLength: number): number {
  return userPayloadLength - FRAGMENT_HEADER_LENGTH;
}

/** A part of a message. */
export interface Fragment {
  readonly kind: 'fragment';
  /** 16 bytes, fresh for each message. */
  readonly messageId: Uint8Array;
  /** Index of the fragment, 0 to `count` - 1. */
  readonly index: number;
  /** Number of fragments, 1 to 65,535. */
  readonly count: number;
  /** The sender's recipient id, 32 bytes. */
  readonly sender: Uint8Array;
  readonly data: Uint8Array;
}

/** The decoded user data of a packet that reaches a client. */
export type ClientMessage =
  | Fragment
  | { readonly kind: 'cover' }
  | { readonly kind: 'ack'; readonly messageId: Uint8Array; readonly index: number }
  | { readonly kind: 'loop'; readonly loopId: Uint8Array };

/** Encodes a message; the packet's format pads it to the fixed length of user data. */
export function encodeMessage(message: ClientMessage): Uint8Array {
  switch (message.kind) {
    case 'cover':
      return Uint8Array.of(KIND_COVER);
    case 'fragment':
      return encodeFragment(message);
    case 'ack': {
      const bytes = new Uint8Array(ACK_LENGTH);
      bytes[0] = KIND_ACK;
      bytes.set(message.messageId, KIND_LENGTH);
      writeUint16(bytes, INDEX_OFFSET, message.index);
      return bytes;
    }
    case 'loop': {
      const bytes = new Uint8Array(LOOP_LENGTH);
      bytes[0] = KIND_LOOP;
      bytes.set(message.loopId, KIND_LENGTH);
      return bytes;
    }
  }
}

function encodeFragment(fragment: Fragment): Uint8Array {
  const bytes = new Uint8Array(FRAGMENT_HEADER_LENGTH + fragment.data.length);
  bytes[0] = KIND_FRAGMENT;
  bytes.set(fragment.messageId, KIND_LENGTH);
  writeUint16(bytes, INDEX_OFFSET, fragment.index);
  writeUint16(bytes, COUNT_OFFSET, fragment.count);
  bytes.set(fragment.sender, SENDER_OFFSET);
  writeUint32(bytes, LENGTH_OFFSET, fragment.data.length);
  bytes.set(fragment.data, FRAGMENT_HEADER_LENGTH);
  return bytes;
}

/** Why user data cannot be decoded. */
export type MessageDropReason = 'message-kind' | 'fragment-format' | 'payload-format';

/**
 * Decodes user data of full length; the arrays in the result are views of `bytes`.
 * @returns the decoded user data, or the drop reason.
 */
export function decodeMessage(
  bytes: Uint8Array,
): ClientMessage | { readonly drop: MessageDropReason } {
  switch (bytes[0]) {
    case KIND_COVER:
      return isZeroFrom(bytes, KIND_LENGTH) ? { kind: 'cover' } : { drop: 'payload-format' };
    case KIND_FRAGMENT:
      return decodeFragment(bytes);
    case KIND_ACK: {
      if (bytes.length < ACK_LENGTH) return { drop: 'payload-format' };
      if (!isZeroFrom(bytes, ACK_LENGTH)) return { drop: 'payload-format' };
      const messageId = bytes.subarray(KIND_LENGTH, INDEX_OFFSET);
      return { kind: 'ack', messageId, index: readUint16(bytes, INDEX_OFFSET) };
    }
    case KIND_LOOP: {
      if (bytes.length < LOOP_LENGTH) return { drop: 'payload-format' };
      if (!isZeroFrom(bytes, LOOP_LENGTH)) return { drop: 'payload-format' };
      return { kind: 'loop', loopId: bytes.subarray(KIND_LENGTH, LOOP_LENGTH) };
    }
    default:
      return { drop: 'message-kind' };
  }
}

function decodeFragment(bytes: Uint8Array): Fragment | { readonly drop: MessageDropReason } {
  if (bytes.length < FRAGMENT_HEADER_LENGTH) return { drop: 'fragment-format' };
  const index = readUint16(bytes, INDEX_OFFSET);
  const count = readUint16(bytes, COUNT_OFFSET);
  const length = readUint32(bytes, LENGTH_OFFSET);
  const room = fragmentDataBytesMax(bytes.length);
  if (index >= count) return { drop: 'fragment-format' };
  if (length > room) return { drop: 'fragment-format' };
  // Canonical form: only the last fragment may be short, and if a message has several fragments,
  // none may be empty.
  if (index < count - 1 && length !== room) return { drop: 'fragment-format' };
  if (count > 1 && length === 0) return { drop: 'fragment-format' };
  const end = FRAGMENT_HEADER_LENGTH + length;
  if (!isZeroFrom(bytes, end)) return { drop: 'fragment-format' };
  return {
    kind: 'fragment',
    messageId: bytes.subarray(KIND_LENGTH, INDEX_OFFSET),
    index,
    count,
    sender: bytes.subarray(SENDER_OFFSET, LENGTH_OFFSET),
    data: bytes.subarray(FRAGMENT_HEADER_LENGTH, end),
  };
}

function isZeroFrom(bytes: Uint8Array, offset: number): boolean {
  for (let index = offset; index < bytes.length; index++) if (bytes[index] !== 0) return false;
  return true;
}
