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
import { type IsdAs, isdAs } from './wire/isd-as.ts';

/**
 * Business relations of a link, seen from end `a` to end `b`; `internal`: inside one AS, or in a
 * network without any.
 */
export const LINK_RELATIONS = ['core', 'parent-child', 'peer', 'internal'] as const;
/** A business relation. */
export type LinkRelation = (typeof LINK_RELATIONS)[number];

/** An autonomous system. */
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
  return host?.area === undefined ? undefined : isdAs(host.area);
}

/** The relation of a link. */
export function relationOf({ id, attributes }: LinkView): LinkRelation {
  const { relation = 'internal' } = attributes ?? {};
  const known = LINK_RELATIONS.find((one) => one === relation);
  if (known === undefined) throw new RangeError(`link ${id} has the relation ${relation}`);
  return known;
}

/** The number of a link's interface, unique in its AS; 0 on internal links. */
export function interfaceOf({ host, attributes }: LinkEndView): number {
  const { interface: number = 0 } = attributes ?? {};
  if (typeof number === 'number') return number;
  throw new RangeError(`${host} has the interface ${number}, which is no number`);
}

/** All autonomous systems. */
export function systemsOf({ areas }: Pick<NetworkMap, 'areas'>): readonly AutonomousSystem[] {
  return areas.map(({ id, attributes }) => {
    const { core = false, mtu = 0 } = attributes ?? {};
    if (typeof core !== 'boolean') throw new RangeError(`AS ${id}: core is ${core}`);
    if (typeof mtu !== 'number') throw new RangeError(`AS ${id}: mtu is ${mtu}`);
    return { isdAs: isdAs(id), core, mtu };
  });
}
