/**
 * Combines up, core and down segments into all paths between two ASes, with shortcuts, on-path
 * targets and peering.
 *
 * SCION control plane "Path Segment Combination" and reference private/path/combinator. Segments
 * are trusted: they were verified when they arrived. Policies and preferences come later.
 *
 * @module
 */
import { compareBytes } from '../../_kit/bytes.ts';
import type { IsdAs } from '../wire/isd-as.ts';
import { assemble } from './assemble.ts';
import { type CombineRequest, type Edge, edgesOf, type SegmentRole, weightOf } from './edges.ts';
import type { Path } from './path.ts';

const ROLE_ORDER: Readonly<Record<SegmentRole, number>> = { up: 0, core: 1, down: 2 };

/**
 * All paths from source to target, best first: fewest AS hops, then fewest segments, then by
 * segment identity. No path passes an AS twice; paths over the same interfaces appear once.
 */
export function combinePaths(request: CombineRequest): readonly Path[] {
  const solutions = findSolutions(edgesOf(request), request.source, request.target);
  solutions.sort(compareSolutions);
  const { source, target, crypto } = request;
  const paths = solutions.map((edges) => assemble({ edges, source, target, crypto }));
  return withoutDuplicates(paths.filter(isLoopFree));
}

/** All chains of edges from source to target with at most one up, core and down, in that order. */
function findSolutions(
  edges: ReadonlyMap<string, readonly Edge[]>,
  source: IsdAs,
  target: IsdAs,
): (readonly Edge[])[] {
  const solutions: (readonly Edge[])[] = [];
  const walk = (at: string, chain: readonly Edge[]): void => {
    const last = chain.at(-1);
    for (const edge of edges.get(at) ?? []) {
      if (last !== undefined && ROLE_ORDER[edge.role] <= ROLE_ORDER[last.role]) continue;
      const longer = [...chain, edge];
      // A chain that has arrived is not continued.
      if (edge.to === target) solutions.push(longer);
      else walk(edge.to, longer);
    }
  };
  walk(source, []);
  return solutions;
}

function compareSolutions(left: readonly Edge[], right: readonly Edge[]): number {
  const byCost = weightOf(left) - weightOf(right) || left.length - right.length;
  if (byCost !== 0) return byCost;
  for (const [index, a] of left.entries()) {
    const b = right[index];
    if (b === undefined) break;
    const order =
      compareBytes(a.identity, b.identity) || a.shortcut - b.shortcut || a.peer - b.peer;
    if (order !== 0) return order;
  }
  return 0;
}

/** An AS on the way has two interfaces; more of them mean that the path comes back to it. */
function isLoopFree(path: Path): boolean {
  const counts = new Map<IsdAs, number>();
  for (const { isdAs } of path.interfaces) {
    const count = (counts.get(isdAs) ?? 0) + 1;
    if (count > 2) return false;
    counts.set(isdAs, count);
  }
  return true;
}

/** Of paths over the same interfaces the one that lives longest stays, at the place of the first. */
function withoutDuplicates(paths: readonly Path[]): readonly Path[] {
  const byFingerprint = new Map<string, Path>();
  for (const path of paths) {
    const known = byFingerprint.get(path.fingerprint);
    if (known === undefined || known.expiryHalfSeconds < path.expiryHalfSeconds) {
      byFingerprint.set(path.fingerprint, path);
    }
  }
  return [...byFingerprint.values()];
}
