/**
 * Room for the packets that clients are sending, of all requests together, until each is answered.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http';
import { readBody } from '../_kit/read-body.ts';

/** Largest sum of bytes of packets whose requests are not answered, unless one packet may be longer. */
const BODIES_BYTES_MAX = 33_554_432;

/** Bounds the packets of requests that have no answer yet. */
export class BodyRoom {
  readonly #packetBytesMax: number;
  readonly #bytesMax: number;
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
    let held = 0;
    const take = (bytes: number): boolean => {
      if (this.#bytes + bytes > this.#bytesMax) return false;
      this.#bytes += bytes;
      held += bytes;
      return true;
    };
    try {
      return await use(await readBody(request, this.#packetBytesMax, take));
    } finally {
      this.#bytes -= held;
    }
  }
}
