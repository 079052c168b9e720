/**
 * The configuration of a control service: its own AS, and the interfaces of the AS's border routers. It contains
 * nothing about the inside of other ASes.
 *
 * @module
 */
import type { LinkView, NetworkMap } from '../../engine/host/network-view.ts';
import {
  type AnnouncedInside,
  type AnnouncedLink,
  type AsExit,
  exitsOf,
  type IsdAs,
  interfaceIdOf,
  isdAsOf,
  listAutonomousSystems,
  type NeighbourRelation,
  type PathInterface,
  readAnnouncedInside,
  readAnnouncedLink,
} from '../scion/index.ts';

export type { NeighbourRelation } from '../scion/index.ts';

/** An interface of this AS. */
export interface ControlInterface {
  readonly ifId: number;
  readonly relation: NeighbourRelation;
  readonly neighbour: IsdAs;
  /** Number of the interface at the neighbour's end of the link. */
  readonly neighbourIfId: number;
  /** Largest packet on the link, bytes. */
  readonly mtu: number;
  /** Address of the border router that has the interface. */
  readonly router: string;
  /** The values that this AS announces about the link; absent if there are none. */
  readonly announced?: AnnouncedLink;
}

/** The identity and interfaces of the AS of a control service. */
export interface ControlSurroundings {
  readonly isdAs: IsdAs;
  readonly isCore: boolean;
  /** Largest packet inside the AS, bytes. */
  readonly mtu: number;
  readonly address: string;
  /** Interfaces by number, ascending. */
  readonly interfaces: ReadonlyMap<number, ControlInterface>;
  /** The values that this AS announces about its inside; absent if there are none. */
  readonly inside?: AnnouncedInside;
  /** The links inside the AS by their two ends, see {@link insideLinkName}. */
  readonly insideLinks?: ReadonlyMap<string, InsideLink>;
}

/** A link inside an AS. */
export type InsideLink = Pick<LinkView, 'delayNs' | 'rateBps'>;

/** Names the link between two routers of an AS, by their addresses in any order. */
export function insideLinkName(one: string, other: string): string {
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}

/** Both ends of the link at an interface of this AS; only the near end if there is no such interface. */
export function linkEndsAt(
  { isdAs, interfaces }: ControlSurroundings,
  ifId: number,
): readonly PathInterface[] {
  const at = interfaces.get(ifId);
  const near = { isdAs, ifId };
  return at === undefined ? [near] : [near, { isdAs: at.neighbour, ifId: at.neighbourIfId }];
}

/** Reads the surroundings of the control service on `host`. @throws RangeError if it is in no AS. */
export function findControlSurroundings(host: string, network: NetworkMap): ControlSurroundings {
  const self = network.hosts.find(({ name }) => name === host);
  const isdAs = isdAsOf(self);
  // Reads only the area of this host, since reading all of a large network in each service would be
  // slow.
  const own = network.areas.filter(({ id }) => id === self?.area);
  const [as] = listAutonomousSystems({ areas: own });
  if (self === undefined || isdAs === undefined || as === undefined) {
    throw new RangeError(`${host} is in no AS`);
  }
  const interfaces = exitsOf(isdAs, network)
    .map(interfaceOf)
    .sort((left, right) => left.ifId - right.ifId);
  const area = network.areas.find(({ id }) => id === self.area);
  const inside = area && readAnnouncedInside(area);
  return {
    isdAs,
    isCore: as.core,
    mtu: as.mtu,
    address: self.address,
    interfaces: new Map(interfaces.map((one) => [one.ifId, one])),
    ...(inside === undefined ? {} : { inside, insideLinks: insideLinksOf(isdAs, network) }),
  };
}

function insideLinksOf(own: IsdAs, { hosts, links }: NetworkMap): ReadonlyMap<string, InsideLink> {
  const names = new Set(hosts.filter((one) => isdAsOf(one) === own).map(({ name }) => name));
  const inside = links.filter(({ a, b }) => names.has(a.host) && names.has(b.host));
  return new Map(
    inside.map(({ a, b, delayNs, rateBps }) => [
      insideLinkName(a.address, b.address),
      { delayNs, rateBps },
    ]),
  );
}

function interfaceOf({ link, near, far, farIsdAs, neighbour }: AsExit): ControlInterface {
  const announced = readAnnouncedLink(near);
  return {
    ifId: interfaceIdOf(near),
    relation: neighbour,
    neighbour: farIsdAs,
    neighbourIfId: interfaceIdOf(far),
    mtu: link.mtu,
    router: near.address,
    ...(announced === undefined ? {} : { announced }),
  };
}
