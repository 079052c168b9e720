/**
 * Bulk: what stands on a stream, encoded and decoded; machine.ts cuts it into pieces.
 *
 * The node that sends opens the stream, and begins with its memory and the last number that it knows
 * to have arrived. Packets follow; they have numbers, one after the other, which are not written.
 *
 * ```
 *  0                               8                      14
 * +-------------------------------+----------------------+
 * |  memory of the sender (8)     |  confirmed (6)       |  once
 * +---------------+---------------+----------------------+
 * |  length (4)   |  packet, 1..65,536 bytes             |  again and again
 * +---------------+------------------------- - - -
 * ```
 *
 * The other node says on the same stream which number it has handed over last: first where it stands,
 * then after each write of its store.
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
import { HELLO_BYTES, LENGTH_BYTES, MEMORY_BYTES, NUMBER_BYTES, PACKET_MAX } from './geometry.ts';

/** How a stream begins. */
export interface Hello {
  /** Names what the sender remembers; another one after it has lost that, {@link MEMORY_BYTES}. */
  readonly memory: Uint8Array;
  /** Last number of which the sender knows that it arrived; 0 before the first. */
  readonly confirmed: number;
}

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

/** The first bytes of a stream. */
export function encodeHello({ memory, confirmed }: Hello): Uint8Array {
  const bytes = new Uint8Array(HELLO_BYTES);
  bytes.set(memory);
  writeUint48(bytes, MEMORY_BYTES, confirmed);
  return bytes;
}

/** Reads {@link HELLO_BYTES} bytes; every value is one that a sender may have. */
export function decodeHello(bytes: Uint8Array): Hello {
  return { memory: bytes.slice(0, MEMORY_BYTES), confirmed: readUint48(bytes, MEMORY_BYTES) };
}

/** A number of a packet. */
export function encodeNumber(number: number): Uint8Array {
  const bytes = new Uint8Array(NUMBER_BYTES);
  writeUint48(bytes, 0, number);
  return bytes;
}

/** Reads {@link NUMBER_BYTES} bytes. */
export function decodeNumber(bytes: Uint8Array): number {
  return readUint48(bytes, 0);
}
