/**
 * Bounds the memory for packets that clients are sending: the sum over all requests that are not
 * yet answered.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http';
import { readBody } from '../_kit/read-body.ts';

/**
 * Largest sum of the bytes of packets whose requests are not yet answered, unless a single packet
 * may be longer.
 */
const BODIES_BYTES_MAX = 33_554_432;

/** A request whose packet is being read. */
interface Reading {
  readonly request: IncomingMessage;
  /** Memory that is reserved for the request, bytes. */
  held: number;
}

/** Bounds the memory of packets whose requests are not yet answered. */
export class BodyRoom {
  readonly #packetBytesMax: number;
  readonly #bytesMax: number;
  /** Requests whose packets have not arrived completely, the oldest first. */
  readonly #reading = new Set<Reading>();
  #bytes = 0;

  /** @param packetBytesMax Longest packet, bytes. */
  constructor(packetBytesMax: number) {
    this.#packetBytesMax = packetBytesMax;
    this.#bytesMax = Math.max(BODIES_BYTES_MAX, packetBytesMax);
  }

  /** Reads a packet, and reserves memory for it until it has been used. */
  async read<Answer>(
    request: IncomingMessage,
    use: (packet: Buffer | 'too-long' | 'no-room') => Answer | Promise<Answer>,
  ): Promise<Answer> {
    const own: Reading = { request, held: 0 };
    this.#reading.add(own);
    try {
      const packet = await readBody(request, this.#packetBytesMax, (more) => this.#take(own, more));
      this.#reading.delete(own);
      return await use(packet);
    } finally {
      this.#reading.delete(own);
      this.#bytes -= own.held;
    }
  }

  /**
   * Reserves memory for a part of a packet. If there is none left, ends requests that have been
   * sending for longer than this one.
   */
  #take(own: Reading, bytes: number): boolean {
    while (this.#bytes + bytes > this.#bytesMax) {
      const [oldest] = this.#reading;
      if (oldest === undefined || oldest === own) return false;
      this.#reading.delete(oldest);
      this.#bytes -= oldest.held;
      oldest.held = 0;
      oldest.request.destroy();
    }
    this.#bytes += bytes;
    own.held += bytes;
    return true;
  }
}
