/**
 * A link to a neighbour: whether it is open, what waits for it, and when the transmitter is free.
 *
 * Bundles leave by priority and then in the order in which they came. The transmitter sends one after
 * the other at the rate of the contact, so that no queue builds up below it (RFC 9171 section 7.2),
 * and starts none that would not be through before the planned end of the contact.
 *
 * @module
 */
import type { PlannedContact, PlannedContacts } from '../../../engine/host/network-view.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { HeldBundle, Priority } from './held-bundle.ts';

const BITS = 8;
const NS_PER_S = 1e9;
const PRIORITIES: readonly Priority[] = [2, 1, 0];

/** What a node knows of a link. */
export interface AdjacencyFacts {
  readonly link: string;
  /** Name of the host at the other end. */
  readonly neighbour: string;
  readonly rateBps: number;
  /** Planned contacts in the direction away from here; absent if the link is always open. */
  readonly contacts: PlannedContacts | undefined;
  /** Bytes that a bundle of this length takes on the link. */
  readonly bytesOnLink: (bundleBytes: number) => number;
}

/** A link and its queue. */
export class Adjacency {
  readonly facts: AdjacencyFacts;
  /** In the order of coming; a set, because bundles also leave from the middle. */
  readonly #queues: Readonly<Record<Priority, Set<HeldBundle>>> = {
    0: new Set(),
    1: new Set(),
    2: new Set(),
  };
  readonly #bytes: Record<Priority, number> = { 0: 0, 1: 0, 2: 0 };
  #isOpen: boolean;
  #freeNs: Nanoseconds = 0;
  /** A bundle did not fit in the rest of the contact: nothing leaves before the next. */
  #isSpent = false;
  /** It has just been found that the contact is spent. */
  #isNews = false;

  constructor(facts: AdjacencyFacts) {
    this.facts = facts;
    this.#isOpen = facts.contacts === undefined;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Bytes that wait at this priority or higher. */
  waiting(priority: number): number {
    let bytes = 0;
    for (const level of PRIORITIES) if (level >= priority) bytes += this.#bytes[level];
    return bytes;
  }

  /** A contact begins. */
  open(): void {
    this.#isOpen = true;
    this.#isSpent = false;
  }

  /** A contact ends. @returns what did not leave. */
  close(): readonly HeldBundle[] {
    this.#isOpen = false;
    return this.#takeAll();
  }

  put(bundle: HeldBundle): void {
    this.#queues[bundle.priority].add(bundle);
    this.#bytes[bundle.priority] += bundle.bytes.length;
  }

  /** Takes a bundle out of the queue, if it is there. */
  withdraw(bundle: HeldBundle): void {
    if (!this.#queues[bundle.priority].delete(bundle)) return;
    this.#bytes[bundle.priority] -= bundle.bytes.length;
  }

  /** When the next bundle can leave; Infinity if nothing waits, or the link is closed. */
  nextAt(): Nanoseconds {
    const isIdle = !this.#isOpen || this.#isSpent || this.#next() === undefined;
    return isIdle ? Number.POSITIVE_INFINITY : this.#freeNs;
  }

  /**
   * The bundle whose transmission begins now, if any.
   * @param planNs Time on the clock of contact plans.
   */
  take(now: Nanoseconds, planNs: Nanoseconds): HeldBundle | undefined {
    if (this.nextAt() > now) return undefined;
    const bundle = this.#next() as HeldBundle;
    const window = this.#window(planNs);
    const rateBps = window?.rateBps ?? this.facts.rateBps;
    const bits = BITS * this.facts.bytesOnLink(bundle.bytes.length);
    const durationNs = Math.ceil((bits * NS_PER_S) / rateBps);
    if (window !== undefined && planNs + durationNs > window.endNs) {
      this.#isSpent = true;
      this.#isNews = true;
      return undefined;
    }
    this.withdraw(bundle);
    this.#freeNs = now + durationNs;
    return bundle;
  }

  /** What has just been found not to fit in the rest of the contact: it goes another way, or later. */
  spent(): readonly HeldBundle[] {
    if (!this.#isNews) return [];
    this.#isNews = false;
    return this.#takeAll();
  }

  #takeAll(): readonly HeldBundle[] {
    const all = PRIORITIES.flatMap((level) => [...this.#queues[level]]);
    for (const bundle of all) this.withdraw(bundle);
    return all;
  }

  #next(): HeldBundle | undefined {
    for (const level of PRIORITIES) {
      const [first] = this.#queues[level];
      if (first !== undefined) return first;
    }
    return undefined;
  }

  /** The planned window at this instant, with its end on the same clock. */
  #window(planNs: Nanoseconds): PlannedContact | undefined {
    const { contacts } = this.facts;
    if (contacts === undefined) return undefined;
    const { windows, periodNs } = contacts;
    const base = periodNs === undefined ? 0 : Math.floor(planNs / periodNs) * periodNs;
    const within = planNs - base;
    const window = windows.find(({ startNs, endNs }) => startNs <= within && within < endNs);
    return window && { ...window, startNs: base + window.startNs, endNs: base + window.endNs };
  }
}
