/**
 * The part of a topology that determines paths: ASes and the links between them.
 *
 * SCION topology files (topology/README.md of the reference) use the same names. Routers, addresses
 * and files are handled by the loader, which has checked the values.
 *
 * @module
 */
import { type IsdAs, isdAsWords } from '../wire/isd-as.ts';

/** One AS, with the attributes that paths depend on. */
export interface ScionAs {
  readonly isdAs: IsdAs;
  /** True for a core AS, which originates beacons. */
  readonly core: boolean;
  /** Size of the largest packet inside the AS, bytes. */
  readonly mtu: number;
  /** The key for the MACs of its hop fields, 16 bytes; see deriveForwardingKey. */
  readonly forwardingKey: Uint8Array;
}

/** One end of a link. */
export interface ScionLinkEnd {
  readonly isdAs: IsdAs;
  /** Number of the interface, 1 … 65535, unique in the AS. */
  readonly ifId: number;
}

/** A link between two ASes. */
export interface ScionLink {
  /** One end of the link: the parent's end if the type is `parent-child`. */
  readonly a: ScionLinkEnd;
  readonly b: ScionLinkEnd;
  readonly type: 'core' | 'parent-child' | 'peer';
  /** Size of the largest packet on the link, bytes. */
  readonly mtu: number;
}

/** ASes and links, in any order. */
export interface ScionTopology {
  readonly ases: readonly ScionAs[];
  readonly links: readonly ScionLink[];
}

/** A link as one of its two ASes sees it. */
export interface Adjacency {
  readonly ifId: number;
  /** The neighbour's role as seen from this AS. */
  readonly neighbourIs: 'core' | 'parent' | 'child' | 'peer';
  readonly neighbour: ScionLinkEnd;
  readonly mtu: number;
}

/** Every AS with its links, ascending by interface id: the order in which beacons are made. */
export type Adjacencies = ReadonlyMap<IsdAs, readonly Adjacency[]>;

/**
 * Lists the links of each AS, as that AS sees them. The result does not depend on the order of the
 * links.
 */
export function listAdjacencies(topology: ScionTopology): Adjacencies {
  const adjacencies = new Map<IsdAs, Adjacency[]>();
  for (const { isdAs } of topology.ases) adjacencies.set(isdAs, []);
  for (const { a, b, type, mtu } of topology.links) {
    const isTree = type === 'parent-child';
    adjacencies
      .get(a.isdAs)
      ?.push({ ifId: a.ifId, neighbourIs: isTree ? 'child' : type, neighbour: b, mtu });
    adjacencies
      .get(b.isdAs)
      ?.push({ ifId: b.ifId, neighbourIs: isTree ? 'parent' : type, neighbour: a, mtu });
  }
  for (const list of adjacencies.values()) list.sort((left, right) => left.ifId - right.ifId);
  return adjacencies;
}

/**
 * Compares ISD-AS numbers by value, for sorting: so results do not depend on the order of the
 * input.
 */
export function compareIsdAs(left: IsdAs, right: IsdAs): number {
  const a = isdAsWords(left);
  const b = isdAsWords(right);
  return a.high - b.high || a.low - b.low;
}
