/**
 * How well paths and layers are spread over autonomous systems (docs/spec/mixnet.md, Neighbours by
 * VRF).
 *
 * Only counts over lists of systems; the caller chooses the paths.
 *
 * @module
 */

/** The attributes of a node from which diversity is computed. */
export interface NodeAsAndWeight {
  /** Number or name of the node's autonomous system. */
  readonly asn: string;
  /** Share of the traffic, relative to the others; > 0. */
  readonly weight: number;
}

/** Number of different autonomous systems of a path's nodes. */
export function countDistinctSystems(path: readonly Pick<NodeAsAndWeight, 'asn'>[]): number {
  return new Set(path.map(({ asn }) => asn)).size;
}

/**
 * Probability that one autonomous system sees both ends of a path whose first and last nodes are
 * drawn independently, each by weight.
 * @returns 0..1.
 */
export function sameSystemEndsProbability(
  first: readonly NodeAsAndWeight[],
  last: readonly NodeAsAndWeight[],
): number {
  const lastShares = systemShares(last);
  let probability = 0;
  for (const [asn, share] of systemShares(first)) probability += share * (lastShares.get(asn) ?? 0);
  return probability;
}

/**
 * The share of the given paths whose first and last nodes are in the same autonomous system, 0 to
 * 1; 0 for no paths.
 */
export function sameSystemEndsShare(
  paths: readonly (readonly Pick<NodeAsAndWeight, 'asn'>[])[],
): number {
  const shared = paths.filter((path) => path.length > 0 && path[0]?.asn === path.at(-1)?.asn);
  return paths.length === 0 ? 0 : shared.length / paths.length;
}

/**
 * Simpson's index: the probability that two nodes drawn by weight are in one system. 1: all in one;
 * 1 / n: evenly in n systems. Its inverse is the effective number of systems.
 */
export function simpsonIndex(nodes: readonly NodeAsAndWeight[]): number {
  return sameSystemEndsProbability(nodes, nodes);
}

/** Share of each autonomous system in the weight of all nodes, in order of first appearance. */
function systemShares(nodes: readonly NodeAsAndWeight[]): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const { asn, weight } of nodes) weights.set(asn, (weights.get(asn) ?? 0) + weight);
  const total = nodes.reduce((sum, { weight }) => sum + weight, 0);
  return new Map([...weights].map(([asn, weight]) => [asn, weight / total]));
}
