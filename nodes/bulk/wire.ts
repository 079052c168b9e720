/**
 * Bulk: the content of a stream, encoded and decoded; pieces.ts splits it.
 *
 * The sending node opens the stream, and begins with the name of its memory and the last number
 * that it knows to have arrived. Packets follow; they are numbered consecutively, but the numbers
 * are not transmitted.
 *
 * ```
 *  0                               8                      14
 * +-------------------------------+----------------------+
 * |  memory of the sender (8)     |  confirmed (6)       |  once
 * +---------------+---------------+----------------------+
 * |  length (4)   |  packet, 0..65,536 bytes             |  again and again
 * +---------------+------------------------- - - -
 * ```
 *
 * Length 0 stands for a packet whose lifetime was over before it was sent: it has a number, and
 * nothing is delivered for it.
 *
 * The other node sends the number of the last packet it has delivered on the same stream: first its
 * present state, then after each write of its store.
 *
 * ```
 *  0                      6
 * +----------------------+
 * |  handed over (6)     |
 * +----------------------+
 * ```
 *
 * @module
 */
import { readUint32, readUint48, writeUint32, writeUint48 } from '../_kit/bytes.ts';
import {
  HELLO_BYTES,
  LENGTH_FIELD_BYTES,
  OUTBOX_NAME_BYTES,
  PACKET_BYTES_MAX,
  PACKET_NUMBER_BYTES,
} from './geometry.ts';

/** The first message of a stream. */
export interface Hello {
  /** Random name of the sender's outbox, new after its store was lost; {@link OUTBOX_NAME_BYTES} bytes. */
  readonly memory: Uint8Array;
  /** Last number that the sender knows to have arrived; 0 before the first. */
  readonly confirmed: number;
}

/** The packet preceded by its length, in a new array. */
export function encodePacket(packet: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(LENGTH_FIELD_BYTES + packet.length);
  writeUint32(bytes, 0, packet.length);
  bytes.set(packet, LENGTH_FIELD_BYTES);
  return bytes;
}

/**
 * Reads a length of {@link LENGTH_FIELD_BYTES} bytes.
 * @returns 0..{@link PACKET_BYTES_MAX}, or undefined for an invalid length.
 */
export function decodePacketLength(bytes: Uint8Array, offset: number): number | undefined {
  const length = readUint32(bytes, offset);
  return length <= PACKET_BYTES_MAX ? length : undefined;
}

/** The bytes sent instead of a packet whose lifetime was over before it was sent: length 0. */
export const WITHDRAWN_MARK: Uint8Array = new Uint8Array(LENGTH_FIELD_BYTES);

/** Encodes the first bytes of a stream. */
export function encodeHello({ memory, confirmed }: Hello): Uint8Array {
  const bytes = new Uint8Array(HELLO_BYTES);
  bytes.set(memory);
  writeUint48(bytes, OUTBOX_NAME_BYTES, confirmed);
  return bytes;
}

/** Reads {@link HELLO_BYTES} bytes; every value is valid. */
export function decodeHello(bytes: Uint8Array): Hello {
  return {
    memory: bytes.slice(0, OUTBOX_NAME_BYTES),
    confirmed: readUint48(bytes, OUTBOX_NAME_BYTES),
  };
}

/** Encodes the number of a packet in {@link PACKET_NUMBER_BYTES} bytes. */
export function encodePacketNumber(number: number): Uint8Array {
  const bytes = new Uint8Array(PACKET_NUMBER_BYTES);
  writeUint48(bytes, 0, number);
  return bytes;
}

/** Decodes the number of a packet from {@link PACKET_NUMBER_BYTES} bytes. */
export function decodePacketNumber(bytes: Uint8Array): number {
  return readUint48(bytes, 0);
}
