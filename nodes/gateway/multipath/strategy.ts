/**
 * Strategies: which of the paths that a controller keeps a packet takes (docs/spec/multipath.md,
 * "Strategies").
 *
 * A strategy makes a plan from the known facts about the paths, and a new plan whenever these facts
 * change. Pure; it neither judges paths nor sends.
 *
 * @module
 */
import { greatestOf } from '../../../engine/pure/extremes.ts';
import type { PathStatus } from './types.ts';

/** All strategies. */
export const STRATEGY_KINDS = ['failover', 'best', 'weighted', 'race', 'striping'] as const;
/** One of {@link STRATEGY_KINDS}. */
export type StrategyKind = (typeof STRATEGY_KINDS)[number];

/**
 * The turns of packets: each packet takes the next turn, and after the last turn the first one
 * again. A turn consists of the indexes of the paths on which copies of the packet leave. There is
 * at least one turn, and each turn has at least one path.
 */
export type PathPlan = readonly (readonly number[])[];

/** Makes the plan of a strategy. `active` is the index of the path in use. */
type MakePlan = (active: number, paths: readonly PathStatus[]) => PathPlan;

/**
 * Number of turns of a weighted plan. Shares are exact to a sixtieth; equal shares of up to six
 * paths are exact.
 */
const WEIGHTED_TURNS = 60;

const STRATEGIES: Readonly<Record<StrategyKind, MakePlan>> = {
  failover: (active) => [[active]],
  best: (active, paths) => [[bestOf(active, paths)]],
  weighted: planByWeight,
  race: (active, paths) => {
    const other = paths.findIndex(({ role, health }) => role === 'standby' && health === 'alive');
    return [other < 0 || other === active ? [active] : [active, other]];
  },
  // The plan is that of `weighted`; the difference is that the receiver puts packets in order.
  striping: planByWeight,
};

/** Makes the plan of a strategy. @param active Index of the path in use, in `paths`. */
export function planPaths(
  kind: StrategyKind,
  active: number,
  paths: readonly PathStatus[],
): PathPlan {
  return STRATEGIES[kind](active, paths);
}

/**
 * Share of packets that leave on the path with this index, 0..1. If each packet leaves twice, the
 * shares of all paths add up to 2.
 */
export function planShare(plan: PathPlan, index: number): number {
  if (plan.length === 0) return 0;
  return plan.filter((turn) => turn.includes(index)).length / plan.length;
}

/** The path that is expected to deliver soonest; a lost packet counts as four round trips. */
function bestOf(active: number, paths: readonly PathStatus[]): number {
  let best = active;
  let least = Number.POSITIVE_INFINITY;
  for (const [index, { health, rttNs, loss }] of paths.entries()) {
    const cost = rttNs * (1 + 4 * loss);
    if (health !== 'alive' || cost >= least) continue;
    best = index;
    least = cost;
  }
  return best;
}

/**
 * Divides the turns by the announced bandwidths, or evenly if one of them is unknown, and spreads
 * the turns of each path over the cycle: the path that is furthest behind its share is next (smooth
 * weighted round robin).
 */
function planByWeight(active: number, paths: readonly PathStatus[]): PathPlan {
  const alive = [...paths.keys()].filter((index) => paths[index]?.health === 'alive');
  if (alive.length === 0) return [[active]];
  const bandwidths = alive.map((index) => paths[index]?.bandwidthBps ?? 0);
  const weights = bandwidths.some((bps) => bps === 0) ? alive.map(() => 1) : bandwidths;
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const credit = weights.map(() => 0);
  return Array.from({ length: WEIGHTED_TURNS }, () => {
    for (const [at, weight] of weights.entries()) credit[at] = (credit[at] as number) + weight;
    const next = credit.indexOf(greatestOf(credit));
    credit[next] = (credit[next] as number) - sum;
    return [alive[next] as number];
  });
}
