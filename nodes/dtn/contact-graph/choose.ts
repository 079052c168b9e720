/**
 * Chooses the route of a bundle from a list, by the remaining volumes of contacts and the bytes already
 * queued (CCSDS 734.3-B-1 sections 3.2.6 and 3.2.8.1).
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { ContactPlan } from './plan.ts';
import type { Route } from './search.ts';

/** Classes of priority: 0 bulk, 1 normal, 2 expedited. */
const PRIORITIES = 3;
/** Largest number of routes that are considered for a bundle. */
export const ROUTES_CONSIDERED_MAX = 10;
const NS_PER_S = 1e9;
const PERCENT = 100;

/**
 * The allowance for overhead that is added to the size of a bundle (section 1.4, estimated volume
 * consumption): `percent` of the size, but at least `bytesMin`.
 */
export interface OverheadAllowance {
  readonly percent: number;
  readonly bytesMin: number;
}

/** The standard's allowance for convergence layers. */
export const STANDARD_OVERHEAD_ALLOWANCE: OverheadAllowance = { percent: 3, bytesMin: 100 };

/** The facts about a bundle on which the choice of its route depends. */
export interface BundleRequirements {
  /** Length of the bundle, bytes. */
  readonly size: number;
  /** 0 (bulk) to 2 (expedited). */
  readonly priority: number;
  /** Instant at which the bundle expires; Infinity if never. */
  readonly deadlineNs: Nanoseconds;
  /** True if the bundle may be split into fragments. */
  readonly isFragmentable: boolean;
  /** Shortest fragment that may be cut off, bytes; absent if any length is allowed. */
  readonly pieceMin?: number;
}

/** When a bundle would leave and arrive on a route, and how much of the route's volume it would use. */
export interface RouteProjection {
  readonly route: Route;
  /** Estimated volume consumption, bytes. */
  readonly volume: number;
  /** When the first byte can leave, after the bundles that are queued already. */
  readonly departureNs: Nanoseconds;
  /** When the last byte arrives at the destination. */
  readonly arrivalNs: Nanoseconds;
  /** Volume that the route has left, bytes. */
  readonly room: number;
}

/** The reason why no route is chosen. */
export type NoRouteReason = 'no-route' | 'no-contact-before-expiry' | 'no-volume';

/**
 * Returns the total length of the bundles of this priority or higher that are queued for a
 * neighbour, bytes.
 */
export type BacklogBytesOf = (neighbour: number, priority: number) => number;

/**
 * The volume of each contact that is not booked for bundles yet, by priority (section 3.2.8.1.2). Only
 * contacts with a booking have an entry, since each node books few contacts.
 */
export class RemainingContactVolumes {
  readonly #plan: ContactPlan;
  readonly #left = new Map<number, number>();

  constructor(plan: ContactPlan) {
    this.#plan = plan;
  }

  /**
   * Takes over the bookings made with a former plan.
   * @param same By index of a contact in the former plan, its index in this plan.
   */
  takeOver(former: RemainingContactVolumes, same: ReadonlyMap<number, number>): void {
    for (const [at, bytes] of former.#left) {
      const contact = same.get(Math.floor(at / PRIORITIES));
      if (contact !== undefined) this.#left.set(contact * PRIORITIES + (at % PRIORITIES), bytes);
    }
  }

  /** Volume of a contact that bundles of this priority can still use, bytes. */
  left(contact: number, priority: number): number {
    return this.#left.get(contact * PRIORITIES + priority) ?? capacityOf(this.#plan, contact);
  }

  /** Books volume on a route for a bundle: less is left for bundles of its priority and below. */
  book({ route, volume }: RouteProjection, priority: number): void {
    this.#add(route, priority, -volume);
  }

  /** Cancels the booking of a bundle that does not take the route. */
  release({ route, volume }: RouteProjection, priority: number): void {
    this.#add(route, priority, volume);
  }

  #add({ contacts }: Route, priority: number, bytes: number): void {
    for (const contact of contacts) {
      for (let level = 0; level <= priority; level += 1) {
        this.#left.set(contact * PRIORITIES + level, this.left(contact, level) + bytes);
      }
    }
  }
}

/** Volume of a whole contact, bytes. */
function capacityOf({ start, end, rate }: ContactPlan, contact: number): number {
  const lengthNs = (end[contact] as number) - (start[contact] as number);
  return (lengthNs * (rate[contact] as number)) / NS_PER_S;
}

/** Routes of one query, best first. */
export interface RankedRoutes {
  /** The route with this index; undefined if there are not that many. */
  at(index: number): Route | undefined;
}

/** What the choice of a route depends on beside the bundle and its routes. */
export interface RouteChoiceContext {
  readonly plan: ContactPlan;
  readonly volumes: RemainingContactVolumes;
  readonly backlog: BacklogBytesOf;
  readonly allowance: OverheadAllowance;
  /** Largest number of routes that are considered. */
  readonly routesMax: number;
  readonly nowNs: Nanoseconds;
  /** Called for each route that is considered; absent if no trace is recorded. */
  readonly onTried?: ((route: Route, verdict: RouteProjection | NoRouteReason) => void) | undefined;
}

/** Estimated volume consumption of a bundle of this size, bytes. */
function volumeOf(size: number, { percent, bytesMin }: OverheadAllowance): number {
  return size + Math.max((size * percent) / PERCENT, bytesMin);
}

/**
 * Estimated volume consumption of the shortest fragment that may be cut off, bytes; 0 if any length is
 * allowed.
 */
function leastVolume({ pieceMin }: BundleRequirements, { allowance }: RouteChoiceContext): number {
  return pieceMin === undefined ? 0 : volumeOf(pieceMin, allowance);
}

/** The longest bundle whose estimated volume consumption is at most `volume`, bytes. */
export function largestBundleBytesWithin(
  volume: number,
  { percent, bytesMin }: OverheadAllowance,
): number {
  return Math.floor(Math.min(volume - bytesMin, volume / (1 + percent / PERCENT)));
}

/** The best route for a bundle, or why there is none. */
export function chooseRoute(
  list: RankedRoutes,
  demand: BundleRequirements,
  choice: RouteChoiceContext,
): RouteProjection | NoRouteReason {
  let best: RouteProjection | undefined;
  let reason: NoRouteReason = 'no-route';
  for (let index = 0; index < choice.routesMax; index += 1) {
    const route = list.at(index);
    // A bundle arrives no earlier than its route's arrival, by which the list is sorted: later routes
    // cannot be better.
    if (route === undefined || (best !== undefined && route.arrivalNs > best.arrivalNs)) break;
    const projection = project(route, demand, choice);
    choice.onTried?.(route, projection);
    if (typeof projection === 'string') reason = reason === 'no-volume' ? reason : projection;
    else if (best === undefined || compareProjections(projection, best) < 0) best = projection;
  }
  return best ?? reason;
}

/** Below 0 if `left` is better (section 3.2.8.1.4 a, with projected arrivals of the bundle). */
function compareProjections(left: RouteProjection, right: RouteProjection): number {
  return (
    left.arrivalNs - right.arrivalNs ||
    left.route.contacts.length - right.route.contacts.length ||
    right.route.terminationNs - left.route.terminationNs ||
    left.route.entry - right.route.entry
  );
}

/** How the route would carry the bundle, or why it cannot (section 3.2.6.9). */
function project(
  route: Route,
  demand: BundleRequirements,
  choice: RouteChoiceContext,
): RouteProjection | NoRouteReason {
  const { plan } = choice;
  // 3.2.6.9 a: the bundle would be late even in an empty network.
  if (route.arrivalNs > demand.deadlineNs) return 'no-contact-before-expiry';
  const volume = volumeOf(demand.size, choice.allowance);
  const departureNs = departureOf(route, demand, choice);
  const endNs = plan.end[route.contacts[0] as number];
  // 3.2.6.9 d: bundles that are queued already fill the first contact.
  if (endNs === undefined || departureNs > endNs) return 'no-volume';
  let at = departureNs;
  let room = Number.POSITIVE_INFINITY;
  for (const [index, id] of route.contacts.entries()) {
    const rate = plan.rate[id] as number;
    const firstByteNs = index === 0 ? at : Math.max(plan.start[id] as number, at);
    const seconds = (endOfRest(plan, route, index) - firstByteNs) / NS_PER_S;
    room = Math.min(room, choice.volumes.left(id, demand.priority), seconds * rate);
    at = firstByteNs + (volume / rate) * NS_PER_S + (plan.trip[id] as number);
  }
  // 3.2.6.9 e: the bundle would arrive too late.
  if (at > demand.deadlineNs) return 'no-contact-before-expiry';
  // 3.2.6.9 f and g: the route has no volume left for the bundle, nor for a fragment that may be cut
  // off.
  const piece = demand.isFragmentable ? leastVolume(demand, choice) : volume;
  const isTooLarge = room <= 0 || room < Math.min(piece, volume);
  if (isTooLarge) return 'no-volume';
  return { route, volume, departureNs, arrivalNs: Math.ceil(at), room };
}

/** Section 3.2.6.2: when the first byte can leave, after the bundles queued for the same neighbour. */
function departureOf(
  route: Route,
  demand: BundleRequirements,
  choice: RouteChoiceContext,
): Nanoseconds {
  const { plan, nowNs, backlog } = choice;
  const [first] = route.contacts;
  if (first === undefined) return nowNs;
  const waiting = backlog(plan.to[first] as number, demand.priority);
  const residual = Math.max(0, waiting - reliefOf(first, plan, nowNs));
  const waitNs = Math.ceil((residual / (plan.rate[first] as number)) * NS_PER_S);
  return Math.max(nowNs, plan.start[first] as number) + waitNs;
}

/**
 * Volume of the contacts with the same neighbour from now until contact `first` begins, bytes: this
 * part of the queue leaves before contact `first`.
 */
function reliefOf(first: number, plan: ContactPlan, nowNs: Nanoseconds): number {
  const { from, to, start, end, rate } = plan;
  let relief = 0;
  for (const id of plan.bySender[from[first] as number] as readonly number[]) {
    const [startNs, endNs] = [start[id] as number, end[id] as number];
    if (to[id] !== to[first] || endNs <= nowNs || startNs >= (start[first] as number)) continue;
    relief += ((endNs - Math.max(nowNs, startNs)) / NS_PER_S) * (rate[id] as number);
  }
  return relief;
}

/** A bundle in the queue for a neighbour. */
export interface QueuedBundle<Bundle> {
  readonly bundle: Bundle;
  readonly priority: number;
  /** The route and volume booked for the bundle; undefined if this router booked none. */
  readonly promised: RouteProjection | undefined;
}

/**
 * Lists the queued bundles below `priority` that no longer fit in the first contact of their route,
 * because others leave before them (`manageOverbooking` of ION).
 */
export function overbookedBundles<Bundle>(
  queue: readonly QueuedBundle<Bundle>[],
  priority: number,
  { plan, nowNs }: Pick<RouteChoiceContext, 'plan' | 'nowNs'>,
): readonly Bundle[] {
  const reliefs = new Map<number, number>();
  const displaced: Bundle[] = [];
  let ahead = 0;
  for (const { bundle, priority: own, promised } of queue) {
    const first = promised?.route.contacts[0];
    if (promised === undefined || first === undefined) continue;
    const relief = reliefs.get(first) ?? reliefOf(first, plan, nowNs);
    reliefs.set(first, relief);
    const bytes = Math.max(0, ahead - relief) + promised.volume;
    const beginNs = Math.max(nowNs, plan.start[first] as number);
    const endNs = beginNs + (bytes / (plan.rate[first] as number)) * NS_PER_S;
    if (own < priority && endNs > (plan.end[first] as number)) displaced.push(bundle);
    else ahead += promised.volume;
  }
  return displaced;
}

/** Section 3.2.6.8.9: the earliest end of a route's contacts, from the one at index `from` on. */
function endOfRest(plan: ContactPlan, { contacts }: Route, from: number): Nanoseconds {
  let end = Number.POSITIVE_INFINITY;
  for (let index = from; index < contacts.length; index += 1) {
    end = Math.min(end, plan.end[contacts[index] as number] as number);
  }
  return end;
}
