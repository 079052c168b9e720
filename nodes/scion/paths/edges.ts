/**
 * The parts of segments that a path may use, as edges of a graph. Vertices are ASes and peering
 * links. The name of a peering link contains both of its ends, so that only a link that both ASes
 * announce connects two edges.
 *
 * SCION control plane "Path Segment Combination" and reference private/path/combinator/graph.go.
 * combinator.ts chains edges into paths.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { IsdAs } from '../wire/isd-as.ts';
import { findFirstAs, findLastAs, type PathSegment, segmentIdHashInput } from './segment.ts';

/** The segments between two ASes, all in the direction of beaconing. */
export interface SegmentSet {
  /** Segments that end in the source AS. */
  readonly ups: readonly PathSegment[];
  /**
   * Core segments that begin where down segments of the target begin, and end where up segments of
   * the source begin.
   */
  readonly cores: readonly PathSegment[];
  /** Segments that end in the target AS. */
  readonly downs: readonly PathSegment[];
}

/** The segments and the ends to combine. */
export interface CombineRequest extends SegmentSet {
  readonly source: IsdAs;
  readonly target: IsdAs;
  readonly crypto: CryptoProvider;
}

/** The role of a segment on a path. */
export type SegmentRole = 'up' | 'core' | 'down';

/** A part of a segment that a path can use. */
export interface SegmentEdge {
  readonly role: SegmentRole;
  readonly segment: PathSegment;
  /** SHA-256 that identifies the segment, 32 bytes; see segmentIdHashInput. */
  readonly identity: Uint8Array;
  /** Index of the used entry that is nearest to the origin; 0 is the origin itself. */
  readonly shortcut: number;
  /**
   * 1 + the index of the peer entry through which the path leaves or enters the segment; 0 without
   * a peering link.
   */
  readonly peer: number;
  readonly weight: number;
  readonly from: string;
  readonly to: string;
}

/** Counts the AS hops of all parts of a path: its weight. */
export function countAsHops(edges: readonly SegmentEdge[]): number {
  return edges.reduce((sum, edge) => sum + edge.weight, 0);
}

/** Lists all usable parts of the segments, by the vertex from which they start. */
export function listSegmentEdges(
  request: CombineRequest,
): ReadonlyMap<string, readonly SegmentEdge[]> {
  const byStart = new Map<string, SegmentEdge[]>();
  const addAll = (
    role: SegmentRole,
    segments: readonly PathSegment[],
    build: (segment: PathSegment) => readonly Usable[],
  ): void => {
    for (const segment of segments) {
      const identity = request.crypto.sha256(segmentIdHashInput(segment));
      for (const usable of build(segment)) {
        const list = byStart.get(usable.from) ?? [];
        list.push({ role, segment, identity, ...usable });
        byStart.set(usable.from, list);
      }
    }
  };
  addAll('up', request.ups, upEdges);
  addAll('core', request.cores, coreEdges);
  addAll('down', request.downs, downEdges);
  return byStart;
}

type Usable = Pick<SegmentEdge, 'shortcut' | 'peer' | 'weight' | 'from' | 'to'>;

/** Core segments are used as a whole, against the direction of beaconing. */
function coreEdges(segment: PathSegment): readonly Usable[] {
  const weight = segment.entries.length - 1;
  return [{ shortcut: 0, peer: 0, weight, from: findLastAs(segment), to: findFirstAs(segment) }];
}

/**
 * Makes the edges of an up segment: from its last AS to every earlier AS, and to every peering link
 * of its ASes.
 */
function upEdges(segment: PathSegment): readonly Usable[] {
  const edges: Usable[] = [];
  const last = findLastAs(segment);
  for (let shortcut = segment.entries.length - 1; shortcut >= 0; shortcut--) {
    const entry = segment.entries[shortcut];
    if (entry === undefined) continue;
    const weight = segment.entries.length - 1 - shortcut;
    if (weight > 0) {
      edges.push({ shortcut, peer: 0, weight, from: last, to: entry.isdAs });
    }
    for (const [index, { peer, peerIfId, hop }] of entry.peers.entries()) {
      const to = `${entry.isdAs}#${hop.consIngress}>${peer}#${peerIfId}`;
      edges.push({ shortcut, peer: index + 1, weight, from: last, to });
    }
  }
  return edges;
}

/**
 * Makes the edges of a down segment: from every earlier AS, and from every peering link, to its
 * last AS. The hop over a peering link counts towards the weight of this edge.
 */
function downEdges(segment: PathSegment): readonly Usable[] {
  const edges: Usable[] = [];
  const last = findLastAs(segment);
  for (let shortcut = segment.entries.length - 1; shortcut >= 0; shortcut--) {
    const entry = segment.entries[shortcut];
    if (entry === undefined) continue;
    const weight = segment.entries.length - 1 - shortcut;
    if (weight > 0) {
      edges.push({ shortcut, peer: 0, weight, from: entry.isdAs, to: last });
    }
    for (const [index, { peer, peerIfId, hop }] of entry.peers.entries()) {
      const from = `${peer}#${peerIfId}>${entry.isdAs}#${hop.consIngress}`;
      edges.push({ shortcut, peer: index + 1, weight: weight + 1, from, to: last });
    }
  }
  return edges;
}
