/**
 * An outlet over a link whose convergence layer acknowledges bundles, as LTP and TCPCL do: a bundle
 * that was sent is kept until the neighbour acknowledges it or the layer gives it up.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { LinkOutlet, type LinkOutletParameters } from './adjacency.ts';
import type { HeldBundle } from './held-bundle.ts';
import type { Departure, Outlet } from './outlet.ts';

/** The methods of the convergence layer that the outlet uses. */
export interface AcknowledgingLayer {
  /** Largest number of bundles under way: sent, but neither acknowledged nor given up. */
  readonly window: number;
  /**
   * When the layer will have sent all bundles that it was given; Infinity while it accepts no
   * bundle.
   */
  idleAt(): Nanoseconds;
  /** Gives a transfer up, since its bundle is no longer of use. */
  abandon(transfer: number): void;
}

/** A link with its queue of waiting bundles, and the bundles sent but not acknowledged. */
export class AcknowledgedLinkOutlet implements Outlet {
  readonly #link: LinkOutlet;
  readonly #layer: AcknowledgingLayer;
  readonly #underWay = new Map<number, HeldBundle>();
  #transfer: number;
  #limit = Number.POSITIVE_INFINITY;

  /**
   * @param firstTransfer Number of the first transfer; random, so that acknowledgements from before
   * a crash match no transfer.
   */
  constructor(facts: LinkOutletParameters, layer: AcknowledgingLayer, firstTransfer: number) {
    this.#link = new LinkOutlet(facts);
    this.#layer = layer;
    this.#transfer = firstTransfer;
  }

  get id(): string {
    return this.#link.id;
  }

  get neighbour(): string {
    return this.#link.neighbour;
  }

  get maxBytes(): number {
    return Math.min(this.#link.maxBytes, this.#limit);
  }

  get bytesMax(): number {
    return this.#link.bytesMax;
  }

  get isOpen(): boolean {
    return this.#link.isOpen;
  }

  /** Sets the length of the longest bundle that the neighbour accepts, bytes. */
  limit(bytes: number): void {
    this.#limit = bytes;
  }

  waiting(priority: number): number {
    return this.#link.waiting(priority);
  }

  queued(): readonly HeldBundle[] {
    return this.#link.queued();
  }

  open(): void {
    this.#link.open();
  }

  /**
   * Called when the contact ends. @returns the bundles that have not left; the layer keeps those
   * under way.
   */
  close(): readonly HeldBundle[] {
    return this.#link.close();
  }

  put(bundle: HeldBundle): void {
    this.#link.put(bundle);
  }

  withdraw(bundle: HeldBundle): void {
    this.#link.withdraw(bundle);
    for (const [transfer, each] of this.#underWay) {
      if (each !== bundle) continue;
      this.#underWay.delete(transfer);
      this.#layer.abandon(transfer);
    }
  }

  nextAt(): Nanoseconds {
    const linkNs = this.#link.nextAt();
    const isFull = this.#underWay.size >= this.#layer.window;
    if (isFull || linkNs === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
    return Math.max(linkNs, this.#layer.idleAt());
  }

  take(now: Nanoseconds, planNs: Nanoseconds): Departure | undefined {
    if (this.nextAt() > now) return undefined;
    const departure = this.#link.take(now, planNs);
    if (departure === undefined) return undefined;
    const transfer = this.#transfer;
    this.#transfer = (transfer + 1) % 2 ** 32;
    this.#underWay.set(transfer, departure.bundle);
    return { ...departure, transfer };
  }

  spent(): readonly HeldBundle[] {
    return this.#link.spent();
  }

  rest(planNs: Nanoseconds): number {
    return Math.min(this.#limit, this.#link.rest(planNs));
  }

  putLast(bundle: HeldBundle): void {
    this.#link.putLast(bundle);
  }

  acknowledged(transfer: number): HeldBundle | undefined {
    const bundle = this.#underWay.get(transfer);
    this.#underWay.delete(transfer);
    return bundle;
  }
}
