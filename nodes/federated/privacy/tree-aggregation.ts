/**
 * Noise added to a tree of partial sums instead of to each step (DP-FTRL: Kairouz, McMahan, Song and
 * others 2021, arXiv 2103.00039). It needs no sampling: each client takes part once per pass over all
 * clients, and the client's update is in one node of each level of the tree.
 *
 * @module
 */
import { INTEGER_RDP_ORDERS, type RdpCurve } from './rdp.ts';

/**
 * Levels of the tree: ceil(log2(steps + 1)).
 * @param steps Number of rounds of one pass, at least 1.
 */
export function aggregationTreeDepth(steps: number): number {
  let depth = 0;
  for (let leaves = 1; leaves < steps + 1; leaves *= 2) depth += 1;
  return depth;
}

/**
 * Rho of one pass: alpha times depth over twice the variance.
 * @param tree `noise` is the standard deviation of each node over the sensitivity.
 */
export function treeAggregationCurve(
  tree: { readonly noise: number; readonly steps: number },
  orders: readonly number[] = INTEGER_RDP_ORDERS,
): RdpCurve {
  const perOrder = aggregationTreeDepth(tree.steps) / (2 * tree.noise * tree.noise);
  return { orders, rhos: orders.map((order) => order * perOrder) };
}
