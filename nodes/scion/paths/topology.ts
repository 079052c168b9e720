/**
 * The part of a topology that determines paths: ASes and the links between them.
 *
 * SCION topology files (topology/README.md of the reference) use the same names. The loader handles
 * routers, addresses and files, and has checked everything that arrives here.
 *
 * @module
 */
import { type IsdAs, isdAsWords } from '../wire/isd-as.ts';

/** One AS, with what paths need to know of it. */
export interface ScionAs {
  readonly isdAs: IsdAs;
  /** Core ASes originate beacons. */
  readonly core: boolean;
  /** Bytes of the largest packet inside the AS. */
  readonly mtu: number;
  /** The key for its hop fields, 16 bytes; see deriveForwardingKey. */
  readonly forwardingKey: Uint8Array;
}

/** One end of a link. */
export interface ScionLinkEnd {
  readonly isdAs: IsdAs;
  /** 1 … 65535, unique in the AS. */
  readonly ifId: number;
}

/** A link between two ASes. */
export interface ScionLink {
  /** The parent end if the type is `parent-child`. */
  readonly a: ScionLinkEnd;
  readonly b: ScionLinkEnd;
  readonly type: 'core' | 'parent-child' | 'peer';
  /** Bytes of the largest packet on the link. */
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

/** Turns links into the view of each AS. The result does not depend on the order of the links. */
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

/** Orders ISD-AS numbers by value: sorted by it, results do not depend on the order of the input. */
export function compareIsdAs(left: IsdAs, right: IsdAs): number {
  const a = isdAsWords(left);
  const b = isdAsWords(right);
  return a.high - b.high || a.low - b.low;
}
