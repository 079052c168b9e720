/**
 * The contact plan of a network, as all its nodes see it: each link is two directions, each with its
 * planned windows, or always open.
 *
 * @module
 */
import type { LinkView, NetworkMap, PlannedContacts } from '../../engine/host/network-view.ts';
import type { Nanoseconds } from '../../engine/host/time.ts';
import { CarrierReachability, carrierBelowDtn } from './carrier-reach.ts';
import {
  ContactPlan,
  DEFAULT_PLAN_OPTIONS,
  type PlannedContact,
  type PlanSource,
} from './contact-graph/plan.ts';
import { PLANNED_PERIODS_MAX } from './geometry.ts';
import type { HostEids } from './names.ts';

const BITS = 8;
/** The end of virtual time: 2^53 - 1 ns (docs/spec/event-order.md#time). */
const END_OF_TIME = Number.MAX_SAFE_INTEGER;

interface Direction {
  readonly from: number;
  readonly to: number;
  readonly link: LinkView;
  readonly contacts: PlannedContacts | undefined;
  readonly nowNs: Nanoseconds;
}

/** Rate, bytes per second, that the plan assumes for a carrier, whose network it does not know. */
const CARRIER_RATE = 1e8;

/**
 * The plan of a network for a run of any length: repeating contacts are listed for {@link
 * PLANNED_PERIODS_MAX} periods, and a new plan is made when half of these periods are over.
 */
export class NetworkPlans implements PlanSource {
  readonly #network: NetworkMap;
  readonly #names: HostEids;
  #plan: ContactPlan | undefined;
  #renewalNs = 0;

  constructor(network: NetworkMap, names: HostEids) {
    this.#network = network;
    this.#names = names;
  }

  at(nowNs: Nanoseconds): ContactPlan {
    if (this.#plan !== undefined && nowNs < this.#renewalNs) return this.#plan;
    const { plan, renewalNs } = nowNs === 0 ? this.#first() : this.#made(nowNs);
    this.#plan = plan;
    this.#renewalNs = renewalNs;
    return plan;
  }

  #first(): MadePlan {
    const { hosts, links } = this.#network;
    const known = firstPlans.get(hosts);
    if (known !== undefined && known.links === links && known.names.isSameAs(this.#names)) {
      return known;
    }
    const made = this.#made(0);
    firstPlans.set(hosts, { ...made, links, names: this.#names });
    return made;
  }

  #made(nowNs: Nanoseconds): MadePlan {
    const plan = planFrom(nowNs, this.#network, this.#names);
    return { plan, renewalNs: renewalAfter(nowNs, this.#network) };
  }
}

interface MadePlan {
  readonly plan: ContactPlan;
  readonly renewalNs: Nanoseconds;
}

interface FirstPlan extends MadePlan {
  readonly links: NetworkMap['links'];
  readonly names: HostEids;
}

/**
 * Plans made at time 0, by the list of hosts of their network: a plan never changes, so all nodes of a
 * process share it.
 */
const firstPlans = new WeakMap<NetworkMap['hosts'], FirstPlan>();

/** When to make the next plan: when half of the periods in a plan made at `nowNs` are over. */
function renewalAfter(nowNs: Nanoseconds, { links }: NetworkMap): Nanoseconds {
  let renewalNs = END_OF_TIME;
  for (const { contacts } of links) {
    for (const periodNs of [contacts?.aToB?.periodNs, contacts?.bToA?.periodNs]) {
      if (periodNs === undefined) continue;
      const half = firstOf(nowNs, periodNs) + PLANNED_PERIODS_MAX / 2;
      renewalNs = Math.min(renewalNs, half * periodNs);
    }
  }
  return renewalNs;
}

/**
 * Index of the first period in a plan made at `nowNs`. It is the period before the present one,
 * because a contact of that period may still be open.
 */
function firstOf(nowNs: Nanoseconds, periodNs: Nanoseconds): number {
  return Math.max(0, Math.floor(nowNs / periodNs) - 1);
}

/**
 * Makes the plan of all contacts between the nodes of `names`: on links, and between pairs that one
 * carrier connects.
 */
function planFrom(nowNs: Nanoseconds, network: NetworkMap, names: HostEids): ContactPlan {
  return new ContactPlan(contactsFrom(nowNs, network, names), names.size, DEFAULT_PLAN_OPTIONS);
}

function* contactsFrom(
  nowNs: Nanoseconds,
  network: NetworkMap,
  names: HostEids,
): Iterable<PlannedContact> {
  const above = new Map(network.hosts.map((host) => [host.name, carrierBelowDtn(host)]));
  for (const link of network.links) {
    const a = names.numberOf(link.a.host);
    const b = names.numberOf(link.b.host);
    if (a === undefined || b === undefined) continue;
    if (above.get(link.a.host) !== undefined || above.get(link.b.host) !== undefined) continue;
    yield* contactsOf({ from: a, to: b, link, contacts: link.contacts?.aToB, nowNs });
    yield* contactsOf({ from: b, to: a, link, contacts: link.contacts?.bToA, nowNs });
  }
  yield* carriedPairs(network, names);
}

/** A contact that is always open for each pair of hosts that reach each other through one carrier. */
function carriedPairs(network: NetworkMap, names: HostEids): readonly PlannedContact[] {
  const always = { startNs: 0, endNs: END_OF_TIME, rate: CARRIER_RATE, owltNs: 0 };
  const reach = new CarrierReachability(network);
  return network.hosts.flatMap((host) => {
    const from = names.numberOf(host.name);
    if (from === undefined) return [];
    return reach.peersOf(host).flatMap((name) => {
      const to = names.numberOf(name);
      return to === undefined ? [] : [{ from, to, ...always }];
    });
  });
}

function* contactsOf({ from, to, link, contacts, nowNs }: Direction): Iterable<PlannedContact> {
  if (contacts === undefined) {
    const rate = link.rateBps / BITS;
    yield { from, to, startNs: 0, endNs: END_OF_TIME, rate, owltNs: link.delayNs };
    return;
  }
  const { windows, periodNs } = contacts;
  const first = periodNs === undefined ? 0 : firstOf(nowNs, periodNs);
  const last =
    periodNs === undefined
      ? 1
      : Math.min(first + PLANNED_PERIODS_MAX, Math.floor(END_OF_TIME / periodNs));
  for (let index = first; index < last; index += 1) {
    const atNs = index * (periodNs ?? 0);
    for (const { startNs, endNs, rateBps, delayNs } of windows) {
      const rate = rateBps / BITS;
      yield { from, to, startNs: atNs + startNs, endNs: atNs + endNs, rate, owltNs: delayNs };
    }
  }
}
