/**
 * Seals frames for one peer and sends them on an underlay path: application packets in one frame or in
 * fragments, small frames, and handshake messages, which are already complete.
 *
 * It chooses no path; the peer does.
 *
 * @module
 */
import { NETWORK_CONTROL } from '../../engine/pure/traffic-class.ts';
import type { FrameDrop } from './drops.ts';
import { fitsOneFrame, planFragments } from './fragment.ts';
import { FRAME_OVERHEAD_MAX, FRAME_TYPE, type FrameType } from './geometry.ts';
import { launch } from './launch.ts';
import type { PeerContext } from './peer-context.ts';
import type { Session } from './session.ts';
import type { UnderlayPath } from './underlay/underlay-path.ts';
import { FrameHeader } from './wire.ts';

/** Receives notifications about data frames. */
export interface DataListener {
  /** The packet's first frame has been sealed and is about to leave. */
  sealed(header: FrameHeader): void;
  /** Called when a frame has left. */
  sent(now: number, sequence: number): void;
}

/** Sends frames to one peer. */
export class Sender {
  readonly #context: PeerContext;
  readonly #session: Session;
  readonly #listener: DataListener;
  readonly #header = new FrameHeader();
  /** The class of the application packet in hand. */
  #dataClass = 0;

  constructor(context: PeerContext, session: Session, listener: DataListener) {
    this.#context = context;
    this.#session = session;
    this.#listener = listener;
  }

  /** Sends an application packet in a class of datagrams; returns why it cannot. */
  packet(underlay: UnderlayPath, body: Uint8Array, dscp: number): FrameDrop | undefined {
    this.#dataClass = dscp;
    if (fitsOneFrame(body.length, underlay.room)) {
      return this.#frame(underlay, FRAME_TYPE.data, body, [0, 1]);
    }
    const plan = planFragments(body.length, underlay.room);
    if (typeof plan === 'string') return plan;
    for (let i = 0; i < plan.count; i += 1) {
      const part = body.subarray(i * plan.size, Math.min(body.length, (i + 1) * plan.size));
      const reason = this.#frame(underlay, FRAME_TYPE.data, part, [i, plan.count]);
      if (reason !== undefined) return reason;
    }
    return undefined;
  }

  /** Sends a small sealed frame, if there is an underlay path. */
  small(underlay: UnderlayPath | undefined, type: FrameType, body: Uint8Array): void {
    if (underlay !== undefined) this.#frame(underlay, type, body, [0, 1]);
  }

  /** Sends a complete frame of the session unchanged. */
  whole(underlay: UnderlayPath, frame: Uint8Array): void {
    const packet = this.#context.host.alloc(underlay.template.length + frame.length);
    underlay.template.begin(packet);
    packet.set(frame, underlay.template.length);
    launch(this.#context, underlay, packet, frame.length, NETWORK_CONTROL);
  }

  // hot: once per data frame.
  #frame(
    underlay: UnderlayPath,
    type: FrameType,
    body: Uint8Array,
    [fragment, fragments]: readonly [number, number],
  ): FrameDrop | undefined {
    const { host } = this.#context;
    const header = this.#header;
    header.type = type;
    header.timestamp = this.#context.moment().clockUs;
    header.fragment = fragment;
    header.fragments = fragments;
    const at = underlay.template.length;
    const packet = host.alloc(at + body.length + FRAME_OVERHEAD_MAX);
    const sealed = this.#session.seal(header, body, packet, at);
    if (typeof sealed === 'string') {
      host.release(packet);
      return sealed;
    }
    if (type === FRAME_TYPE.data && fragment === 0) this.#listener.sealed(header);
    underlay.template.begin(packet);
    launch(this.#context, underlay, packet, sealed, this.#dataClass);
    if (type === FRAME_TYPE.data) this.#listener.sent(host.now(), header.sequence);
    return undefined;
  }
}
