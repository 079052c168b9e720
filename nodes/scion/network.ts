/**
 * What SCION reads from the attributes of a network: areas are autonomous systems, links between
 * them have a relation and an interface number at each end. Other protocols read it from here.
 *
 * SCION control plane, "Path Exploration" (link types) and "ISD and AS numbering".
 *
 * @module
 */
import type {
  HostView,
  LinkEndView,
  LinkView,
  NetworkMap,
} from '../../engine/host/network-view.ts';
import { memoisePerObject } from '../../engine/pure/once-per.ts';
import { type IsdAs, requireIsdAs } from './wire/isd-as.ts';

/**
 * Business relations of a link, seen from end `a` to end `b`; `internal`: inside one AS, or in a
 * network without any.
 */
export const LINK_RELATIONS = ['core', 'parent-child', 'peer', 'internal'] as const;
/** A business relation between two ASes, see {@link LINK_RELATIONS}. */
export type LinkRelation = (typeof LINK_RELATIONS)[number];

/** Role of a neighbour AS, as seen from this one. */
export type NeighbourRelation = 'core' | 'parent' | 'child' | 'peer';

/** An interface of an AS: its end of a link to another AS. */
export interface AsExit {
  readonly link: LinkView;
  /** The end in this AS, and that in the other. */
  readonly near: LinkEndView;
  readonly far: LinkEndView;
  readonly farIsdAs: IsdAs;
  readonly neighbour: NeighbourRelation;
}

/** The protocol of border routers. */
export const ROUTER_PROTOCOL = 'scion';
/** The protocol of control services, which make hop fields with the forwarding key of their AS. */
export const CONTROL_PROTOCOL = 'control-service';

/** An autonomous system of the topology, as SCION sees it. */
export interface AutonomousSystem {
  readonly isdAs: IsdAs;
  readonly core: boolean;
  /** Largest datagram inside it, bytes. */
  readonly mtu: number;
}

/**
 * The AS of a host; undefined if it is in none.
 * @throws RangeError if its area is no AS.
 */
export function isdAsOf(host: Pick<HostView, 'area'> | undefined): IsdAs | undefined {
  return host?.area === undefined ? undefined : requireIsdAs(host.area);
}

/** The relation of a link. */
export function readLinkRelation({ id, attributes }: LinkView): LinkRelation {
  const { relation = 'internal' } = attributes ?? {};
  const known = LINK_RELATIONS.find((one) => one === relation);
  if (known === undefined) throw new RangeError(`link ${id} has the relation ${relation}`);
  return known;
}

/** The number of a link's interface, unique in its AS; 0 on internal links. */
export function interfaceIdOf({ host, attributes }: LinkEndView): number {
  const { interface: number = 0 } = attributes ?? {};
  if (typeof number === 'number') return number;
  throw new RangeError(`${host} has the interface ${number}, which is no number`);
}

/**
 * The interfaces of an AS, in the order of the links.
 * @throws RangeError if a link to another AS ends in none.
 */
export function exitsOf(
  isdAs: IsdAs,
  { hosts, links }: Pick<NetworkMap, 'hosts' | 'links'>,
): readonly AsExit[] {
  const ases = asesByHost(hosts);
  const exits: AsExit[] = [];
  for (const link of links) {
    const relation = readLinkRelation(link);
    if (relation === 'internal') continue;
    // A relation is seen from end a to end b, so in `parent-child` a is the parent.
    const [fromA, fromB] =
      relation === 'parent-child' ? (['child', 'parent'] as const) : [relation, relation];
    const ends = [
      { near: link.a, far: link.b, neighbour: fromA },
      { near: link.b, far: link.a, neighbour: fromB },
    ];
    for (const end of ends) {
      if (ases.get(end.near.host) !== isdAs) continue;
      const farIsdAs = ases.get(end.far.host);
      if (farIsdAs === undefined) throw new RangeError(`${end.far.host} is in no AS`);
      exits.push({ ...end, link, farIsdAs });
    }
  }
  return exits;
}

const asesByHost = memoisePerObject(
  (hosts: NetworkMap['hosts']) => new Map(hosts.map((view) => [view.name, isdAsOf(view)])),
);

/** All autonomous systems. */
export function listAutonomousSystems({
  areas,
}: Pick<NetworkMap, 'areas'>): readonly AutonomousSystem[] {
  return areas.map(({ id, attributes }) => {
    const { core = false, mtu = 0 } = attributes ?? {};
    if (typeof core !== 'boolean') throw new RangeError(`AS ${id}: core is ${core}`);
    if (typeof mtu !== 'number') throw new RangeError(`AS ${id}: mtu is ${mtu}`);
    return { isdAs: requireIsdAs(id), core, mtu };
  });
}

/**
 * The control services of a network by their ASes, made once per list of hosts: of several in one AS the first. Paths
 * are discovered, and not made before the run, if there are any.
 */
export function findControlServices({
  hosts,
}: Pick<NetworkMap, 'hosts'>): ReadonlyMap<IsdAs, HostView> {
  return servicesByAs(hosts);
}

const servicesByAs = memoisePerObject((hosts: NetworkMap['hosts']) => {
  const byAs = new Map<IsdAs, HostView>();
  for (const host of hosts) {
    const isdAs = host.protocol === CONTROL_PROTOCOL ? isdAsOf(host) : undefined;
    if (isdAs !== undefined && !byAs.has(isdAs)) byAs.set(isdAs, host);
  }
  return byAs;
});
