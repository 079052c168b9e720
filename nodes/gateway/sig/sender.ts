/**
 * Sends IP packets to one peer in SIG frames, on the path that the peer chooses. The frames on one
 * path form a stream, which ends with the path, so that frames of one stream never overtake each
 * other on another path (sender.go, `newSender`).
 *
 * @module
 */
import type { FrameDropReason } from '../drops.ts';
import { FRAME_TYPE } from '../geometry.ts';
import type { PeerContext } from '../peer-context.ts';
import type { PeerOutput } from '../peer-output.ts';
import type { UnderlayPath } from '../underlay/underlay-path.ts';
import { SigEncoder } from './encoder.ts';
import { SIG_FRAME_BYTES_MIN, SIG_SESSION, SIG_STREAM_NUMBER_MAX } from './geometry.ts';

/** The parts of the gateway that a {@link SigSender} uses. */
export type SigSenderParts = Pick<PeerContext, 'sent' | 'drawStream'>;

/** Sends the packets to one peer. */
export class SigSender {
  readonly #output: PeerOutput;
  readonly #parts: SigSenderParts;
  readonly #encoders = new WeakMap<UnderlayPath, SigEncoder>();
  /**
   * Number of the next stream. The first one is drawn at random; no number occurs twice in a
   * session.
   */
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
    // As in sender.go, `newSender`, the frame must have room for one byte of a packet after the
    // longest header.
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
    this.#stream = (stream + 1) % (SIG_STREAM_NUMBER_MAX + 1);
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
    // No mark is kept for SCMP errors that quote the packet, because even an attacker who has not
    // seen it could guess its bytes.
    this.#output.send(packet, length, firstRouter, dscp);
  }
}
