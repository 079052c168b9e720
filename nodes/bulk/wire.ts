/**
 * Bulk: a packet on the stream, encoded; machine.ts decodes.
 *
 * ```
 *  0               4
 * +---------------+------------------------- - - -
 * |  length (4)   |  packet, 1..65,536 bytes
 * +---------------+------------------------- - - -
 * ```
 *
 * @module
 */
import { readUint32, writeUint32 } from '../_kit/bytes.ts';
import { LENGTH_BYTES, PACKET_MAX } from './geometry.ts';

/** The packet with its length in front, in a new array. */
export function encodePacket(packet: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(LENGTH_BYTES + packet.length);
  writeUint32(bytes, 0, packet.length);
  bytes.set(packet, LENGTH_BYTES);
  return bytes;
}

/**
 * Reads a length of {@link LENGTH_BYTES} bytes.
 * @returns 1..{@link PACKET_MAX}, or undefined when no packet has that length.
 */
export function decodeLength(bytes: Uint8Array, offset: number): number | undefined {
  const length = readUint32(bytes, offset);
  return length >= 1 && length <= PACKET_MAX ? length : undefined;
}
