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
  /** Defect for tests: takes the last of the routes. */
  readonly isRoundabout: boolean;
}

/** Routes by the plan. */
export class ContactGraphRouter implements Router {
  readonly #parts: ContactGraphParts;
  readonly #volumes: Volumes;
  readonly #search: RouteSearch;
  readonly #promised = new Map<string, Projection>();
  /** Lists of routes at one instant, by destination and avoided neighbour. */
  #lists = new Map<string, RouteList>();
  #listedNs = -1;

  constructor(parts: ContactGraphParts) {
    this.#parts = parts;
    this.#volumes = new Volumes(parts.plan);
    this.#search = new RouteSearch(parts.plan);
  }

  route(bundle: HeldBundle, around: Surroundings): Decision {
    const { names, plan } = this.#parts;
    const list = this.#listFor(bundle, around.nowNs);
    if (list === undefined) return { kind: 'wait', why: 'no-route' };
    const choice: Choice = {
      plan,
      volumes: this.#volumes,
      backlog: (neighbour, priority) => around.waiting(names.nameAt(neighbour) ?? '', priority),
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
    const chosen = chooseRoute(this.#parts.isRoundabout ? lastOf(list) : list, demand, choice);
    if (typeof chosen === 'string') return { kind: 'wait', why: chosen };
    this.#volumes.book(chosen, bundle.priority);
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

  #listFor({ destination, from }: HeldBundle, nowNs: number): RouteList | undefined {
    const { own, names, plan } = this.#parts;
    const source = names.numberOf(own);
    const target = destination === undefined ? undefined : names.numberOf(destination);
    if (source === undefined || target === undefined) return undefined;
    // Arrivals depend on the instant of departure.
    if (this.#listedNs !== nowNs) this.#lists.clear();
    this.#listedNs = nowNs;
    const key = `${target} ${from ?? ''}`;
    const known = this.#lists.get(key);
    if (known !== undefined) return known;
    const previous = from === undefined ? undefined : names.numberOf(from);
    const query: RouteQuery = {
      source,
      target,
      atNs: nowNs,
      // Section 3.2.5.2: a bundle does not go back to where it came from.
      ...(previous === undefined || previous === target ? {} : { avoided: new Set([previous]) }),
    };
    const list = new RouteList(plan, this.#search, query);
    this.#lists.set(key, list);
    return list;
  }
}

/** The defect `roundabout`: the worst of the routes is the only one. */
function lastOf(list: RouteSource): RouteSource {
  let last = ROUTES_MAX - 1;
  while (last > 0 && list.at(last) === undefined) last -= 1;
  return { at: (index) => (index === 0 ? list.at(last) : undefined) };
}
