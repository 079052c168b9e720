/**
 * Orders paths for policies. A path whose value is unknown comes after all others.
 *
 * @module
 */
import { measureDisjointness, routerNamePerInterface } from '../paths/disjointness.ts';
import type { Path } from '../paths/path.ts';
import { computePathTotals, type PathTotals } from '../paths/path-metadata.ts';
import { DISJOINT_PLACES_MAX } from './geometry.ts';

/** The facts about a path that policies compare. */
export type PolicyPath = Pick<Path, 'source' | 'target' | 'interfaces' | 'mtu' | 'metadata'>;

/** The properties by which paths can be ordered, the best path first. */
export const PATH_ORDERS = [
  'latency',
  'hops',
  'mtu',
  'bandwidth',
  'carbon',
  'disjointness',
] as const;
/** One of {@link PATH_ORDERS}. */
export type PathOrder = (typeof PATH_ORDERS)[number];

/** The value by which an order sorts paths, the least first; undefined if it is unknown. */
const COST: Readonly<
  Record<Exclude<PathOrder, 'disjointness'>, (path: PolicyPath) => number | undefined>
> = {
  latency: (path) => totalsOf(path)?.latencyUs,
  hops: ({ interfaces }) => interfaces.length,
  mtu: ({ mtu }) => -mtu,
  bandwidth: (path) => negated(totalsOf(path)?.bandwidthKbps),
  carbon: (path) => totalsOf(path)?.carbon,
};

/**
 * Orders paths by the first of `orders`; paths that are equal in it by the next, and so on. Paths
 * that are equal in all orders keep their order. With `disjointness`, equal paths are
 * chosen one after the other, each time the path that shares least with those chosen before; the first 20 only.
 */
export function orderPaths<One extends PolicyPath>(
  paths: readonly One[],
  orders: readonly PathOrder[],
): readonly One[] {
  const [order, ...rest] = orders;
  if (order === undefined || paths.length < 2) return paths;
  if (order === 'disjointness') return apartFirst(orderPaths(paths, rest));
  const cost = COST[order];
  const groups = new Map<number, One[]>();
  for (const path of paths) {
    const value = cost(path) ?? Number.POSITIVE_INFINITY;
    const group = groups.get(value);
    if (group === undefined) groups.set(value, [path]);
    else group.push(path);
  }
  const ascending = [...groups].sort(([left], [right]) => (left < right ? -1 : 1));
  return ascending.flatMap(([, group]) => orderPaths(group, rest));
}

function totalsOf({ metadata }: PolicyPath): PathTotals | undefined {
  return metadata && computePathTotals(metadata);
}

function negated(value: number | undefined): number | undefined {
  return value === undefined ? undefined : -value;
}

/**
 * Repeatedly chooses the path that has least in common with any chosen path; of equal paths the
 * first.
 */
function apartFirst<One extends PolicyPath>(paths: readonly One[]): readonly One[] {
  const left = paths.map((path) => ({ path, shared: 0 }));
  const placed: One[] = [];
  while (left.length > 0 && placed.length < DISJOINT_PLACES_MAX) {
    let best = 0;
    for (const [index, { shared }] of left.entries()) {
      if (shared < (left[best]?.shared ?? 0)) best = index;
    }
    for (const { path } of left.splice(best, 1)) {
      placed.push(path);
      for (const other of left) {
        const { penalty } = measureDisjointness(path, other.path, routerNamePerInterface);
        other.shared = Math.max(other.shared, penalty);
      }
    }
  }
  return [...placed, ...left.map(({ path }) => path)];
}
