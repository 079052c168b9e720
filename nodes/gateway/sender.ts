/**
 * Seals frames for one peer and sends them on an underlay path: application packets in one frame or in
 * fragments, small frames, and handshake messages, which are already complete.
 *
 * It chooses no paths; the peer does. A frame for several paths is sealed once, so that its copies are one frame.
 *
 * @module
 */
import { leastOf } from '../../engine/pure/extremes.ts';
import { DSCP_NETWORK_CONTROL } from '../../engine/pure/traffic-class.ts';
import { markUrgent } from '../scion/index.ts';
import type { FrameDropReason } from './drops.ts';
import { fitsOneFrame, planFragments } from './fragment.ts';
import {
  FRAGMENT_BYTES_MIN,
  FRAME_OVERHEAD_BYTES_MAX,
  FRAME_TYPE,
  type FrameType,
} from './geometry.ts';
import type { PeerContext } from './peer-context.ts';
import type { PeerOutput } from './peer-output.ts';
import { encodeAnnouncements, type PrefixAnnouncement } from './routing/announcement.ts';
import type { Session } from './session.ts';
import type { ClockReadings } from './session-parts.ts';
import { SigSender } from './sig/sender.ts';
import type { UnderlayPath } from './underlay/underlay-path.ts';
import { FrameHeader } from './wire.ts';

/** Offset of the type in a frame, after array head and version. */
const TYPE_AT = 2;

/** Receives notifications about data frames. */
export interface DataListener {
  /** Called when a packet's first frame has been sealed and is about to leave. */
  sealed(header: FrameHeader): void;
  /** Called when a frame has left. */
  sent(sequence: number): void;
}

/** Sends frames to one peer. */
export class FrameSender {
  readonly #output: PeerOutput;
  readonly #sent: PeerContext['sent'];
  readonly #session: Session;
  readonly #listener: DataListener;
  /** Present with the option `encapsulation: sig`: packets leave unsealed. */
  readonly #sig: SigSender | undefined;
  readonly #header = new FrameHeader();
  /** Class (DSCP) of the application packet that is being sent. */
  #dataClass = 0;
  #nowNs = 0;

  constructor(output: PeerOutput, context: PeerContext, session: Session, listener: DataListener) {
    this.#output = output;
    this.#sent = context.sent;
    this.#session = session;
    const isSig = context.options.encapsulation === 'sig';
    this.#sig = isSig ? new SigSender(output, context) : undefined;
    this.#listener = listener;
  }

  /**
   * Sends an application packet in datagrams of the class `dscp`, one copy on each underlay.
   * @returns the reason if it cannot.
   */
  packet(
    at: ClockReadings,
    underlays: readonly UnderlayPath[],
    body: Uint8Array,
    dscp: number,
  ): FrameDropReason | undefined {
    this.#begin(at);
    this.#dataClass = dscp;
    const [first] = underlays;
    if (this.#sig !== undefined) return this.#sig.packet(at.nowNs, first, body, dscp);
    if (first === undefined) return 'no-session';
    const room = underlays.length > 1 ? leastOf(underlays.map((each) => each.room)) : first.room;
    if (fitsOneFrame(body.length, room)) {
      return this.#frame(underlays, FRAME_TYPE.data, body, [0, 1]);
    }
    const plan = planFragments(body.length, room);
    if (typeof plan === 'string') return plan;
    for (let i = 0; i < plan.count; i += 1) {
      const part = body.subarray(i * plan.size, Math.min(body.length, (i + 1) * plan.size));
      const reason = this.#frame(underlays, FRAME_TYPE.data, part, [i, plan.count]);
      if (reason !== undefined) return reason;
    }
    return undefined;
  }

  /** Sends a small sealed frame, if there is an underlay path. */
  small(
    at: ClockReadings,
    underlay: UnderlayPath | undefined,
    type: FrameType,
    body: Uint8Array,
  ): void {
    this.#begin(at);
    if (underlay !== undefined) this.#frame([underlay], type, body, [0, 1]);
  }

  /** Sends an announcement of prefixes, in as many frames as it needs. */
  control(
    at: ClockReadings,
    underlay: UnderlayPath | undefined,
    announcement: PrefixAnnouncement,
  ): void {
    const room = (underlay?.room ?? 0) - FRAME_OVERHEAD_BYTES_MAX;
    if (room < FRAGMENT_BYTES_MIN) return;
    for (const body of encodeAnnouncements(announcement, room)) {
      this.small(at, underlay, FRAME_TYPE.control, body);
    }
  }

  /** Sends a complete frame unchanged: one of the session, or a copy. */
  whole(now: number, underlay: UnderlayPath, frame: Uint8Array): void {
    this.#nowNs = now;
    const packet = this.#output.alloc(underlay.template.length + frame.length);
    underlay.template.begin(packet);
    packet.set(frame, underlay.template.length);
    this.#launch(underlay, packet, frame.length);
  }

  #begin({ nowNs, clockUs }: ClockReadings): void {
    this.#nowNs = nowNs;
    this.#header.timestamp = clockUs;
  }

  // hot: once per data frame.
  #frame(
    underlays: readonly UnderlayPath[],
    type: FrameType,
    body: Uint8Array,
    [fragment, fragments]: readonly [number, number],
  ): FrameDropReason | undefined {
    const output = this.#output;
    const header = this.#header;
    header.type = type;
    header.fragment = fragment;
    header.fragments = fragments;
    const underlay = underlays[0] as UnderlayPath;
    const at = underlay.template.length;
    const packet = output.alloc(at + body.length + FRAME_OVERHEAD_BYTES_MAX);
    const sealed = this.#session.seal(header, body, packet, at);
    if (typeof sealed === 'string') {
      output.release(packet);
      return sealed;
    }
    if (type === FRAME_TYPE.data && fragment === 0) this.#listener.sealed(header);
    for (let i = 1; i < underlays.length; i += 1) {
      this.whole(this.#nowNs, underlays[i] as UnderlayPath, packet.subarray(at, at + sealed));
    }
    underlay.template.begin(packet);
    this.#launch(underlay, packet, sealed);
    if (type === FRAME_TYPE.data) this.#listener.sent(header.sequence);
    return undefined;
  }

  /**
   * Sends a packet whose headers and frame are in place: fills in lengths and checksum, decides
   * whether it goes ahead of data, and stores the mark by which an SCMP error that quotes the packet
   * is recognised.
   *
   * Sets two traffic classes. That of the SCION header tells overloaded routers which packets to
   * serve first; it is the same for all data. That of the datagram tells links which packets to send
   * first; it differs by priority.
   * @param frameBytes Length of the frame after the underlay's headers.
   */
  // hot: once per packet.
  #launch(underlay: UnderlayPath, packet: Uint8Array, frameBytes: number): void {
    const { template, marks, firstRouter } = underlay;
    const at = template.length;
    const type = packet[at + TYPE_AT] as FrameType;
    if (!template.finish(packet, frameBytes)) {
      this.#output.release(packet);
      this.#output.drop('epic-clock');
      return;
    }
    const isData = type === FRAME_TYPE.data;
    if (isData) underlay.usage.sent(this.#nowNs, frameBytes);
    // Probes, reports and handshakes overtake data where a processor on the path is overloaded.
    if (!isData) markUrgent(packet);
    if (!isData || marks.isDue(this.#nowNs)) marks.note(this.#nowNs, packet, at, frameBytes);
    this.#sent(type, at + frameBytes);
    const dscp = isData ? this.#dataClass : DSCP_NETWORK_CONTROL;
    this.#output.send(packet, at + frameBytes, firstRouter, dscp);
  }
}
