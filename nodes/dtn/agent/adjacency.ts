/**
 * A link to a neighbour: whether its contact is open, which bundles wait for it, and when its transmitter
 * is free.
 *
 * Bundles leave by priority, and within a priority in the order in which they were queued. The transmitter
 * sends one after the other at the rate of the contact, so that no queue builds up below it (RFC 9171
 * section 7.2), and starts no bundle that it could not finish before the planned end of the contact.
 *
 * @module
 */
import type { PlannedContacts } from '../../../engine/host/network-view.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { BundleQueue } from './bundle-queue.ts';
import type { HeldBundle } from './held-bundle.ts';
import type { Departure, Outlet } from './outlet.ts';
import { plannedWindowAt } from './planned-window.ts';

const BITS = 8;
const NS_PER_S = 1e9;

/** Parameters of an outlet over a link: its neighbour, rate, planned contacts and longest bundle. */
export interface LinkOutletParameters {
  readonly link: string;
  /** Name of the host at the other end. */
  readonly neighbour: string;
  /** Longest bundle, bytes. */
  readonly maxBytes: number;
  readonly rateBps: number;
  /** Planned contacts in which this node can send; absent if the link is always open. */
  readonly contacts: PlannedContacts | undefined;
  /** Computes the bytes that a bundle of this length takes on the link, with the heads of the layer. */
  readonly bytesOnLink: (bundleBytes: number) => number;
}

/** An outlet over a link: the queue of bundles, and when the transmitter is free. */
export class LinkOutlet implements Outlet {
  readonly facts: LinkOutletParameters;
  readonly #queue = new BundleQueue();
  #isOpen: boolean;
  #freeNs: Nanoseconds = 0;
  /** True after a bundle did not fit in the rest of the contact: none leaves before the next contact. */
  #isSpent = false;
  /** True from the moment at which a bundle is found not to fit until {@link spent} is called. */
  #isNews = false;

  constructor(facts: LinkOutletParameters) {
    this.facts = facts;
    this.#isOpen = facts.contacts === undefined;
  }

  get id(): string {
    return this.facts.link;
  }

  get neighbour(): string {
    return this.facts.neighbour;
  }

  get maxBytes(): number {
    return this.facts.maxBytes;
  }

  get bytesMax(): number {
    return this.facts.maxBytes;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  waiting(priority: number): number {
    return this.#queue.bytes(priority);
  }

  queued(): readonly HeldBundle[] {
    return this.#queue.all();
  }

  /** Called when a contact begins: bundles may leave. */
  open(): void {
    this.#isOpen = true;
    this.#isSpent = false;
  }

  /** Called when a contact ends. @returns the bundles that did not leave. */
  close(): readonly HeldBundle[] {
    this.#isOpen = false;
    return this.#queue.takeAll();
  }

  put(bundle: HeldBundle): void {
    this.#queue.add(bundle);
  }

  withdraw(bundle: HeldBundle): void {
    this.#queue.delete(bundle);
  }

  /** When the next bundle can leave; Infinity if nothing waits, or the link is closed. */
  nextAt(): Nanoseconds {
    const isIdle = !this.#isOpen || this.#isSpent || this.#queue.isEmpty;
    return isIdle ? Number.POSITIVE_INFINITY : this.#freeNs;
  }

  /**
   * The bundle whose transmission begins now, if any.
   * @param planNs Time on the clock of contact plans.
   */
  take(now: Nanoseconds, planNs: Nanoseconds): Departure | undefined {
    if (this.nextAt() > now) return undefined;
    const bundle = this.#queue.first as HeldBundle;
    const window = plannedWindowAt(this.facts.contacts, planNs);
    const rateBps = window?.rateBps ?? this.facts.rateBps;
    const bytes = this.facts.bytesOnLink(bundle.bytes.length);
    const durationNs = Math.ceil((BITS * bytes * NS_PER_S) / rateBps);
    if (window !== undefined && planNs + durationNs > window.endNs) {
      this.#isSpent = true;
      this.#isNews = true;
      return undefined;
    }
    this.withdraw(bundle);
    this.#freeNs = now + durationNs;
    return { bundle, durationNs, ...(window && { use: { contact: window, bytes } }) };
  }

  /**
   * All waiting bundles, at the first call after a bundle did not fit in the rest of the contact;
   * otherwise none.
   */
  spent(): readonly HeldBundle[] {
    if (!this.#isNews) return [];
    this.#isNews = false;
    return this.#queue.takeAll();
  }

  rest(planNs: Nanoseconds): number {
    const { contacts, maxBytes, bytesOnLink } = this.facts;
    const window = plannedWindowAt(contacts, planNs);
    if (window === undefined || !this.#isOpen) return 0;
    const bytes = Math.floor(((window.endNs - planNs) * window.rateBps) / (BITS * NS_PER_S));
    // Binary search: a longer bundle never takes fewer bytes on the link.
    let least = 0;
    let most = Math.min(bytes, maxBytes);
    while (least < most) {
      const middle = Math.ceil((least + most) / 2);
      if (bytesOnLink(middle) <= bytes) least = middle;
      else most = middle - 1;
    }
    return least;
  }

  putLast(bundle: HeldBundle): void {
    this.#isSpent = false;
    this.put(bundle);
  }

  /** A link acknowledges nothing. */
  acknowledged(): undefined {
    return undefined;
  }
}
