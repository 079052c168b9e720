/**
 * Sends a peer the messages that carry no packets, and chooses their paths: openings, answers,
 * confirmations and cookies of the session, and probes with their answers.
 *
 * @module
 */
import type { PacketView } from '../scion/index.ts';
import { PROBE_BYTES, readProbe, writeProbe } from './bodies.ts';
import { fragmentBytesMax } from './fragment.ts';
import { FRAME_TYPE, OPENING_COPIES_MAX } from './geometry.ts';
import type { ControllerEffect } from './multipath/types.ts';
import type { PacketRoutes } from './packet-routes.ts';
import type { FrameSender } from './sender.ts';
import type { ClockReadings } from './session-parts.ts';
import type { UnderlayPaths } from './underlay-paths.ts';

/** Sends messages that carry no packets to one peer. */
export class PeerMessages {
  readonly #sender: FrameSender;
  readonly #underlays: UnderlayPaths;
  readonly #routes: PacketRoutes;

  constructor(sender: FrameSender, underlays: UnderlayPaths, routes: PacketRoutes) {
    this.#sender = sender;
    this.#underlays = underlays;
    this.#routes = routes;
  }

  /**
   * Sends a message on the reverse of the path on which its cause arrived. Without a cause, sends
   * it on a working path or, if no path works, on the next path in turn.
   * @param cause The packet that is being read; undefined if there is none.
   */
  send(nowNs: number, frame: Uint8Array, cause: PacketView | undefined): void {
    const back = cause && this.#underlays.back(cause);
    const underlay = back ?? this.#routes.working(nowNs) ?? this.#underlays.next();
    if (underlay !== undefined) this.#sender.whole(nowNs, underlay, frame);
  }

  /**
   * Sends a cookie on a known path, and only if its packet will not be longer than the packet that
   * is being read.
   */
  prove(nowNs: number, frame: Uint8Array, cause: PacketView | undefined): void {
    if (cause === undefined) return;
    const headersMax = cause.end - cause.start - frame.length;
    const working = this.#routes.working(nowNs);
    const isFit = working !== undefined && working.template.length <= headersMax;
    const underlay = isFit ? working : this.#underlays.within(headersMax);
    if (underlay !== undefined) this.#sender.whole(nowNs, underlay, frame);
  }

  /**
   * Sends one copy on each of a few paths, because any of them may have failed unnoticed.
   * @returns false if there is no path.
   */
  spread(nowNs: number, frame: Uint8Array): boolean {
    const underlays = this.#underlays.disjoint(OPENING_COPIES_MAX);
    for (const one of underlays) this.#sender.whole(nowNs, one, frame);
    return underlays.length > 0;
  }

  /**
   * Sends a probe on the path that it measures. The probe is padded if the controller wants to know
   * whether packets of that size arrive.
   */
  probe(
    at: ClockReadings,
    { path, probe, bytes }: Extract<ControllerEffect, { kind: 'probe' }>,
  ): void {
    const underlay = this.#routes.at(path);
    const room = bytes === undefined ? 0 : bytes - (underlay?.template.length ?? 0);
    const body = new Uint8Array(Math.max(PROBE_BYTES, fragmentBytesMax(room)));
    writeProbe(body, { probe, path });
    this.#sender.small(at, underlay, FRAME_TYPE.probe, body);
  }

  /** Answers a probe, without its padding, on the reverse of its path. @returns false if it is malformed. */
  answerProbe(at: ClockReadings, body: Uint8Array, view: PacketView): boolean {
    if (readProbe(body) === undefined) return false;
    const back = this.#underlays.back(view);
    this.#sender.small(at, back, FRAME_TYPE.probeReply, body.slice(0, PROBE_BYTES));
    return true;
  }
}
