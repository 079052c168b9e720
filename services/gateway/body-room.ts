/**
 * Room for the packets that clients are sending, of all requests together, until each is answered.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http';
import { readBody } from '../_kit/read-body.ts';

/** Largest sum of bytes of packets whose requests are not answered, unless one packet may be longer. */
const BODIES_BYTES_MAX = 33_554_432;

/** A request whose packet is being read. */
interface Reading {
  readonly request: IncomingMessage;
  /** Room that it holds, bytes. */
  held: number;
}

/** Bounds the packets of requests that have no answer yet. */
export class BodyRoom {
  readonly #packetBytesMax: number;
  readonly #bytesMax: number;
  /** Requests whose packets are not there yet, the oldest first. */
  readonly #reading = new Set<Reading>();
  #bytes = 0;

  /** @param packetBytesMax Longest packet, bytes. */
  constructor(packetBytesMax: number) {
    this.#packetBytesMax = packetBytesMax;
    this.#bytesMax = Math.max(BODIES_BYTES_MAX, packetBytesMax);
  }

  /** Reads a packet, and holds room for it until it has been used. */
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

  /** Takes room for a part. If there is none, requests that have been sending for longer than this one end. */
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
