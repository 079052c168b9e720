/**
 * Reads the attributes of a network that SCION uses: areas are autonomous systems, links between
 * them have a relation and an interface number at each end. Other protocols use these functions
 * too.
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
 * Business relations of a link, seen from end `a` to end `b`. `internal`: the link is inside one
 * AS, or in a network without ASes.
 */
export const LINK_RELATIONS = ['core', 'parent-child', 'peer', 'internal'] as const;
/** The relation of a link, see {@link LINK_RELATIONS}. */
export type LinkRelation = (typeof LINK_RELATIONS)[number];

/** Role of a neighbour AS, as seen from this one. */
export type NeighbourRelation = 'core' | 'parent' | 'child' | 'peer';

/** An interface of an AS: its end of a link to another AS. */
export interface AsExit {
  readonly link: LinkView;
  /** The end of the link in this AS; `far` is the end in the other AS. */
  readonly near: LinkEndView;
  readonly far: LinkEndView;
  readonly farIsdAs: IsdAs;
  readonly neighbour: NeighbourRelation;
}

/** Name of the protocol of border routers. */
export const ROUTER_PROTOCOL = 'scion';
/**
 * Name of the protocol of control services, which make hop fields with the forwarding key of their
 * AS.
 */
export const CONTROL_PROTOCOL = 'control-service';

/** An autonomous system of the topology, with the attributes that SCION uses. */
export interface AutonomousSystem {
  readonly isdAs: IsdAs;
  readonly core: boolean;
  /** Largest datagram inside the AS, bytes. */
  readonly mtu: number;
}

/**
 * Returns the AS of a host; undefined if the host is in no area.
 * @throws RangeError if its area is not an AS.
 */
export function isdAsOf(host: Pick<HostView, 'area'> | undefined): IsdAs | undefined {
  return host?.area === undefined ? undefined : requireIsdAs(host.area);
}

/** Reads the relation of a link. @throws RangeError for an unknown relation. */
export function readLinkRelation({ id, attributes }: LinkView): LinkRelation {
  const { relation = 'internal' } = attributes ?? {};
  const known = LINK_RELATIONS.find((one) => one === relation);
  if (known === undefined) throw new RangeError(`link ${id} has the relation ${relation}`);
  return known;
}

/**
 * Reads the interface number of a link end, which is unique in its AS; 0 on internal links.
 * @throws RangeError if it is not a number.
 */
export function interfaceIdOf({ host, attributes }: LinkEndView): number {
  const { interface: number = 0 } = attributes ?? {};
  if (typeof number === 'number') return number;
  throw new RangeError(`${host} has the interface ${number}, which is no number`);
}

/**
 * Lists the interfaces of an AS, in the order of the links.
 * @throws RangeError if a link to another AS has an end that is in no AS, or a link has an unknown
 * relation.
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

/** Lists all autonomous systems of a network. */
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
 * Finds the control service of each AS, the first one if an AS has several; computed once per list
 * of hosts. If a network has any control service, paths are discovered during the run and not
 * computed before it.
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
