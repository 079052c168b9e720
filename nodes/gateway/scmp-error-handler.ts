/**
 * SCMP messages that routers send to the gateway: errors that say that an interface is down.
 *
 * @module
 */
import type { Counter } from '../../engine/host/measure.ts';
import { decodeScmp, type IsdAs, isdAsWords, type PacketView } from '../scion/index.ts';
import type { ScmpDropReason } from './multipath/scmp-policy.ts';
import type { PeerSet } from './peer-set.ts';
import type { ScmpKeys } from './scmp-keys.ts';
import type { ClockReadings } from './session-parts.ts';

/** Reads SCMP messages, and passes those about interfaces that are down to the peers. */
export class ScmpErrorHandler {
  readonly #taken: Counter;
  readonly #peers: PeerSet;
  readonly #keys: ScmpKeys | undefined;

  /**
   * @param taken Counts the messages.
   * @param keys Present if messages must be signed.
   */
  constructor(taken: Counter, peers: PeerSet, keys: ScmpKeys | undefined) {
    this.#taken = taken;
    this.#peers = peers;
    this.#keys = keys;
  }

  /** Takes the SCMP message in a packet; returns the reason if it is dropped. */
  take(view: PacketView, at: ClockReadings): string | undefined {
    const message = decodeScmp(view.buffer.subarray(view.upperOffset, view.end));
    if (typeof message === 'string') return message;
    this.#taken.add(1);
    const { kind } = message;
    if (kind === 'external-interface-down') return this.#down(view, at, message, message.ifId);
    if (kind === 'internal-connectivity-down') return this.#down(view, at, message, message.egress);
    return undefined;
  }

  /** Reports the error to all peers. It must quote a packet that was sent to one of them. */
  #down(
    view: PacketView,
    at: ClockReadings,
    { isdAs, data: quote }: { readonly isdAs: IsdAs; readonly data: Uint8Array },
    ifId: number,
  ): ScmpDropReason | undefined {
    const isFromThere = view.isSource(isdAsWords(isdAs));
    const isAuthentic = this.#keys?.isAuthentic(view) ?? false;
    let drop: ScmpDropReason | undefined = 'scmp-quote';
    for (const peer of this.#peers.all) {
      const report = { isdAs, ifId, isFromThere, isAuthentic, quote };
      const reason = peer.interfaceDown(at, report);
      if (reason !== 'scmp-quote') drop = reason;
    }
    return drop;
  }
}
