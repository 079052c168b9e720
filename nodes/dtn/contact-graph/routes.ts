/**
 * The best routes through a contact plan, one after the other (Yen 1971, "Finding the K shortest
 * loopless paths in a network", on contacts): each further route shares a beginning with an earlier one
 * and then branches off.
 *
 * @module
 */

import type { Nanoseconds } from '../../../engine/host/time.ts';
import { leastOf } from '../../../engine/pure/extremes.ts';
import type { ContactPlan } from './plan.ts';
import type { Route, RouteQuery, RouteSearch } from './search.ts';

/** Negative if `left` is better (CCSDS 734.3-B-1 section 3.2.8.1.4 a). */
export function compareRoutes(left: Route, right: Route): number {
  return (
    left.arrivalNs - right.arrivalNs ||
    left.contacts.length - right.contacts.length ||
    right.terminationNs - left.terminationNs ||
    left.entry - right.entry
  );
}

/** The routes of one query, best first; each is computed when it is first asked for. */
export class RouteList {
  readonly #plan: ContactPlan;
  readonly #search: RouteSearch;
  readonly #query: RouteQuery;
  readonly #found: Route[] = [];
  readonly #candidates: Route[] = [];
  /** The contacts of all routes that are found or candidates, as text. */
  readonly #known = new Set<string>();

  /** @param search The search over the same plan; all lists of a plan use it in turn. */
  constructor(plan: ContactPlan, search: RouteSearch, query: RouteQuery) {
    this.#plan = plan;
    this.#search = search;
    this.#query = query;
  }

  /** Number of routes found so far. */
  get found(): number {
    return this.#found.length;
  }

  /** Earliest end, over the routes found so far, of a route's first contact; Infinity without routes. */
  get firstEndNs(): Nanoseconds {
    let end = Number.POSITIVE_INFINITY;
    for (const { contacts } of this.#found) {
      end = Math.min(end, this.#plan.end[contacts[0] as number] as number);
    }
    return end;
  }

  /** The route with this index; undefined if there are not that many. */
  at(index: number): Route | undefined {
    while (this.#found.length <= index) {
      const next = this.#nextRoute();
      if (next === undefined) return undefined;
      this.#found.push(next);
    }
    return this.#found[index];
  }

  #nextRoute(): Route | undefined {
    const last = this.#found.at(-1);
    if (last === undefined) this.#offer(this.#search.best(this.#query));
    else for (let spur = 0; spur < last.contacts.length; spur += 1) this.#branch(last, spur);
    this.#candidates.sort(compareRoutes);
    return this.#candidates.shift();
  }

  /**
   * Adds as a candidate the best route that shares the first `spur` contacts with `route` and differs in
   * the next contact.
   */
  #branch(route: Route, spur: number): void {
    const prefix = route.contacts.slice(0, spur);
    const tail = this.#search.best(this.#spurQuery(prefix));
    if (tail !== undefined) this.#offer(this.#joined(prefix, tail));
  }

  #spurQuery(prefix: readonly number[]): RouteQuery {
    const { from, to } = this.#plan;
    const { source, target, atNs, avoided } = this.#query;
    const spur = prefix.length === 0 ? source : (to[prefix.at(-1) as number] as number);
    // The route avoids the nodes of the prefix, so that it visits none of them twice.
    const nodes = prefix.map((contact) => from[contact] as number);
    return {
      source: spur,
      target,
      atNs: this.#arrivalOf(prefix, atNs),
      avoided: new Set([...(avoided ?? []), ...nodes]),
      notFirst: new Set([
        ...(prefix.length === 0 ? (this.#query.notFirst ?? []) : []),
        ...this.#taken(prefix),
      ]),
    };
  }

  /** The contacts that follow this prefix in known routes. */
  #taken(prefix: readonly number[]): readonly number[] {
    const hasPrefix = ({ contacts }: Route): boolean =>
      prefix.every((contact, at) => contacts[at] === contact);
    return [...this.#found, ...this.#candidates]
      .filter(hasPrefix)
      .flatMap(({ contacts }) => contacts[prefix.length] ?? []);
  }

  #joined(prefix: readonly number[], tail: Route): Route {
    const contacts = [...prefix, ...tail.contacts];
    const ends = contacts.map((contact) => this.#plan.end[contact] as number);
    return {
      contacts,
      arrivalNs: tail.arrivalNs,
      terminationNs: leastOf(ends),
      entry: this.#plan.to[contacts[0] as number] as number,
    };
  }

  #offer(route: Route | undefined): void {
    if (route === undefined) return;
    const key = route.contacts.join(',');
    if (this.#known.has(key)) return;
    this.#known.add(key);
    this.#candidates.push(route);
  }

  #arrivalOf(contacts: readonly number[], atNs: Nanoseconds): Nanoseconds {
    const { start, trip } = this.#plan;
    return contacts.reduce(
      (at, contact) => Math.max(start[contact] as number, at) + (trip[contact] as number),
      atNs,
    );
  }
}
