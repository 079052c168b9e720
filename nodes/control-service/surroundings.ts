/**
 * What a control service is configured with: its own AS, and the interfaces of its border routers. It reads
 * nothing of any other AS.
 *
 * @module
 */
import type {
  HostView,
  LinkEndView,
  LinkView,
  NetworkMap,
} from '../../engine/host/network-view.ts';
import {
  autonomousSystemsOf,
  type IsdAs,
  interfaceIdOf,
  isdAsOf,
  linkRelationOf,
} from '../scion/index.ts';

/** Role of a neighbour AS, as seen from this one. */
export type NeighbourRelation = 'core' | 'parent' | 'child' | 'peer';

/** An interface of this AS. */
export interface ControlInterface {
  readonly ifId: number;
  readonly relation: NeighbourRelation;
  readonly neighbour: IsdAs;
  /** The neighbour's number of the link. */
  readonly neighbourIfId: number;
  /** Largest packet on the link, bytes. */
  readonly mtu: number;
  /** Address of the border router that has it. */
  readonly router: string;
}

/** What a control service is configured with. */
export interface ControlSurroundings {
  readonly isdAs: IsdAs;
  readonly isCore: boolean;
  /** Largest packet inside the AS, bytes. */
  readonly mtu: number;
  readonly address: string;
  /** Interfaces by number, ascending. */
  readonly interfaces: ReadonlyMap<number, ControlInterface>;
}

/** Reads the surroundings of the control service on `host`. @throws RangeError if it is in no AS. */
export function findControlSurroundings(host: string, network: NetworkMap): ControlSurroundings {
  const self = network.hosts.find(({ name }) => name === host);
  const isdAs = isdAsOf(self);
  const as = autonomousSystemsOf(network).find((one) => one.isdAs === isdAs);
  if (self === undefined || isdAs === undefined || as === undefined) {
    throw new RangeError(`${host} is in no AS`);
  }
  const byName = new Map(network.hosts.map((view) => [view.name, view]));
  const interfaces = network.links
    .flatMap((link) => interfacesOf(link, isdAs, byName))
    .sort((left, right) => left.ifId - right.ifId);
  return {
    isdAs,
    isCore: as.core,
    mtu: as.mtu,
    address: self.address,
    interfaces: new Map(interfaces.map((one) => [one.ifId, one])),
  };
}

function interfacesOf(
  link: LinkView,
  own: IsdAs,
  hosts: ReadonlyMap<string, HostView>,
): readonly ControlInterface[] {
  const relation = linkRelationOf(link);
  if (relation === 'internal') return [];
  const ends: readonly [LinkEndView, LinkEndView, NeighbourRelation][] = [
    [link.a, link.b, relation === 'parent-child' ? 'child' : relation],
    [link.b, link.a, relation === 'parent-child' ? 'parent' : relation],
  ];
  return ends.flatMap(([near, far, role]) => {
    const neighbour = isdAsOf(hosts.get(far.host));
    if (isdAsOf(hosts.get(near.host)) !== own || neighbour === undefined) return [];
    return [
      {
        ifId: interfaceIdOf(near),
        relation: role,
        neighbour,
        neighbourIfId: interfaceIdOf(far),
        mtu: link.mtu,
        router: near.address,
      },
    ];
  });
}
