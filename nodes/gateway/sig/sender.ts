/**
 * Sends IP packets to one peer in SIG frames, on the path that the peer chooses. A path's frames are a stream, which
 * ends with the path: frames of one stream never overtake each other by taking another path (sender.go, `newSender`).
 *
 * @module
 */
import type { FrameDropReason } from '../drops.ts';
import { FRAME_TYPE } from '../geometry.ts';
import type { PeerContext } from '../peer-context.ts';
import type { PeerOutput } from '../peer-output.ts';
import type { UnderlayPath } from '../underlay/underlay-path.ts';
import { SigEncoder } from './encoder.ts';
import { SIG_FRAME_BYTES_MIN, SIG_SESSION, SIG_STREAM_MAX } from './geometry.ts';

/** What a {@link SigSender} uses of the gateway. */
export type SigSenderParts = Pick<PeerContext, 'sent' | 'drawStream'>;

/** Sends the packets to one peer. */
export class SigSender {
  readonly #output: PeerOutput;
  readonly #parts: SigSenderParts;
  readonly #encoders = new WeakMap<UnderlayPath, SigEncoder>();
  /** Number of the next stream: the first is drawn, and none occurs twice in a session. */
  #stream: number;

  constructor(output: PeerOutput, parts: SigSenderParts) {
    this.#output = output;
    this.#parts = parts;
    this.#stream = parts.drawStream();
  }

  /**
   * Sends a packet at once in datagrams of the class `dscp`.
   * @returns the reason if it cannot.
   */
  // hot: once per packet.
  packet(
    nowNs: number,
    underlay: UnderlayPath | undefined,
    body: Uint8Array,
    dscp: number,
  ): FrameDropReason | undefined {
    if (underlay === undefined) return 'no-session';
    // sender.go, `newSender`: a packet has a byte behind the longer header.
    if (underlay.room <= SIG_FRAME_BYTES_MIN) return 'path-too-narrow';
    const encoder = this.#encoderOf(underlay);
    const reason = encoder.add(body);
    if (reason !== undefined) return reason;
    for (let frame = encoder.next(); frame !== undefined; frame = encoder.next()) {
      this.#send(nowNs, underlay, frame, dscp);
    }
    return undefined;
  }

  #encoderOf(underlay: UnderlayPath): SigEncoder {
    const known = this.#encoders.get(underlay);
    if (known !== undefined) return known;
    const stream = this.#stream;
    this.#stream = (stream + 1) % (SIG_STREAM_MAX + 1);
    const frameBytesMax = underlay.room;
    const encoder = new SigEncoder({ session: SIG_SESSION, stream, frameBytesMax });
    this.#encoders.set(underlay, encoder);
    return encoder;
  }

  #send(nowNs: number, underlay: UnderlayPath, frame: Uint8Array, dscp: number): void {
    const { template, firstRouter, usage } = underlay;
    const length = template.length + frame.length;
    const packet = this.#output.alloc(length);
    template.begin(packet);
    packet.set(frame, template.length);
    if (!template.finish(packet, frame.length)) {
      this.#output.release(packet);
      this.#output.drop('epic-clock');
      return;
    }
    usage.sent(nowNs, frame.length);
    this.#parts.sent(FRAME_TYPE.data, length);
    // No mark for SCMP errors that quote the packet: who sees none of it could guess the bytes.
    this.#output.send(packet, length, firstRouter, dscp);
  }
}
