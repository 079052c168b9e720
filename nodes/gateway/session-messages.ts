/**
 * The paths on which messages of a session leave: openings, answers, confirmations and cookies.
 *
 * @module
 */
import type { PacketView } from '../scion/index.ts';
import { OPENING_COPIES_MAX } from './geometry.ts';
import type { PacketRoutes } from './packet-routes.ts';
import type { FrameSender } from './sender.ts';
import type { UnderlayPaths } from './underlay-paths.ts';

/** Sends messages of the session with one peer. */
export class SessionMessages {
  readonly #sender: FrameSender;
  readonly #underlays: UnderlayPaths;
  readonly #routes: PacketRoutes;

  constructor(sender: FrameSender, underlays: UnderlayPaths, routes: PacketRoutes) {
    this.#sender = sender;
    this.#underlays = underlays;
    this.#routes = routes;
  }

  /**
   * Sends a message on the reverse of the path on which its cause arrived, else on a working path, else on the next
   * path in turn.
   * @param cause The packet that is being read; undefined if there is none.
   */
  send(nowNs: number, frame: Uint8Array, cause: PacketView | undefined): void {
    const back = cause && this.#underlays.back(cause);
    const underlay = back ?? this.#routes.working(nowNs) ?? this.#underlays.next();
    if (underlay !== undefined) this.#sender.whole(nowNs, underlay, frame);
  }

  /** Sends a cookie on a known path on which its packet is no longer than the packet that is being read. */
  prove(nowNs: number, frame: Uint8Array, cause: PacketView | undefined): void {
    if (cause === undefined) return;
    const headersMax = cause.end - cause.start - frame.length;
    const working = this.#routes.working(nowNs);
    const isFit = working !== undefined && working.template.length <= headersMax;
    const underlay = isFit ? working : this.#underlays.within(headersMax);
    if (underlay !== undefined) this.#sender.whole(nowNs, underlay, frame);
  }

  /** Sends one copy on each of a few paths, since any of them may have died unnoticed. @returns false if there is no path. */
  spread(nowNs: number, frame: Uint8Array): boolean {
    const underlays = this.#underlays.disjoint(OPENING_COPIES_MAX);
    for (const one of underlays) this.#sender.whole(nowNs, one, frame);
    return underlays.length > 0;
  }
}
