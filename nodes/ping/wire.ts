/**
 * Ping: the packet, decoded and encoded.
 *
 * ```
 *  0               1               2               3
 * +---------------+---------------+-------------------------------+
 * |  version = 1  | kind (1 or 2) |           zero (2)            |
 * +---------------+---------------+-------------------------------+
 * |                        identifier (4)                         |
 * +---------------------------------------------------------------+
 * |                           body ...                            |
 * ```
 *
 * @module
 */
import { readUint16, readUint32, writeUint16, writeUint32 } from '../_kit/bytes.ts';
import {
  HEADER_BYTES,
  IDENTIFIER_OFFSET,
  KIND_REPLY,
  KIND_REQUEST,
  PING_VERSION,
} from './geometry.ts';

/** A decoded header. The body follows it up to the end of the datagram. */
export interface PingHeader {
  readonly kind: 'request' | 'reply';
  /** Number that a reply repeats from its request, 0..2^32 - 1. */
  readonly identifier: number;
}

/** Why a datagram is not a ping packet. */
export type PingDropReason = 'truncated' | 'wrong-version' | 'unknown-kind' | 'padding-not-zero';

/** Writes a header at `offset`; {@link HEADER_BYTES} bytes. */
export function encodeHeader(header: PingHeader, buffer: Uint8Array, offset: number): void {
  buffer[offset] = PING_VERSION;
  buffer[offset + 1] = header.kind === 'request' ? KIND_REQUEST : KIND_REPLY;
  writeUint16(buffer, offset + 2, 0);
  writeUint32(buffer, offset + IDENTIFIER_OFFSET, header.identifier);
}

/**
 * Reads a header; accepts exactly what {@link encodeHeader} writes.
 * @returns the header, or the name of the drop.
 */
export function decodeHeader(
  buffer: Uint8Array,
  offset: number,
  length: number,
): PingHeader | PingDropReason {
  if (length < HEADER_BYTES) return 'truncated';
  if (buffer[offset] !== PING_VERSION) return 'wrong-version';
  const kind = buffer[offset + 1];
  if (kind !== KIND_REQUEST && kind !== KIND_REPLY) return 'unknown-kind';
  if (readUint16(buffer, offset + 2) !== 0) return 'padding-not-zero';
  const identifier = readUint32(buffer, offset + IDENTIFIER_OFFSET);
  return { kind: kind === KIND_REQUEST ? 'request' : 'reply', identifier };
}
