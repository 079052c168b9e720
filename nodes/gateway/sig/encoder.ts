/**
 * Packs IP packets into the SIG frames of one stream: several packets in a frame, or a packet over several frames,
 * without padding (scionproto/scion, `gateway/dataplane/encoder.go`).
 *
 * It never waits for more packets to fill a frame.
 *
 * @module
 */

import { readIpLength } from '../../../engine/pure/ip-headers.ts';
import type { SigDropReason } from './drops.ts';
import { encodeSigHeader } from './frame.ts';
import {
  IPV6_HEADER_BYTES,
  SIG_FRAME_BYTES_MIN,
  SIG_HEADER_BYTES,
  SIG_NO_PACKET_STARTS,
  SIG_QUEUE_PACKETS_MAX,
} from './geometry.ts';

/** The parameters of an encoder. */
export interface SigStream {
  /** 0..255. */
  readonly session: number;
  /**
   * 0..1,048,575. A stream belongs to one path; a new path begins a new stream (sender.go,
   * `newSender`).
   */
  readonly stream: number;
  /** Largest frame that the path carries, header included, bytes: at least 56. */
  readonly frameBytesMax: number;
}

/** Makes the frames of one stream. */
export class SigEncoder {
  readonly #of: SigStream;
  readonly #queue: Uint8Array[] = [];
  /** Number of bytes of the first packet in the queue that earlier frames have carried. */
  #sent = 0;
  #sequence = 0;

  constructor(of: SigStream) {
    if (of.frameBytesMax < SIG_FRAME_BYTES_MIN) {
      throw new RangeError(`no packet can start in a frame of ${of.frameBytesMax} bytes`);
    }
    this.#of = of;
  }

  /**
   * Adds a copy of a packet to the queue.
   * @returns why it is refused; undefined if it is not.
   */
  add(packet: Uint8Array): SigDropReason | undefined {
    // As in encoder.go, `Read`, a packet is left out if its length differs from the length that it
    // states.
    if (readIpLength(packet, 0) !== packet.length) return 'ip-malformed';
    if (this.#queue.length >= SIG_QUEUE_PACKETS_MAX) return 'sig-queue-full';
    this.#queue.push(packet.slice());
    return undefined;
  }

  /** Makes the next frame from the queued packets; undefined if none is left. */
  next(): Uint8Array | undefined {
    if (this.#queue.length === 0) return undefined;
    const { session, stream, frameBytesMax } = this.#of;
    const frame = new Uint8Array(frameBytesMax);
    let index = SIG_NO_PACKET_STARTS;
    let at = SIG_HEADER_BYTES;
    for (let packet = this.#queue[0]; packet !== undefined; packet = this.#queue[0]) {
      const isStart = this.#sent === 0;
      if (isStart && frameBytesMax - at < IPV6_HEADER_BYTES) break;
      if (isStart && index === SIG_NO_PACKET_STARTS) index = at - SIG_HEADER_BYTES;
      const part = packet.subarray(this.#sent, this.#sent + frameBytesMax - at);
      frame.set(part, at);
      at += part.length;
      this.#sent += part.length;
      if (this.#sent < packet.length) break;
      this.#queue.shift();
      this.#sent = 0;
    }
    encodeSigHeader({ session, stream, sequence: this.#sequence, index }, frame);
    this.#sequence += 1;
    return frame.subarray(0, at);
  }
}
