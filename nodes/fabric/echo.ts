/**
 * Fabric: the answer of a node that answers calls by itself: a checksum and the length of the payload,
 * so that its caller knows that all of it came.
 *
 * @module
 */
import { crc32c } from '../../engine/pure/crc32c.ts';
import { readUint32, writeUint32 } from '../_kit/bytes.ts';

const LENGTH_OFFSET = 4;
/** Bytes of the shortest answer. */
const REPLY_MIN = 8;

/** The answer to a call, filled up with zeros to `length` bytes. */
export function checksumReply(payload: Uint8Array, length: number): Uint8Array {
  const reply = new Uint8Array(Math.max(REPLY_MIN, length));
  writeUint32(reply, 0, crc32c(payload));
  writeUint32(reply, LENGTH_OFFSET, payload.length);
  return reply;
}

/** True if `reply` is the answer to a call with this payload. */
export function isReplyTo(payload: Uint8Array, reply: Uint8Array): boolean {
  return (
    reply.length >= REPLY_MIN &&
    readUint32(reply, 0) === crc32c(payload) &&
    readUint32(reply, LENGTH_OFFSET) === payload.length
  );
}
