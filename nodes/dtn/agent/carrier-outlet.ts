/**
 * An outlet to a neighbour over a carrier protocol (docs/spec/stacking.md): each bundle is one message of the
 * carrier, and is kept until the neighbour acknowledges it. It is repeated at growing intervals, and at once
 * when the way opens.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { CARRIER_RETRY_NS_MAX, CARRIER_WINDOW_BUNDLES } from '../geometry.ts';
import { BundleQueue } from './bundle-queue.ts';
import type { HeldBundle } from './held-bundle.ts';
import type { Departure, Outlet } from './outlet.ts';

/** Parameters of an outlet over a carrier: its neighbour, longest bundle and first wait before a repetition. */
export interface CarrierOutletParameters {
  readonly id: string;
  readonly neighbour: string;
  readonly maxBytes: number;
  /** Wait for an acknowledgement before the first repetition, ns; later ones wait twice as long. */
  readonly retryNs: Nanoseconds;
  /** Number of the first transfer; random, so that acknowledgements from before a crash match none. */
  readonly firstTransfer: number;
}

interface UnderWay {
  readonly bundle: HeldBundle;
  dueNs: Nanoseconds;
  waitNs: Nanoseconds;
}

/** Sends bundles to one neighbour; at most {@link CARRIER_WINDOW_BUNDLES} are unacknowledged at a time. */
export class CarrierOutlet implements Outlet {
  readonly id: string;
  readonly neighbour: string;
  readonly maxBytes: number;
  readonly bytesMax: number;
  /** A carrier that never reports whether its way is open counts as open. */
  isOpen = true;
  readonly #facts: CarrierOutletParameters;
  readonly #queue = new BundleQueue();
  readonly #underWay = new Map<number, UnderWay>();
  #transfer: number;

  constructor(facts: CarrierOutletParameters) {
    this.id = facts.id;
    this.neighbour = facts.neighbour;
    this.maxBytes = facts.maxBytes;
    this.bytesMax = facts.maxBytes;
    this.#facts = facts;
    this.#transfer = facts.firstTransfer;
  }

  waiting(priority: number): number {
    return this.#queue.bytes(priority);
  }

  queued(): readonly HeldBundle[] {
    return this.#queue.all();
  }

  /**
   * Called when the way opens: repeats all unacknowledged bundles at once, which may have been lost when the
   * way closed.
   */
  open(now: Nanoseconds): void {
    if (this.isOpen) return;
    this.isOpen = true;
    for (const each of this.#underWay.values()) {
      each.dueNs = now;
      each.waitNs = this.#facts.retryNs;
    }
  }

  /**
   * Called when the way closes. @returns the bundles that were not sent; those sent may have arrived and stay
   * under way.
   */
  close(): readonly HeldBundle[] {
    this.isOpen = false;
    return this.#queue.takeAll();
  }

  put(bundle: HeldBundle): void {
    this.#queue.add(bundle);
  }

  withdraw(bundle: HeldBundle): void {
    this.#queue.delete(bundle);
    for (const [transfer, each] of this.#underWay) {
      if (each.bundle === bundle) this.#underWay.delete(transfer);
    }
  }

  nextAt(): Nanoseconds {
    if (!this.isOpen) return Number.POSITIVE_INFINITY;
    const isNew = this.#underWay.size < CARRIER_WINDOW_BUNDLES && this.#queue.first !== undefined;
    let next = isNew ? 0 : Number.POSITIVE_INFINITY;
    for (const { dueNs } of this.#underWay.values()) next = Math.min(next, dueNs);
    return next;
  }

  take(now: Nanoseconds): Departure | undefined {
    if (!this.isOpen) return undefined;
    for (const [transfer, each] of this.#underWay) {
      if (each.dueNs > now) continue;
      each.waitNs = Math.min(CARRIER_RETRY_NS_MAX, 2 * each.waitNs);
      each.dueNs = now + each.waitNs;
      return { bundle: each.bundle, transfer };
    }
    const bundle = this.#queue.first;
    if (bundle === undefined || this.#underWay.size >= CARRIER_WINDOW_BUNDLES) return undefined;
    this.#queue.delete(bundle);
    const transfer = this.#transfer;
    this.#transfer = (transfer + 1) % 2 ** 32;
    const { retryNs } = this.#facts;
    this.#underWay.set(transfer, { bundle, dueNs: now + retryNs, waitNs: retryNs });
    return { bundle, transfer };
  }

  spent(): readonly HeldBundle[] {
    return [];
  }

  /** Always 0: a carrier has no planned contacts whose rest could be used. */
  rest(): number {
    return 0;
  }

  putLast(bundle: HeldBundle): void {
    this.put(bundle);
  }

  acknowledged(transfer: number): HeldBundle | undefined {
    const bundle = this.#underWay.get(transfer)?.bundle;
    this.#underWay.delete(transfer);
    return bundle;
  }
}
