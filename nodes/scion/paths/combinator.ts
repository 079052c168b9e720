/**
 * Combines up, core and down segments into all paths between two ASes, with shortcuts, on-path
 * targets and peering.
 *
 * SCION control plane "Path Segment Combination" and reference private/path/combinator. Segments
 * are trusted: they were verified on arrival. Policies and preferences are applied later.
 *
 * @module
 */
import { compareBytes } from '../../_kit/bytes.ts';
import type { IsdAs } from '../wire/isd-as.ts';
import { assemblePath } from './assemble.ts';
import {
  type CombineRequest,
  countAsHops,
  listSegmentEdges,
  type SegmentEdge,
  type SegmentRole,
} from './edges.ts';
import type { Path } from './path.ts';

/**
 * Number of candidates after which the search stops before paths with more AS hops: three best sets
 * of 20 segments give 8,000. All shorter paths, and all paths with the same number of AS hops, are
 * still found.
 */
export const CANDIDATE_PATHS_MAX = 8_000;

type Chain = readonly SegmentEdge[];

const ROLE_ORDER: Readonly<Record<SegmentRole, number>> = { up: 0, core: 1, down: 2 };

/**
 * Finds all paths from source to target, best first: fewest AS hops, then fewest segments, then by
 * segment identity. No path passes an AS twice; of several paths over the same interfaces there is
 * only one. There is no path from an AS to itself.
 */
export function combineSegmentsIntoPaths(request: CombineRequest): readonly Path[] {
  const solutions = findSolutions(listSegmentEdges(request), request.source, request.target);
  solutions.sort(compareSolutions);
  const { source, target, crypto } = request;
  const paths = solutions.map((edges) => assemblePath({ edges, source, target, crypto }));
  return withoutDuplicates(paths.filter(isLoopFree));
}

/**
 * Finds the chains of edges from source to target with at most one up, one core and one down edge,
 * in that order. The search goes by increasing cost (AS hops) and ends after the cost at which
 * there are enough chains.
 */
function findSolutions(
  edges: ReadonlyMap<string, readonly SegmentEdge[]>,
  source: IsdAs,
  target: IsdAs,
): Chain[] {
  const solutions: Chain[] = [];
  if (source === target) return solutions;
  const byCost: Chain[][] = [[[]]];
  for (let cost = 0; cost < byCost.length && solutions.length < CANDIDATE_PATHS_MAX; cost++) {
    // An edge of weight 0 appends a chain to the list that is being iterated, so that this loop
    // reaches it too.
    for (const chain of byCost[cost] ?? []) {
      const at = chain.at(-1)?.to ?? source;
      // A chain that has reached the target is not extended.
      if (at === target) solutions.push(chain);
      else continueChain(chain, edges.get(at) ?? [], cost, byCost);
    }
  }
  return solutions;
}

function continueChain(
  chain: Chain,
  edges: readonly SegmentEdge[],
  cost: number,
  byCost: Chain[][],
): void {
  const last = chain.at(-1);
  for (const edge of edges) {
    if (last !== undefined && ROLE_ORDER[edge.role] <= ROLE_ORDER[last.role]) continue;
    const total = cost + edge.weight;
    while (byCost.length <= total) byCost.push([]);
    byCost[total]?.push([...chain, edge]);
  }
}

function compareSolutions(left: readonly SegmentEdge[], right: readonly SegmentEdge[]): number {
  const byCost = countAsHops(left) - countAsHops(right) || left.length - right.length;
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

/**
 * True if no AS has more than two interfaces on the path: with more, the path would return to that
 * AS.
 */
function isLoopFree(path: Path): boolean {
  const counts = new Map<IsdAs, number>();
  for (const { isdAs } of path.interfaces) {
    const count = (counts.get(isdAs) ?? 0) + 1;
    if (count > 2) return false;
    counts.set(isdAs, count);
  }
  return true;
}

/**
 * Of several paths over the same interfaces, keeps the one that is valid longest, at the position
 * of the first of them.
 */
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
