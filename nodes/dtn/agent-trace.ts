/**
 * Traces contacts, departures and the store of a node for its page. It exists only while a trace is
 * recorded; it sets no timer and draws no random numbers, so that a run is the same without it.
 *
 * @module
 */
import type { NetworkMap, PlannedContacts } from '../../engine/host/network-view.ts';
import type { HostPart } from '../_kit/host-part.ts';
import {
  CONTACTS,
  type ContactWindow,
  DEPARTURES,
  LISTED_MAX,
  STORE,
  type StoreState,
} from './trace-states.ts';

const NS_PER_MS = 1_000_000;
/** Smallest interval between traces of a store that is not empty, ns. */
const STORE_EVERY_NS = 100_000_000;

/** A way to a neighbour. */
interface Way {
  readonly peer: string;
  readonly planned: readonly ContactWindow[];
  happened: readonly ContactWindow[];
  sent: number;
  departuresMs: readonly number[];
}

const ALWAYS: ContactWindow = { fromMs: 0, toMs: null };

/** The first windows, those of later periods included. */
function windowsOf({ windows, periodNs }: PlannedContacts): readonly ContactWindow[] {
  const periods = periodNs === undefined ? 1 : Math.ceil(LISTED_MAX / Math.max(1, windows.length));
  return Array.from({ length: periods }, (_, period) => {
    const shiftNs = period * (periodNs ?? 0);
    return windows.map(({ startNs, endNs }) => ({
      fromMs: Math.round((startNs + shiftNs) / NS_PER_MS),
      toMs: Math.round((endNs + shiftNs) / NS_PER_MS),
    }));
  })
    .flat()
    .slice(0, LISTED_MAX);
}

/** What is planned on a link in the direction away from a host; undefined if it is always open. */
export function plannedOn(
  { links }: NetworkMap,
  { link, host }: { readonly link: string; readonly host: string },
): PlannedContacts | undefined {
  const found = links.find(({ id }) => id === link);
  return found?.a.host === host ? found.contacts?.aToB : found?.contacts?.bToA;
}

/** Writes the states of one node. */
export class AgentTrace {
  readonly #host: HostPart<'planTime' | 'trace'>;
  /** By the id of the outlet. */
  readonly #ways = new Map<string, Way>();
  #storeNs = Number.NEGATIVE_INFINITY;
  #storeText = '';

  constructor(host: HostPart<'planTime' | 'trace'>) {
    this.#host = host;
  }

  /** A way to a neighbour, whose contacts are planned unless it is always open. */
  way(outlet: string, peer: string, contacts: PlannedContacts | undefined): void {
    const planned = contacts === undefined ? [ALWAYS] : windowsOf(contacts);
    const way = { peer, planned, happened: [], sent: 0, departuresMs: [] };
    this.#ways.set(outlet, way);
    this.#contacts(way);
  }

  /** A contact begins or ends. */
  contact(outlet: string, kind: 'begin' | 'end'): void {
    const way = this.#ways.get(outlet);
    if (way === undefined) return;
    const last = way.happened.at(-1);
    const nowMs = this.#nowMs();
    if (kind === 'begin') way.happened = [...way.happened, { fromMs: nowMs, toMs: null }];
    else if (last?.toMs === null) {
      way.happened = [...way.happened.slice(0, -1), { ...last, toMs: nowMs }];
    }
    way.happened = way.happened.slice(-LISTED_MAX);
    this.#contacts(way);
  }

  /** A bundle leaves. */
  departed(outlet: string): void {
    const way = this.#ways.get(outlet);
    if (way === undefined) return;
    way.sent += 1;
    way.departuresMs = [...way.departuresMs, this.#nowMs()].slice(-LISTED_MAX);
    const { peer, sent, departuresMs } = way;
    this.#state(
      DEPARTURES.machine.write({ peer }),
      DEPARTURES.state.write({ sent, atMs: departuresMs }),
    );
  }

  /** @param waiting Bundles by the reason for which they wait. */
  store(bundles: number, bytes: number, waiting: () => Readonly<Record<string, number>>): void {
    const nowNs = this.#host.planTime();
    if (bundles > 0 && nowNs - this.#storeNs < STORE_EVERY_NS) return;
    this.#storeNs = nowNs;
    const reasons = Object.entries(waiting()).sort(([a], [b]) => (a < b ? -1 : 1));
    const state: StoreState = {
      bundles,
      bytes,
      waiting: reasons.map(([reason, count]) => ({ reason, bundles: count })),
    };
    const text = STORE.state.write(state);
    if (text === this.#storeText) return;
    this.#storeText = text;
    this.#state(STORE.machine, text);
  }

  #contacts({ peer, planned, happened }: Way): void {
    this.#state(CONTACTS.machine.write({ peer }), CONTACTS.state.write({ planned, happened }));
  }

  #state(machine: string, text: string): void {
    this.#host.trace.state(machine, text);
  }

  #nowMs(): number {
    return Math.round(this.#host.planTime() / NS_PER_MS);
  }
}
