/**
 * The number that each packet has under the strategy `striping`, in front of the packet. The
 * sequence numbers of frames cannot be used, because probes and reports have such numbers too, and
 * frames on a dead path never arrive (docs/spec/multipath.md, "Strategies").
 *
 * ```
 * | number of the packet (8) | packet |
 * ```
 * Numbers of a sender ascend by one. They begin with its clock, in microseconds, so that those
 * after a restart are higher.
 *
 * @module
 */
import { readUint48, writeUint48 } from '../../_kit/bytes.ts';
import { PACKET_BYTES_MAX } from '../geometry.ts';

/** Bytes of the number. */
export const PACKET_NUMBER_BYTES = 8;
const LOW_AT = 2;
const LOW = 2 ** 48;
/** Numbers are safe integers, so the number in the first two bytes is below this value. */
const HIGH_END = 2 ** 5;

/** Puts numbers in front of the packets to one peer. */
export class PacketNumbers {
  readonly #buffer = new Uint8Array(PACKET_NUMBER_BYTES + PACKET_BYTES_MAX);
  readonly #clockUs: () => number;
  #next = -1;

  /** @param clockUs Returns the calendar time, microseconds since 1970. */
  constructor(clockUs: () => number) {
    this.#clockUs = clockUs;
  }

  /**
   * Puts the next number in front of a packet.
   * @returns bytes that are valid until the next call.
   */
  // hot: once per packet.
  numbered(packet: Uint8Array): Uint8Array {
    if (this.#next < 0) this.#next = this.#clockUs();
    const buffer = this.#buffer;
    const high = Math.floor(this.#next / LOW);
    buffer[0] = 0;
    buffer[1] = high;
    writeUint48(buffer, LOW_AT, this.#next - high * LOW);
    buffer.set(packet, PACKET_NUMBER_BYTES);
    return buffer.subarray(0, PACKET_NUMBER_BYTES + packet.length);
  }

  /** Called when the packet has left; only then is its number used up. */
  used(): void {
    this.#next += 1;
  }
}

/** Reads the number of a packet; undefined if it is not below 2^53, or if no packet follows it. */
export function readPacketNumber(bytes: Uint8Array): number | undefined {
  const high = bytes[1] as number;
  const isNumbered = bytes.length > PACKET_NUMBER_BYTES && bytes[0] === 0 && high < HIGH_END;
  return isNumbered ? high * LOW + readUint48(bytes, LOW_AT) : undefined;
}
