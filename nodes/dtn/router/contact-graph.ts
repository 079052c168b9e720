/**
 * Contact graph routing (CCSDS 734.3-B-1 section 3.2): the node computes the whole route of a bundle
 * from the plan, and sends it to the first neighbour of that route. Each node does so anew.
 *
 * @module
 */
import type { HeldBundle } from '../agent/held-bundle.ts';
import {
  ALLOWANCE,
  type Choice,
  chooseRoute,
  type Demand,
  type NoRoute,
  type Projection,
  ROUTES_MAX,
  type RouteSource,
  Volumes,
} from '../contact-graph/choose.ts';
import type { ContactPlan } from '../contact-graph/plan.ts';
import { RouteList } from '../contact-graph/routes.ts';
import { type RouteQuery, RouteSearch } from '../contact-graph/search.ts';
import type { Names } from '../names.ts';
import type { Decision, Router, Surroundings } from './router.ts';

/** What the router stands on. */
export interface ContactGraphParts {
  /** Name of its node. */
  readonly own: string;
  readonly names: Names;
  readonly plan: ContactPlan;
  /** Defects for tests: takes the last of the routes; never says that a contact is full. */
  readonly isRoundabout: boolean;
  readonly isOverbooking: boolean;
}

/** Routes by the plan. */
export class ContactGraphRouter implements Router {
  readonly #parts: ContactGraphParts;
  readonly #volumes: Volumes;
  readonly #search: RouteSearch;
  readonly #promised = new Map<string, Projection>();
  /** Lists of routes, by destination and avoided neighbour, from the instant of their making. */
  readonly #lists = new Map<string, { readonly list: RouteList; readonly sinceNs: number }>();

  constructor(parts: ContactGraphParts) {
    this.#parts = parts;
    this.#volumes = new Volumes(parts.plan);
    this.#search = new RouteSearch(parts.plan);
  }

  route(bundle: HeldBundle, around: Surroundings): Decision {
    const { names, plan, isOverbooking } = this.#parts;
    const query = this.#queryFor(bundle, around.nowNs);
    if (query === undefined) return { kind: 'wait', why: 'no-route' };
    const choice: Choice = {
      plan,
      volumes: this.#volumes,
      backlog: (neighbour, priority) =>
        isOverbooking ? 0 : around.waiting(names.nameAt(neighbour) ?? '', priority),
      allowance: ALLOWANCE,
      routesMax: ROUTES_MAX,
      nowNs: around.nowNs,
    };
    const demand = {
      size: bundle.bytes.length,
      priority: bundle.priority,
      deadlineNs: around.deadlineOf(bundle),
      isFragmentable: false,
    };
    const chosen = this.#choose(query, demand, choice);
    if (typeof chosen === 'string') return { kind: 'wait', why: chosen };
    if (!isOverbooking) this.#volumes.book(chosen, bundle.priority);
    this.#promised.set(bundle.key, chosen);
    const { contacts, entry } = chosen.route;
    const untilNs = plan.contacts[contacts[0] as number]?.endNs ?? around.nowNs;
    return { kind: 'go', neighbour: names.nameAt(entry) ?? '', untilNs };
  }

  withdrawn({ key, priority }: HeldBundle): void {
    const promised = this.#promised.get(key);
    if (promised !== undefined) this.#volumes.release(promised, priority);
    this.#promised.delete(key);
  }

  done({ key }: HeldBundle): void {
    this.#promised.delete(key);
  }

  /**
   * The best route of a list. Arrivals of an old list are those of an earlier departure, and so lower
   * bounds, with which the choice is exact as long as it does not come to the end of the list.
   */
  #choose(query: RouteQuery, demand: Demand, choice: Choice): Projection | NoRoute {
    const { isRoundabout } = this.#parts;
    const list = this.#listFor(query);
    const chosen = chooseRoute(isRoundabout ? lastOf(list) : list, demand, choice);
    const isExact = typeof chosen !== 'string' && list.found < ROUTES_MAX;
    if (isExact || isRoundabout || this.#isNew(query)) return chosen;
    this.#lists.delete(keyOf(query));
    return chooseRoute(this.#listFor(query), demand, choice);
  }

  #isNew(query: RouteQuery): boolean {
    return this.#lists.get(keyOf(query))?.sinceNs === query.atNs;
  }

  #queryFor({ destination, from }: HeldBundle, atNs: number): RouteQuery | undefined {
    const { own, names } = this.#parts;
    const source = names.numberOf(own);
    const target = destination === undefined ? undefined : names.numberOf(destination);
    if (source === undefined || target === undefined) return undefined;
    const previous = from === undefined ? undefined : names.numberOf(from);
    // Section 3.2.5.2: a bundle does not go back to where it came from.
    const isAvoided = previous !== undefined && previous !== target;
    return { source, target, atNs, ...(isAvoided && { avoided: new Set([previous]) }) };
  }

  /** A list is good until the first contact of one of its routes has ended (section 3.2.3). */
  #listFor(query: RouteQuery): RouteList {
    const key = keyOf(query);
    const known = this.#lists.get(key);
    const { isRoundabout, plan } = this.#parts;
    const isGood = known !== undefined && query.atNs <= known.list.firstEndNs;
    if (isGood && (!isRoundabout || known.sinceNs === query.atNs)) return known.list;
    const list = new RouteList(plan, this.#search, query);
    this.#lists.set(key, { list, sinceNs: query.atNs });
    return list;
  }
}

/** What lists of routes depend on, beside the instant. */
function keyOf({ target, avoided }: RouteQuery): string {
  return `${target} ${[...(avoided ?? [])].join(' ')}`;
}

/** The defect `roundabout`: the worst of the routes is the only one. */
function lastOf(list: RouteSource): RouteSource {
  let last = ROUTES_MAX - 1;
  while (last > 0 && list.at(last) === undefined) last -= 1;
  return { at: (index) => (index === 0 ? list.at(last) : undefined) };
}
