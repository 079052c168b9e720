/**
 * Leaves out segments and paths over interfaces that are believed to be down (reference private/revcache,
 * private/segment/segfetcher Pather.filterRevoked).
 *
 * A segment that passes such an interface stays if a shortcut or a peering link leads a path around the interface, as
 * in the reference, which leaves out only paths, not segments.
 *
 * @module
 */
import {
  type CombineRequest,
  listSegmentEdges,
  type SegmentEdge,
  type SegmentRole,
} from './edges.ts';
import { formatInterface, type Path, type PathInterface } from './path.ts';
import type { PathSegment } from './segment.ts';

/** The paths to an AS. */
export interface FoundPaths {
  readonly paths: readonly Path[];
  /** True if there are further paths, over interfaces that are believed to be down. */
  readonly isShort: boolean;
}

const ROLES: readonly SegmentRole[] = ['up', 'core', 'down'];

/** Leaves out the paths that pass one of the interfaces. */
export function leaveOutPaths(
  paths: readonly Path[],
  revoked: readonly PathInterface[],
): readonly Path[] {
  const passes = passesOneOf(revoked);
  return paths.filter(({ interfaces }) => !passes(interfaces));
}

/** Returns a test that is true for interfaces of which at least one is among `revoked`. */
export function passesOneOf(
  revoked: readonly PathInterface[],
): (interfaces: readonly PathInterface[]) => boolean {
  const names = new Set(revoked.map(formatInterface));
  return (interfaces) => interfaces.some((item) => names.has(formatInterface(item)));
}

/**
 * Finds the segments over which a path from source to target passes none of the interfaces: those with a part that
 * begins where a part of the previous role ends, and ends where a part of the next role begins. No path is
 * combined, so the work depends only on the number of segments.
 */
export function findSegmentsAround(
  request: CombineRequest,
  revoked: readonly PathInterface[],
): ReadonlySet<PathSegment> {
  const passes = passesOneOf(revoked);
  const edges = [...listSegmentEdges(request).values()]
    .flat()
    .filter((edge) => !passes(interfacesOf(edge)));
  const reached = new Set<string>([request.source]);
  const begun: SegmentEdge[] = [];
  for (const role of ROLES) {
    const next = edges.filter((edge) => edge.role === role && reached.has(edge.from));
    for (const edge of next) {
      reached.add(edge.to);
      begun.push(edge);
    }
  }
  const wanted = new Set<string>([request.target]);
  const found = new Set<PathSegment>();
  for (const role of ROLES.toReversed()) {
    const last = begun.filter((edge) => edge.role === role && wanted.has(edge.to));
    for (const { from, segment } of last) {
      wanted.add(from);
      found.add(segment);
    }
  }
  return found;
}

/** The interfaces that a path over this part of a segment passes. */
function interfacesOf({ segment, shortcut, peer }: SegmentEdge): readonly PathInterface[] {
  const used = segment.entries.slice(shortcut);
  const passed = used.flatMap(({ isdAs, hop }, index) => [
    ...(index === 0 ? [] : [{ isdAs, ifId: hop.consIngress }]),
    ...(index === used.length - 1 ? [] : [{ isdAs, ifId: hop.consEgress }]),
  ]);
  const [top] = used;
  const across = top?.peers[peer - 1];
  if (top === undefined || across === undefined) return passed;
  const near = { isdAs: top.isdAs, ifId: across.hop.consIngress };
  return [...passed, near, { isdAs: across.peer, ifId: across.peerIfId }];
}
