/**
 * Traces contacts, departures and the store of a node for the browser view. It exists only while a trace is
 * recorded; it sets no timer and draws no random numbers, so that a run is the same without it.
 *
 * @module
 */
import type { NetworkMap, PlannedContacts } from '../../engine/host/network-view.ts';
import type { Nanoseconds } from '../../engine/host/time.ts';
import type { HostPart } from '../_kit/host-part.ts';
import type { BundleAgent } from './agent/agent.ts';
import type { HeldBundle } from './agent/held-bundle.ts';
import type { ConsideredRoute } from './router/tried-routes.ts';
import {
  CONTACTS_TRACE,
  type ContactWindow,
  DEPARTURES_TRACE,
  LISTED_BUNDLES_MAX,
  LISTED_CONTACTS_MAX,
  ROUTES_TRACE,
  STORE_TRACE,
  type StoreState,
  type TracedRoute,
  WAITING_LIST_TRACE,
} from './trace-states.ts';

const NS_PER_MS = 1_000_000;
/** Smallest interval between traces of a store that is not empty, ns. */
const STORE_EVERY_NS = 100_000_000;

/**
 * Smallest interval between two traced lists of the same kind (waiting bundles, or routes to one destination),
 * ns.
 */
const LIST_EVERY_NS = 1_000_000_000;
/** A route that ends at this instant, ns, or later is shown as always open. */
const ALWAYS_FROM_NS = Number.MAX_SAFE_INTEGER;

/** The methods of an agent that report why bundles wait. */
type Reasons = Pick<BundleAgent<never>, 'waiting' | 'waitingBundles'>;

/** A way to a neighbour: its contacts as planned and as they happened, and the bundles that left. */
interface Way {
  readonly peer: string;
  readonly planned: readonly ContactWindow[];
  happened: readonly ContactWindow[];
  sent: number;
  departuresMs: readonly number[];
}

const ALWAYS: ContactWindow = { fromMs: 0, toMs: null };

/**
 * The first {@link LISTED_CONTACTS_MAX} windows of a plan; the windows of a repeating plan are repeated for
 * later periods.
 */
function windowsOf({ windows, periodNs }: PlannedContacts): readonly ContactWindow[] {
  const periods =
    periodNs === undefined ? 1 : Math.ceil(LISTED_CONTACTS_MAX / Math.max(1, windows.length));
  return Array.from({ length: periods }, (_, period) => {
    const shiftNs = period * (periodNs ?? 0);
    return windows.map(({ startNs, endNs }) => ({
      fromMs: Math.round((startNs + shiftNs) / NS_PER_MS),
      toMs: Math.round((endNs + shiftNs) / NS_PER_MS),
    }));
  })
    .flat()
    .slice(0, LISTED_CONTACTS_MAX);
}

function tracedRoute({ via, hops, arrivalNs, endNs, verdict }: ConsideredRoute): TracedRoute {
  const endsMs = endNs >= ALWAYS_FROM_NS ? null : Math.round(endNs / NS_PER_MS);
  return { via, hops, arrivesMs: Math.round(arrivalNs / NS_PER_MS), endsMs, verdict };
}

/**
 * Lists the planned contacts in which a host can send over its links; links that are always open are left out.
 */
export function plannedContactsFrom(
  host: string,
  { links }: NetworkMap,
): ReadonlyMap<string, PlannedContacts> {
  const planned = new Map<string, PlannedContacts>();
  for (const { id, a, b, contacts } of links) {
    const away = a.host === host ? contacts?.aToB : contacts?.bToA;
    const isOwn = a.host === host || b.host === host;
    if (isOwn && away !== undefined) planned.set(id, away);
  }
  return planned;
}

/** Traces the contacts, departures, routes and store of one node. */
export class AgentTracer {
  readonly #host: HostPart<'now' | 'planTime' | 'trace'>;
  /** The ways to neighbours, by the id of their outlet. */
  readonly #ways = new Map<string, Way>();
  #storeNs = Number.NEGATIVE_INFINITY;
  #storeText = '';
  #listNs = Number.NEGATIVE_INFINITY;
  #listText = '';
  /** The routes traced last for each destination, and when. */
  readonly #routes = new Map<string, { readonly novelty: string; readonly atNs: Nanoseconds }>();

  constructor(host: HostPart<'now' | 'planTime' | 'trace'>) {
    this.#host = host;
  }

  /** Adds a way to a neighbour. @param contacts Planned contacts; undefined if the way is always open. */
  way(outlet: string, peer: string, contacts: PlannedContacts | undefined): void {
    const planned = contacts === undefined ? [ALWAYS] : windowsOf(contacts);
    const way = { peer, planned, happened: [], sent: 0, departuresMs: [] };
    this.#ways.set(outlet, way);
    this.#contacts(way);
  }

  /** Traces that a contact begins or ends. */
  contact(outlet: string, kind: 'begin' | 'end'): void {
    const way = this.#ways.get(outlet);
    if (way === undefined) return;
    const last = way.happened.at(-1);
    const nowMs = this.#nowMs();
    if (kind === 'begin') way.happened = [...way.happened, { fromMs: nowMs, toMs: null }];
    else if (last?.toMs === null) {
      way.happened = [...way.happened.slice(0, -1), { ...last, toMs: nowMs }];
    }
    way.happened = way.happened.slice(-LISTED_CONTACTS_MAX);
    this.#contacts(way);
  }

  /** Traces that a bundle leaves by a way. */
  departed(outlet: string): void {
    const way = this.#ways.get(outlet);
    if (way === undefined) return;
    way.sent += 1;
    way.departuresMs = [...way.departuresMs, this.#nowMs()].slice(-LISTED_CONTACTS_MAX);
    const { peer, sent, departuresMs } = way;
    this.#state(
      DEPARTURES_TRACE.machine.write({ peer }),
      DEPARTURES_TRACE.state.write({ sent, atMs: departuresMs }),
    );
  }

  /** Traces how much the node stores, and why bundles wait. */
  store(bundles: number, bytes: number, why: Reasons): void {
    const nowNs = this.#host.planTime();
    if (bundles > 0 && nowNs - this.#storeNs < STORE_EVERY_NS) return;
    this.#storeNs = nowNs;
    this.#list(bundles, why);
    const reasons = Object.entries(why.waiting).sort(([a], [b]) => (a < b ? -1 : 1));
    const state: StoreState = {
      bundles,
      bytes,
      waiting: reasons.map(([reason, count]) => ({ reason, bundles: count })),
    };
    const text = STORE_TRACE.state.write(state);
    if (text === this.#storeText) return;
    this.#storeText = text;
    this.#state(STORE_TRACE.machine, text);
  }

  /**
   * Traces the routes considered for a bundle: at once if they differ from those traced last for its
   * destination, else at most once a second.
   */
  routes({ destination }: HeldBundle, tried: readonly ConsideredRoute[]): void {
    if (destination === undefined) return;
    const nowNs = this.#host.planTime();
    const novelty = tried.map(({ via, verdict }) => `${via} ${verdict}`).join();
    const known = this.#routes.get(destination);
    if (known?.novelty === novelty && nowNs - known.atNs < LIST_EVERY_NS) return;
    this.#routes.set(destination, { novelty, atNs: nowNs });
    const state = { atMs: this.#nowMs(), tried: tried.map(tracedRoute) };
    this.#state(ROUTES_TRACE.machine.write({ peer: destination }), ROUTES_TRACE.state.write(state));
  }

  /** Traces the waiting bundles one by one: at most once a second, and when none is left. */
  #list(bundles: number, why: Reasons): void {
    const nowNs = this.#host.planTime();
    if (bundles > 0 && nowNs - this.#listNs < LIST_EVERY_NS) return;
    this.#listNs = nowNs;
    const shiftNs = nowNs - this.#host.now();
    const listed = why.waitingBundles(LISTED_BUNDLES_MAX).map(({ bundle, why: reason }) => ({
      source: bundle.source === '' ? 'nobody' : bundle.source,
      destination: bundle.destination ?? null,
      sinceMs: Math.max(0, Math.round((bundle.sinceNs + shiftNs) / NS_PER_MS)),
      why: reason,
    }));
    const text = WAITING_LIST_TRACE.state.write(listed);
    if (text === this.#listText) return;
    this.#listText = text;
    this.#state(WAITING_LIST_TRACE.machine, text);
  }

  #contacts({ peer, planned, happened }: Way): void {
    this.#state(
      CONTACTS_TRACE.machine.write({ peer }),
      CONTACTS_TRACE.state.write({ planned, happened }),
    );
  }

  #state(machine: string, text: string): void {
    this.#host.trace.state(machine, text);
  }

  #nowMs(): number {
    return Math.round(this.#host.planTime() / NS_PER_MS);
  }
}
