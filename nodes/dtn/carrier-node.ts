/**
 * Delay-tolerant networking: the adapter between the port and the carrier below this protocol on the
 * same host.
 *
 * @module
 */
import type { Host } from '../../engine/host/host.ts';
import type { PeerReachability, Transport } from '../../engine/host/transport.ts';
import { CarrierOutlet } from './agent/carrier-outlet.ts';
import type { Priority } from './agent/held-bundle.ts';
import type { Outlet } from './agent/outlet.ts';
import {
  CARRIER_HEAD_BYTES,
  decodeTransferMessage,
  encodeTransferMessage,
  type TransferMessage,
} from './layer/carrier.ts';

/** Receipts get the highest priority: they are short, and end the repetitions of bundles. */
const RECEIPT_PRIORITY = 2;

/** Called with the messages of neighbours, and when ways open or close. */
export interface CarrierHandlers {
  /** Called when a bundle came; the caller must not reuse its bytes. */
  readonly onBundle: (bundle: Uint8Array, from: string, transfer: number) => void;
  readonly onReceipt: (from: string, transfer: number) => void;
  readonly onWay: (outlet: string, way: PeerReachability) => void;
}

/** The neighbours that a carrier protocol reaches, and the wait before a bundle is repeated. */
export interface CarrierNeighboursOptions {
  /** Wait for a receipt before a bundle is repeated, ns. */
  readonly retryNs: number;
  /** Names of all hosts that the carrier reaches. */
  readonly peers: readonly string[];
}

/**
 * All neighbours that the carrier reaches: makes one outlet for each, and sends and receives their
 * messages.
 */
export class CarrierNeighbours {
  readonly outlets: readonly Outlet[];
  readonly #host: Host;
  readonly #transport: Transport | undefined;
  /** Names of neighbours by the ids of their outlets. */
  readonly #names = new Map<string, string>();

  constructor(host: Host, { retryNs, peers }: CarrierNeighboursOptions, handlers: CarrierHandlers) {
    this.#host = host;
    this.#transport = host.transport({
      onMessage: (from, buffer, offset, length) =>
        this.#receive(from, buffer.slice(offset, offset + length), handlers),
      onWay: (peer, way) => handlers.onWay(this.idOf(peer), way),
    });
    const terms = this.#transport?.terms;
    const maxBytes = (terms?.maxBytes ?? CARRIER_HEAD_BYTES) - CARRIER_HEAD_BYTES;
    this.outlets = peers.map((neighbour) => {
      const id = this.idOf(neighbour);
      this.#names.set(id, neighbour);
      const firstTransfer = host.random('transfers').u32();
      return new CarrierOutlet({ id, neighbour, maxBytes, retryNs, firstTransfer });
    });
  }

  /** The id of the outlet to a neighbour. */
  idOf(neighbour: string): string {
    return `${this.#transport?.carrier ?? ''} to ${neighbour}`;
  }

  /** Sends a bundle to the neighbour of an outlet, over the carrier. */
  send(outlet: string, bundle: Uint8Array, transfer: number, priority: Priority): void {
    const name = this.#names.get(outlet);
    if (name !== undefined) this.#tell(name, { kind: 'bundle', transfer, bundle }, priority);
  }

  /** Acknowledges a transfer to the neighbour of an outlet. */
  acknowledge(outlet: string, transfer: number): void {
    const name = this.#names.get(outlet);
    if (name !== undefined) this.#tell(name, { kind: 'receipt', transfer }, RECEIPT_PRIORITY);
  }

  #tell(to: string, message: TransferMessage, priority: Priority): void {
    // Whether the carrier took the message is ignored: without a receipt the bundle is sent again.
    this.#transport?.send(to, encodeTransferMessage(message), { priority }, () => undefined);
  }

  #receive(from: string, bytes: Uint8Array, handlers: CarrierHandlers): void {
    const message = decodeTransferMessage(bytes);
    if (message === undefined) this.#host.drop('bad-message');
    else if (message.kind === 'receipt') handlers.onReceipt(from, message.transfer);
    else handlers.onBundle(message.bundle, from, message.transfer);
  }
}
