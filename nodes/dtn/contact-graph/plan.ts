/**
 * A contact plan as the route search reads it (CCSDS 734.3-B-1 sections 1.4 and 2.3.1): which node can send to
 * which, when, at which rate, and with which light time.
 *
 * Nodes are numbers in the order of their identifiers. So ties between routes are broken by comparing numbers:
 * the route with the smallest first neighbour wins.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';

/** A window in which one node can send to another. */
export interface PlannedContact {
  readonly from: number;
  readonly to: number;
  readonly startNs: Nanoseconds;
  readonly endNs: Nanoseconds;
  /** Bytes per second. */
  readonly rate: number;
  /** One-way light time at the start of the contact, ns. */
  readonly owltNs: Nanoseconds;
}

/** Whether a transmission may begin at the very end of a contact (`closed`) or only before (`open`). */
export type WindowEnd = 'closed' | 'open';

/** How the times of transmissions in contacts are computed. */
export interface PlanOptions {
  /** Whether a transmission may begin at the very end of a contact; `closed`, as in the standard: yes. */
  readonly windowEnd: WindowEnd;
  /** Added to the light time of each contact, ns. */
  readonly marginNs: Nanoseconds;
}

/** The defaults: CCSDS 734.3-B-1 section 3.2.4.1, without a margin. */
export const DEFAULT_PLAN_OPTIONS: PlanOptions = { windowEnd: 'closed', marginNs: 0 };

/** Contacts as columns of numbers; a contact is identified by its index, the same in all columns. */
export class ContactPlan {
  /** Number of nodes. */
  readonly nodes: number;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly start: Float64Array;
  readonly end: Float64Array;
  /** Bytes per second. */
  readonly rate: Float64Array;
  /** Last instant at which a transmission in the contact may begin, ns. */
  readonly last: Float64Array;
  /** Time from the sending of a bit to its arrival, ns: light time plus margin. */
  readonly trip: Float64Array;
  /** For each node, the indices of the contacts in which it sends. */
  readonly bySender: readonly (readonly number[])[];
  /** For each node, the contacts in which it sends, in the order of their starts. */
  readonly #inTime: readonly InTime[];

  /**
   * @param contacts Between nodes 0 … nodes - 1; contacts of one pair do not overlap. They are read
   *   once and not kept: periods planned far ahead are half a million contacts.
   */
  constructor(contacts: Iterable<PlannedContact>, nodes: number, options: PlanOptions) {
    const isClosed = options.windowEnd === 'closed';
    const [from, to, start]: [number[], number[], number[]] = [[], [], []];
    const [end, rate, trip]: [number[], number[], number[]] = [[], [], []];
    for (const contact of contacts) {
      from.push(contact.from);
      to.push(contact.to);
      start.push(contact.startNs);
      end.push(contact.endNs);
      rate.push(contact.rate);
      trip.push(contact.owltNs + options.marginNs);
    }
    this.nodes = nodes;
    this.from = Int32Array.from(from);
    this.to = Int32Array.from(to);
    this.start = Float64Array.from(start);
    this.end = Float64Array.from(end);
    this.rate = Float64Array.from(rate);
    this.trip = Float64Array.from(trip);
    // Instants are whole nanoseconds, so the last one before an open end is a nanosecond earlier.
    this.last = isClosed ? this.end : this.end.map((endNs) => endNs - 1);
    const bySender: number[][] = Array.from({ length: nodes }, () => []);
    for (const [index, sender] of from.entries()) bySender[sender]?.push(index);
    this.bySender = bySender;
    this.#inTime = bySender.map((ids) => this.#ordered(ids));
  }

  /**
   * The contacts of a sender that may not have ended at an instant: in `ids`, sorted by start, those from
   * index `first` on.
   */
  openFrom(
    sender: number,
    atNs: Nanoseconds,
  ): { readonly ids: Int32Array; readonly first: number } {
    const { ids, lastSoFar } = this.#inTime[sender] as InTime;
    let low = 0;
    let high = ids.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((lastSoFar[middle] as number) < atNs) low = middle + 1;
      else high = middle;
    }
    return { ids, first: low };
  }

  #ordered(contacts: readonly number[]): InTime {
    const { start, last } = this;
    const ids = Int32Array.from(contacts).sort(
      (a, b) => (start[a] as number) - (start[b] as number) || a - b,
    );
    let latest = Number.NEGATIVE_INFINITY;
    const lastSoFar = Float64Array.from(ids, (id) => {
      latest = Math.max(latest, last[id] as number);
      return latest;
    });
    return { ids, lastSoFar };
  }
}

/**
 * Contacts of a sender sorted by start; `lastSoFar`: for each, the latest end of it and of all contacts before
 * it.
 */
interface InTime {
  readonly ids: Int32Array;
  readonly lastSoFar: Float64Array;
}

/** Gives the contact plan that is valid at an instant. */
export interface PlanSource {
  /** The plan at an instant; the same object as before as long as it is valid. */
  at(nowNs: Nanoseconds): ContactPlan;
}

/**
 * Finds the contacts that two plans have in common. @returns for each, by its index in `before`, its index in
 * `after`.
 */
export function matchContactIndices(
  before: ContactPlan,
  after: ContactPlan,
): ReadonlyMap<number, number> {
  const namesOf = ({ from, to, start }: ContactPlan): readonly string[] =>
    Array.from(from, (sender, index) => `${sender} ${to[index]} ${start[index]}`);
  const there = new Map(namesOf(after).map((name, index) => [name, index]));
  const same = new Map<number, number>();
  for (const [index, name] of namesOf(before).entries()) {
    const other = there.get(name);
    if (other !== undefined) same.set(index, other);
  }
  return same;
}
