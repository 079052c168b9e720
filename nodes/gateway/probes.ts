/**
 * Sends the probes of paths and answers those of the peer.
 *
 * @module
 */
import type { PacketView } from '../scion/index.ts';
import { PROBE_BYTES, readProbe, writeProbe } from './bodies.ts';
import { fragmentBytesMax } from './fragment.ts';
import { FRAME_TYPE } from './geometry.ts';
import type { ControllerEffect } from './multipath/types.ts';
import type { PacketRoutes } from './packet-routes.ts';
import type { FrameSender } from './sender.ts';
import type { ClockReadings } from './session-parts.ts';
import type { UnderlayPaths } from './underlay-paths.ts';

/** The probes between us and one peer. */
export class Probes {
  readonly #sender: FrameSender;
  readonly #underlays: UnderlayPaths;
  readonly #routes: PacketRoutes;

  constructor(sender: FrameSender, underlays: UnderlayPaths, routes: PacketRoutes) {
    this.#sender = sender;
    this.#underlays = underlays;
    this.#routes = routes;
  }

  /** Sends a probe on the path that it measures, padded if the controller asks whether a size arrives. */
  send(
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
  answer(at: ClockReadings, body: Uint8Array, view: PacketView): boolean {
    if (readProbe(body) === undefined) return false;
    const back = this.#underlays.back(view);
    this.#sender.small(at, back, FRAME_TYPE.probeReply, body.slice(0, PROBE_BYTES));
    return true;
  }
}
