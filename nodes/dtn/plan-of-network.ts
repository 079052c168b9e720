/**
 * The contact plan of a network, as all its nodes see it: each link is two directions, each with its
 * planned windows, or always open.
 *
 * @module
 */
import type { LinkView, NetworkMap, PlannedContacts } from '../../engine/host/network-view.ts';
import { CarrierReach, carrierAt } from './carrier-reach.ts';
import { ContactPlan, PLAN_OPTIONS, type PlannedContact } from './contact-graph/plan.ts';
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
}

/** Bytes per second that the plan expects of a carrier, whose own network it does not know. */
const CARRIER_RATE = 1e8;

/** All contacts between the nodes of `names`: links, and pairs above one carrier. */
export function planOfNetwork(network: NetworkMap, names: Names): ContactPlan {
  const above = new Map(network.hosts.map((host) => [host.name, carrierAt(host)]));
  const contacts = network.links.flatMap((link) => {
    const a = names.numberOf(link.a.host);
    const b = names.numberOf(link.b.host);
    if (a === undefined || b === undefined) return [];
    if (above.get(link.a.host) !== undefined || above.get(link.b.host) !== undefined) return [];
    return [
      ...contactsOf({ from: a, to: b, link, contacts: link.contacts?.aToB }),
      ...contactsOf({ from: b, to: a, link, contacts: link.contacts?.bToA }),
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

function contactsOf({ from, to, link, contacts }: Direction): readonly PlannedContact[] {
  if (contacts === undefined) {
    const rate = link.rateBps / BITS;
    return [{ from, to, startNs: 0, endNs: END_OF_TIME, rate, owltNs: link.delayNs }];
  }
  const { windows, periodNs } = contacts;
  const count = periodNs === undefined ? 1 : Math.min(PERIODS_MAX, END_OF_TIME / periodNs);
  return Array.from({ length: Math.floor(count) }, (_, repetition) =>
    windows.map(({ startNs, endNs, rateBps, delayNs }) => ({
      from,
      to,
      startNs: repetition * (periodNs ?? 0) + startNs,
      endNs: repetition * (periodNs ?? 0) + endNs,
      rate: rateBps / BITS,
      owltNs: delayNs,
    })),
  ).flat();
}
