/**
 * The best route through a contact plan (CCSDS 734.3-B-1 sections 3.2.4.1 and 3.2.8.1.4 a): earliest
 * arrival, then fewest contacts, then latest termination, then smallest entry node. It is exact in all
 * four, in polynomial time, because reaching a node earlier never means reaching the next one later:
 *
 * ```
 * forward    earliest arrival with at most k contacts, for k = 1, 2, …: gives arrival T and k
 * backward   latest departure from each node that still arrives at T with r contacts, using only
 *            contacts that end at theta or later: the source must be able to depart
 * theta      the latest for which it can is the termination; found by binary search over ends
 * entry      the smallest neighbour from which the rest is still possible
 * ```
 *
 * Only time counts here; volumes are in choose.ts. A route visits no node twice, because a route with
 * a loop would not have the fewest contacts.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { memoisePerObject } from '../../../engine/pure/once-per.ts';
import type { ContactPlan } from './plan.ts';

const NEVER = Number.POSITIVE_INFINITY;
const TOO_LATE = Number.NEGATIVE_INFINITY;

/** A route through the plan: contacts, one after the other. */
export interface Route {
  /** Indices of contacts, first to last. */
  readonly contacts: readonly number[];
  readonly arrivalNs: Nanoseconds;
  /** The end of the contact that ends first, ns. */
  readonly terminationNs: Nanoseconds;
  /** The neighbour to which the first contact leads. */
  readonly entry: number;
}

/** A query for a route: source, target, earliest start, and the nodes and first contacts to avoid. */
export interface RouteQuery {
  readonly source: number;
  readonly target: number;
  /** Earliest instant at which the source can send. */
  readonly atNs: Nanoseconds;
  /** Nodes that a route does not visit. */
  readonly avoided?: ReadonlySet<number>;
  /** Contacts with which a route does not begin. */
  readonly notFirst?: ReadonlySet<number>;
}

/** Searches one plan; keeps its working memory from search to search. */
export class RouteSearch {
  readonly #plan: ContactPlan;
  /** Earliest arrival at each node, in the current round and the next; a round adds one contact to routes. */
  #arrival: Float64Array;
  #next: Float64Array;
  /**
   * Latest departure from each node that still arrives in time: one row of all nodes for each number of remaining
   * contacts.
   */
  #latest: Float64Array;
  readonly #isImproved: Uint8Array;

  constructor(plan: ContactPlan) {
    this.#plan = plan;
    this.#arrival = new Float64Array(plan.nodes);
    this.#next = new Float64Array(plan.nodes);
    this.#latest = new Float64Array(plan.nodes);
    this.#isImproved = new Uint8Array(plan.nodes);
  }

  /** The best route; undefined if there is none. */
  best(query: RouteQuery): Route | undefined {
    if (query.source === query.target) return undefined;
    const goal = this.#forward(query);
    if (goal === undefined) return undefined;
    const { arrivalNs, count } = goal;
    const usable = this.#usable(query, arrivalNs);
    const terminationNs = this.#termination(query, usable, goal);
    const kept = usable.filter((contact) => this.#end(contact) >= terminationNs);
    this.#backward(query, kept, goal);
    const contacts = this.#path(query, kept, count);
    const entry = this.#plan.to[contacts[0] as number] as number;
    return { contacts, arrivalNs, terminationNs, entry };
  }

  /** Earliest arrival at the target, and the least number of contacts that gives it. */
  #forward(query: RouteQuery): { arrivalNs: number; count: number } | undefined {
    const { nodes } = this.#plan;
    const { source, target } = query;
    this.#arrival.fill(NEVER);
    this.#arrival[source] = query.atNs;
    this.#next.set(this.#arrival);
    let best: { arrivalNs: number; count: number } | undefined;
    let frontier = [source];
    for (let count = 1; count < nodes && frontier.length > 0; count += 1) {
      frontier = this.#relax(query, frontier, count === 1);
      for (const node of frontier) this.#arrival[node] = this.#next[node] as number;
      const arrivalNs = this.#arrival[target] as number;
      if (arrivalNs < (best?.arrivalNs ?? NEVER)) best = { arrivalNs, count };
    }
    return best;
  }

  /**
   * Extends routes by one contact from the nodes in `frontier`. @returns the nodes that are now reached earlier
   * than before.
   */
  #relax(query: RouteQuery, frontier: readonly number[], isFirst: boolean): number[] {
    const { start } = this.#plan;
    const improved: number[] = [];
    for (const node of frontier) {
      // Routes end at the target.
      if (node === query.target) continue;
      const at = this.#arrival[node] as number;
      const { ids, first } = this.#plan.openFrom(node, at);
      for (let index = first; index < ids.length; index += 1) {
        const contact = ids[index] as number;
        // Later contacts of this sender begin after the target has been reached.
        if ((start[contact] as number) > (this.#next[query.target] as number)) break;
        const isAllowed = !(isFirst && query.notFirst?.has(contact));
        if (isAllowed && this.#isEarlier(contact, at, query)) this.#reach(contact, at, improved);
      }
    }
    for (const node of improved) this.#isImproved[node] = 0;
    return improved;
  }

  #reach(contact: number, at: number, improved: number[]): void {
    const receiver = this.#plan.to[contact] as number;
    this.#next[receiver] = this.#arrivalBy(contact, at);
    if (this.#isImproved[receiver] === 1) return;
    this.#isImproved[receiver] = 1;
    improved.push(receiver);
  }

  // hot: once per contact of nodes that were reached earlier than in the round before.
  /**
   * True if this contact reaches its receiver earlier than known so far, and no later than the target is reached.
   */
  #isEarlier(contact: number, at: number, query: RouteQuery): boolean {
    const { to, last } = this.#plan;
    if ((last[contact] as number) < at) return false;
    const receiver = to[contact] as number;
    const arrival = this.#arrivalBy(contact, at);
    if (arrival >= (this.#next[receiver] as number)) return false;
    return arrival <= (this.#next[query.target] as number) && query.avoided?.has(receiver) !== true;
  }

  /** Lists the contacts that can be part of a route that arrives at `arrivalNs`. */
  #usable(query: RouteQuery, arrivalNs: number): readonly number[] {
    const { nodes } = this.#plan;
    const usable: number[] = [];
    for (let node = 0; node < nodes; node += 1) {
      const at = this.#arrival[node] as number;
      if (at > arrivalNs || node === query.target) continue;
      for (const contact of this.#usableOf(node, query, arrivalNs)) usable.push(contact);
    }
    return usable;
  }

  /** The contacts of one sender that a route may use, in the order of the plan, which breaks ties. */
  #usableOf(node: number, query: RouteQuery, arrivalNs: number): readonly number[] {
    const { start } = this.#plan;
    const at = this.#arrival[node] as number;
    const { ids, first } = this.#plan.openFrom(node, at);
    const usable: number[] = [];
    for (let index = first; index < ids.length; index += 1) {
      const contact = ids[index] as number;
      if ((start[contact] as number) > arrivalNs) break;
      if (this.#isInTime(contact, at, query, arrivalNs)) usable.push(contact);
    }
    return usable.sort((a, b) => a - b);
  }

  #isInTime(contact: number, at: number, query: RouteQuery, arrivalNs: number): boolean {
    const { to, last } = this.#plan;
    const receiver = to[contact] as number;
    // No route returns to the source.
    if (receiver === query.source || query.avoided?.has(receiver) === true) return false;
    return (last[contact] as number) >= at && this.#arrivalBy(contact, at) <= arrivalNs;
  }

  /** The latest termination of a route with the best arrival and number of contacts. */
  #termination(
    query: RouteQuery,
    usable: readonly number[],
    goal: { readonly arrivalNs: number; readonly count: number },
  ): number {
    const ends = [...new Set(usable.map((contact) => this.#end(contact)))].sort((a, b) => a - b);
    let low = 0;
    let high = ends.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      const theta = ends[middle] as number;
      const kept = usable.filter((contact) => this.#end(contact) >= theta);
      if (this.#backward(query, kept, goal)) low = middle;
      else high = middle - 1;
    }
    return ends[low] as number;
  }

  /**
   * Fills the rows of latest departures.
   * @returns whether the source can depart in time with exactly the contacts of the goal.
   */
  #backward(
    query: RouteQuery,
    kept: readonly number[],
    goal: { readonly arrivalNs: number; readonly count: number },
  ): boolean {
    const { nodes, from, to, last, start, trip } = this.#plan;
    const length = nodes * (goal.count + 1);
    if (this.#latest.length < length) this.#latest = new Float64Array(length);
    const latest = this.#latest;
    latest.fill(TOO_LATE, 0, length);
    latest[query.target] = goal.arrivalNs;
    for (let left = 1; left <= goal.count; left += 1) {
      const row = nodes * left;
      for (const contact of kept) {
        const behind = latest[row - nodes + (to[contact] as number)] as number;
        const departure = Math.min(last[contact] as number, behind - (trip[contact] as number));
        if (departure < (start[contact] as number)) continue;
        const node = row + (from[contact] as number);
        const isFirst = left === goal.count && from[contact] === query.source;
        if (isFirst && query.notFirst?.has(contact)) continue;
        if (departure > (latest[node] as number)) latest[node] = departure;
      }
    }
    return (latest[nodes * goal.count + query.source] as number) >= query.atNs;
  }

  /**
   * Selects the contacts of the route, from the source on, among those after which the target is still reached in
   * time (`#latest`): first the one with the smallest receiver, then always the one with the earliest arrival.
   */
  #path(query: RouteQuery, kept: readonly number[], count: number): readonly number[] {
    const { from, to } = this.#plan;
    const contacts: number[] = [];
    let node = query.source;
    let at = query.atNs;
    for (let left = count; left > 0; left -= 1) {
      const isFirst = left === count;
      let best = -1;
      for (const contact of kept) {
        if (from[contact] !== node || !this.#leadsOn(contact, at, left - 1)) continue;
        if (isFirst && query.notFirst?.has(contact)) continue;
        if (best < 0 || this.#isBetter(contact, best, { at, isFirst })) best = contact;
      }
      contacts.push(best);
      at = this.#arrivalBy(best, at);
      node = to[best] as number;
    }
    return contacts;
  }

  /** True if after this contact the target is still reached in time with the remaining number of contacts. */
  #leadsOn(contact: number, at: number, left: number): boolean {
    const { nodes, to, last } = this.#plan;
    if ((last[contact] as number) < at) return false;
    const latest = this.#latest[nodes * left + (to[contact] as number)] as number;
    return this.#arrivalBy(contact, at) <= latest;
  }

  #isBetter(
    contact: number,
    other: number,
    { at, isFirst }: { readonly at: number; readonly isFirst: boolean },
  ): boolean {
    const { to } = this.#plan;
    const entries = (to[contact] as number) - (to[other] as number);
    if (isFirst && entries !== 0) return entries < 0;
    return this.#arrivalBy(contact, at) < this.#arrivalBy(other, at);
  }

  #arrivalBy(contact: number, at: number): number {
    const { start, trip } = this.#plan;
    return Math.max(start[contact] as number, at) + (trip[contact] as number);
  }

  #end(contact: number): number {
    return this.#plan.end[contact] as number;
  }
}

/**
 * Returns the route search of a contact plan. All nodes with that plan use the same one, and so its working
 * memory.
 */
export const routeSearchOf: (plan: ContactPlan) => RouteSearch = memoisePerObject(
  (plan) => new RouteSearch(plan),
);
