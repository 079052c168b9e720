/**
 * Contact graph routing (CCSDS 734.3-B-1 section 3.2): the node computes the whole route of a bundle
 * from the plan, and sends it to the first neighbour of that route. Each node on the way does the same.
 *
 * @module
 */
import type { HeldBundle } from '../agent/held-bundle.ts';
import type { DtnBehaviour } from '../behaviour.ts';
import {
  type BundleRequirements,
  chooseRoute,
  largestBundleBytesWithin,
  type NoRouteReason,
  overbookedBundles,
  RemainingContactVolumes,
  ROUTES_CONSIDERED_MAX,
  type RouteChoiceContext,
  type RouteProjection,
  STANDARD_OVERHEAD_ALLOWANCE,
} from '../contact-graph/choose.ts';
import { type ContactPlan, matchContactIndices, type PlanSource } from '../contact-graph/plan.ts';
import { RouteList } from '../contact-graph/routes.ts';
import { type RouteQuery, routeSearchOf } from '../contact-graph/search.ts';
import type { HostEids } from '../names.ts';
import type { CopyRoutingDecision, Router, RoutingContext, RoutingDecision } from './router.ts';
import { ConsideredRoutes, type OnRoutesConsidered } from './tried-routes.ts';

/** What a {@link ContactGraphRouter} is made from. */
export interface ContactGraphParts {
  /** Name of the router's host. */
  readonly own: string;
  readonly names: HostEids;
  readonly plans: PlanSource;
  readonly behaviour: Pick<DtnBehaviour, 'routes' | 'books'>;
  /** Called with the routes considered for a bundle, best first; absent while no trace is recorded. */
  readonly onTried?: OnRoutesConsidered | undefined;
}

/** A query for routes; with `entry`, they have to begin with that neighbour. */
interface Query extends RouteQuery {
  readonly entry?: number;
}

const NO_ROUTE: CopyRoutingDecision = { kind: 'wait', why: 'no-route' };
const NO_VOLUME: CopyRoutingDecision = { kind: 'wait', why: 'no-volume' };

/** Chooses routes from the contact plan, and books the volume of contacts for bundles. */
export class ContactGraphRouter implements Router {
  readonly #parts: ContactGraphParts;
  #plan: ContactPlan;
  #volumes: RemainingContactVolumes;
  readonly #promised = new Map<string, RouteProjection>();
  /** For each neighbour, the contacts of this node with all other neighbours. */
  readonly #others = new Map<number, ReadonlySet<number>>();
  /** Lists of routes by {@link keyOf}, and since when each is valid. */
  readonly #lists = new Map<string, { readonly list: RouteList; readonly sinceNs: number }>();

  constructor(parts: ContactGraphParts) {
    this.#parts = parts;
    this.#plan = parts.plans.at(0);
    this.#volumes = new RemainingContactVolumes(this.#plan);
  }

  route(bundle: HeldBundle, around: RoutingContext): RoutingDecision {
    this.#renew(around.nowNs);
    const query = this.#queryFor(bundle, around.nowNs);
    return query === undefined ? NO_ROUTE : this.#decide(query, bundle, around);
  }

  routeBy(copy: HeldBundle, neighbour: string, around: RoutingContext): CopyRoutingDecision {
    this.#renew(around.nowNs);
    const query = this.#queryFor(copy, around.nowNs);
    const entry = this.#parts.names.numberOf(neighbour);
    if (query === undefined || entry === undefined) return NO_ROUTE;
    const notFirst = this.#notTo(entry);
    const decision = this.#decide({ ...query, entry, notFirst }, copy, around);
    return decision.kind === 'split' ? NO_VOLUME : decision;
  }

  #decide(query: Query, bundle: HeldBundle, around: RoutingContext): RoutingDecision {
    const { names, behaviour } = this.#parts;
    const { books } = behaviour;
    const plan = this.#plan;
    const choice: RouteChoiceContext = {
      plan,
      volumes: this.#volumes,
      backlog: (neighbour, priority) =>
        books ? around.waiting(names.nameAt(neighbour) ?? '', priority) : 0,
      allowance: STANDARD_OVERHEAD_ALLOWANCE,
      routesMax: ROUTES_CONSIDERED_MAX,
      nowNs: around.nowNs,
    };
    const tried = this.#parts.onTried && new ConsideredRoutes(plan, around.nowNs);
    const pieceMin = around.leastPiece(bundle);
    const demand = {
      size: bundle.bytes.length,
      priority: bundle.priority,
      deadlineNs: around.deadlineOf(bundle),
      isFragmentable: Number.isFinite(pieceMin),
      pieceMin,
    };
    const chosen = this.#choose(query, demand, { ...choice, onTried: tried?.add });
    if (tried !== undefined) {
      const nameOf = (entry: number): string | undefined => names.nameAt(entry);
      this.#parts.onTried?.(bundle, tried.ending(chosen, nameOf));
    }
    if (typeof chosen === 'string') return { kind: 'wait', why: chosen };
    // Section 3.2.8.2: anticipatory fragmentation.
    if (chosen.room < chosen.volume && books)
      return {
        kind: 'split',
        maxBytes: largestBundleBytesWithin(chosen.room, STANDARD_OVERHEAD_ALLOWANCE),
      };
    if (books) this.#volumes.book(chosen, bundle.priority);
    this.#promised.set(bundle.key, chosen);
    const { departureNs: leavesNs } = chosen;
    const { contacts, entry } = chosen.route;
    const untilNs = plan.end[contacts[0] as number] ?? around.nowNs;
    return { kind: 'go', neighbour: names.nameAt(entry) ?? '', untilNs, leavesNs };
  }

  withdrawn({ key, priority }: HeldBundle): void {
    const promised = this.#promised.get(key);
    if (promised !== undefined) this.#volumes.release(promised, priority);
    this.#promised.delete(key);
  }

  displaced(
    { priority }: HeldBundle,
    queue: readonly HeldBundle[],
    { nowNs }: RoutingContext,
  ): readonly HeldBundle[] {
    if (!this.#parts.behaviour.books) return [];
    const plan = this.#plan;
    const demands = queue.map((bundle) => {
      return { bundle, priority: bundle.priority, promised: this.#promised.get(bundle.key) };
    });
    return overbookedBundles(demands, priority, { plan, nowNs });
  }

  done({ key }: HeldBundle): void {
    this.#promised.delete(key);
  }

  /**
   * The best route for a bundle. The arrivals in a list that was made earlier are those of an
   * earlier departure, and so lower bounds. The choice is exact unless it reaches the end of the
   * list; then the list is made anew.
   */
  #choose(
    query: Query,
    demand: BundleRequirements,
    choice: RouteChoiceContext,
  ): RouteProjection | NoRouteReason {
    const { routes } = this.#parts.behaviour;
    const list = this.#listFor(query);
    const chosen = chooseRoute(routes(list), demand, choice);
    const isExact = typeof chosen !== 'string' && list.found < ROUTES_CONSIDERED_MAX;
    if (isExact || this.#isNew(query)) return chosen;
    this.#lists.delete(keyOf(query));
    return chooseRoute(routes(this.#listFor(query)), demand, choice);
  }

  #isNew(query: Query): boolean {
    return this.#lists.get(keyOf(query))?.sinceNs === query.atNs;
  }

  /**
   * Changes to the plan that is valid at an instant, and keeps the bookings made with the former plan.
   */
  #renew(nowNs: number): void {
    const plan = this.#parts.plans.at(nowNs);
    if (plan === this.#plan) return;
    const same = matchContactIndices(this.#plan, plan);
    const volumes = new RemainingContactVolumes(plan);
    volumes.takeOver(this.#volumes, same);
    this.#plan = plan;
    this.#volumes = volumes;
    this.#lists.clear();
    this.#others.clear();
    for (const [key, promised] of this.#promised) {
      const contacts = promised.route.contacts.flatMap((contact) => same.get(contact) ?? []);
      this.#promised.set(key, { ...promised, route: { ...promised.route, contacts } });
    }
  }

  /** The contacts of this node with all neighbours except `entry`. */
  #notTo(entry: number): ReadonlySet<number> {
    const { own, names } = this.#parts;
    const plan = this.#plan;
    const known = this.#others.get(entry);
    if (known !== undefined) return known;
    const contacts = plan.bySender[names.numberOf(own) ?? -1] ?? [];
    const others = new Set(contacts.filter((contact) => plan.to[contact] !== entry));
    this.#others.set(entry, others);
    return others;
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

  /**
   * The list of routes for a query; it is used until the first contact of one of its routes has ended
   * (section 3.2.3).
   */
  #listFor(query: Query): RouteList {
    const key = keyOf(query);
    const known = this.#lists.get(key);
    if (known !== undefined && query.atNs <= known.list.firstEndNs) return known.list;
    const list = new RouteList(this.#plan, routeSearchOf(this.#plan), query);
    this.#lists.set(key, { list, sinceNs: query.atNs });
    return list;
  }
}

/**
 * Makes the key of a query's list of routes: everything on which the list depends except the instant.
 */
function keyOf({ target, entry, avoided }: Query): string {
  return `${target} ${entry ?? 'any'} ${[...(avoided ?? [])].join(' ')}`;
}
