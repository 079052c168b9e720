/**
 * Navigator: the Pareto frontier, the set of candidates that no other candidate dominates.
 *
 * @module
 */
import { dominates, type WayCost } from './cost.ts';
import { FRONTIER_MAX } from './geometry.ts';
import { scoreCosts, WEIGHTINGS } from './weighting.ts';

/**
 * Finds the candidates that no other one dominates; of candidates with equal costs, only the first.
 * If there are more than {@link FRONTIER_MAX}, keeps those with the best scores by the weighting
 * `balanced`.
 * @returns indices of candidates, ascending.
 */
export function findFrontier(costs: readonly WayCost[]): readonly number[] {
  const found = costs.flatMap((cost, index) => {
    const isBeaten = costs.some(
      (other, at) => dominates(other, cost) || (at < index && isEqual(other, cost)),
    );
    return isBeaten ? [] : [index];
  });
  if (found.length <= FRONTIER_MAX) return found;
  const scores = scoreCosts(
    found.map((index) => costs[index] as WayCost),
    WEIGHTINGS.balanced,
  );
  return found
    .map((index, at) => ({ index, score: scores[at] as number }))
    .sort((a, b) => a.score - b.score || a.index - b.index)
    .slice(0, FRONTIER_MAX)
    .map(({ index }) => index)
    .sort((a, b) => a - b);
}

function isEqual(a: WayCost, b: WayCost): boolean {
  return (
    !dominates(a, b) &&
    !dominates(b, a) &&
    a.latencyMs === b.latencyMs &&
    a.energyMah === b.energyMah &&
    a.unreliability === b.unreliability
  );
}
