/**
 * The links of a node to others that run the protocol, seen from the node.
 *
 * @module
 */
import type {
  LinkEndView,
  LinkView,
  NetworkMap,
  PlannedContacts,
} from '../../../engine/host/network-view.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { memoisePerObject } from '../../../engine/pure/once-per.ts';
import type { HostEids } from '../names.ts';

const BITS = 8;
const NS_PER_S = 1e9;

/** A link to a neighbour, seen from this node: `near` is this end, `far` the neighbour's. */
export interface LinkEnd {
  readonly link: LinkView;
  /** Name of the host at the other end. */
  readonly neighbour: string;
  readonly near: LinkEndView;
  readonly far: LinkEndView;
  /**
   * Planned contacts in which this node can send (`contacts`), and in which the neighbour can
   * (`contactsBack`); undefined if always open.
   */
  readonly contacts: PlannedContacts | undefined;
  readonly contactsBack: PlannedContacts | undefined;
}

/**
 * Computes the time that the neighbour needs to send `bytes` bytes at its lowest planned rate, ns.
 */
export function returnTransmissionNs({ link, contactsBack }: LinkEnd, bytes: number): Nanoseconds {
  const windows = contactsBack?.windows ?? [];
  const rate = windows.reduce(
    (lowest, { rateBps }) => Math.min(lowest, rateBps),
    Number.POSITIVE_INFINITY,
  );
  const rateBps = windows.length === 0 ? link.rateBps : rate;
  return Math.ceil((bytes * BITS * NS_PER_S) / rateBps);
}

/** All links of a host to others that run the protocol. */
export function listLinkEnds(
  host: string,
  network: NetworkMap,
  names: HostEids,
): readonly LinkEnd[] {
  const own = linksByHost(network.links).get(host) ?? [];
  return own.flatMap((link) => {
    const isA = link.a.host === host;
    const [near, far] = isA ? [link.a, link.b] : [link.b, link.a];
    if (names.numberOf(far.host) === undefined) return [];
    const { aToB, bToA } = link.contacts ?? {};
    const [contacts, contactsBack] = isA ? [aToB, bToA] : [bToA, aToB];
    return [{ link, neighbour: far.host, near, far, contacts, contactsBack }];
  });
}

type Links = NetworkMap['links'];

/** The links of each host by name; computed once for all nodes of a network. */
const linksByHost = memoisePerObject((links: Links): ReadonlyMap<string, Links> => {
  const made = new Map<string, Links[number][]>();
  for (const link of links) {
    for (const host of new Set([link.a.host, link.b.host])) {
      const own = made.get(host);
      if (own === undefined) made.set(host, [link]);
      else own.push(link);
    }
  }
  return made;
});

/** Finds the longest propagation delay of a link that is planned in either direction, ns. */
export function longestDelayNs({ link, contacts, contactsBack }: LinkEnd): Nanoseconds {
  const windows = [...(contacts?.windows ?? []), ...(contactsBack?.windows ?? [])];
  // A direction without planned contacts has the delay of the link itself.
  const isAlways = contacts === undefined || contactsBack === undefined;
  const first = isAlways ? link.delayNs : 0;
  return windows.reduce((longest, { delayNs }) => Math.max(longest, delayNs), first);
}
