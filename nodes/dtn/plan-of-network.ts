/**
 * The contact plan of a network, as all its nodes see it: each link is two directions, each with its
 * planned windows, or always open.
 *
 * @module
 */
import type { LinkView, NetworkMap, PlannedContacts } from '../../engine/host/network-view.ts';
import type { Nanoseconds } from '../../engine/host/time.ts';
import { CarrierReach, carrierAt } from './carrier-reach.ts';
import {
  ContactPlan,
  PLAN_OPTIONS,
  type PlannedContact,
  type PlanSource,
} from './contact-graph/plan.ts';
import { PERIODS_MAX } from './geometry.ts';
import type { Names } from './names.ts';

const BITS = 8;
/** Virtual time ends there: 2^53 - 1 ns (docs/spec/event-order.md#time). */
const END_OF_TIME = Number.MAX_SAFE_INTEGER;

interface Direction {
  readonly from: number;
  readonly to: number;
  readonly link: LinkView;
  readonly contacts: PlannedContacts | undefined;
  readonly nowNs: Nanoseconds;
}

/** Bytes per second that the plan expects of a carrier, whose own network it does not know. */
const CARRIER_RATE = 1e8;

/**
 * The plan of a network for a run of any length: contacts that repeat are planned so many periods
 * ahead, and anew when half of them are over.
 */
export class NetworkPlans implements PlanSource {
  readonly #network: NetworkMap;
  readonly #names: Names;
  #plan: ContactPlan | undefined;
  #renewalNs = 0;

  constructor(network: NetworkMap, names: Names) {
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
  readonly names: Names;
}

/**
 * Plans of the beginning, by the hosts of their network: nobody changes them, so the nodes of a process share one
 * instead of making and keeping one each.
 */
const firstPlans = new WeakMap<NetworkMap['hosts'], FirstPlan>();

/** When half of the periods that are planned at an instant are over. */
function renewalAfter(nowNs: Nanoseconds, { links }: NetworkMap): Nanoseconds {
  let renewalNs = END_OF_TIME;
  for (const { contacts } of links) {
    for (const periodNs of [contacts?.aToB?.periodNs, contacts?.bToA?.periodNs]) {
      if (periodNs === undefined) continue;
      const half = firstOf(nowNs, periodNs) + PERIODS_MAX / 2;
      renewalNs = Math.min(renewalNs, half * periodNs);
    }
  }
  return renewalNs;
}

/** The first repetition that is planned: the one before the present one may still be under way. */
function firstOf(nowNs: Nanoseconds, periodNs: Nanoseconds): number {
  return Math.max(0, Math.floor(nowNs / periodNs) - 1);
}

/** All contacts between the nodes of `names`: links, and pairs above one carrier. */
function planFrom(nowNs: Nanoseconds, network: NetworkMap, names: Names): ContactPlan {
  const above = new Map(network.hosts.map((host) => [host.name, carrierAt(host)]));
  const contacts = network.links.flatMap((link) => {
    const a = names.numberOf(link.a.host);
    const b = names.numberOf(link.b.host);
    if (a === undefined || b === undefined) return [];
    if (above.get(link.a.host) !== undefined || above.get(link.b.host) !== undefined) return [];
    return [
      ...contactsOf({ from: a, to: b, link, contacts: link.contacts?.aToB, nowNs }),
      ...contactsOf({ from: b, to: a, link, contacts: link.contacts?.bToA, nowNs }),
    ];
  });
  const carried = carriedPairs(network, names);
  return new ContactPlan([...contacts, ...carried], names.size, PLAN_OPTIONS);
}

/** Above one carrier: neighbours, and all between whom its network is. */
function carriedPairs(network: NetworkMap, names: Names): readonly PlannedContact[] {
  const always = { startNs: 0, endNs: END_OF_TIME, rate: CARRIER_RATE, owltNs: 0 };
  const reach = new CarrierReach(network);
  return network.hosts.flatMap((host) => {
    const from = names.numberOf(host.name);
    if (from === undefined) return [];
    return reach.peersOf(host).flatMap((name) => {
      const to = names.numberOf(name);
      return to === undefined ? [] : [{ from, to, ...always }];
    });
  });
}

function contactsOf({ from, to, link, contacts, nowNs }: Direction): readonly PlannedContact[] {
  if (contacts === undefined) {
    const rate = link.rateBps / BITS;
    return [{ from, to, startNs: 0, endNs: END_OF_TIME, rate, owltNs: link.delayNs }];
  }
  const { windows, periodNs } = contacts;
  if (periodNs === undefined) return repeated(windows, { from, to, atNs: 0 });
  const first = firstOf(nowNs, periodNs);
  const count = Math.floor(Math.min(PERIODS_MAX, END_OF_TIME / periodNs - first));
  return Array.from({ length: count }, (_, index) =>
    repeated(windows, { from, to, atNs: (first + index) * periodNs }),
  ).flat();
}

/** The windows of one repetition. */
function repeated(
  windows: PlannedContacts['windows'],
  { from, to, atNs }: { readonly from: number; readonly to: number; readonly atNs: Nanoseconds },
): readonly PlannedContact[] {
  return windows.map(({ startNs, endNs, rateBps, delayNs }) => ({
    from,
    to,
    startNs: atNs + startNs,
    endNs: atNs + endNs,
    rate: rateBps / BITS,
    owltNs: delayNs,
  }));
}
