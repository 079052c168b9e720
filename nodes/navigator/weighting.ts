/**
 * Navigator: five weightings of the four axes, and the score of each candidate. Axes have different units, so each is
 * first normalised over the candidates: a sum of ms, mAh and probabilities would only compare the ms. Latencies count by
 * their logarithm: beside bundles that take a minute, a gateway and a mixnet would otherwise count as equally fast.
 *
 * @module
 */
import { greatestOf, leastOf } from '../../engine/pure/extremes.ts';
import { log } from '../../engine/pure/log-exp.ts';
import { COST_AXES, type CostAxis, type WayCost } from './cost.ts';

/** The share of each axis in a score; the shares add up to 1. */
export type Weighting = Readonly<Record<CostAxis, number>>;

const weights = (
  latencyMs: number,
  energyMah: number,
  unreliability: number,
  epsilon: number,
): Weighting => ({ latencyMs, energyMah, unreliability, epsilon });

/** Latencies below this value count as equal, ms. */
const LATENCY_MS_MIN = 0.001;

/** The weightings that files can name. */
export const WEIGHTINGS = {
  balanced: weights(0.25, 0.25, 0.25, 0.25),
  'real-time': weights(0.6, 0.1, 0.2, 0.1),
  energy: weights(0.1, 0.6, 0.2, 0.1),
  privacy: weights(0.1, 0.1, 0.2, 0.6),
  reliability: weights(0.15, 0.15, 0.6, 0.1),
} as const satisfies Readonly<Record<string, Weighting>>;
/** Name of one of {@link WEIGHTINGS}. */
export type WeightingName = keyof typeof WEIGHTINGS;

/** The names of all weightings. */
export const WEIGHTING_NAMES: readonly [WeightingName, ...WeightingName[]] = [
  'balanced',
  'real-time',
  'energy',
  'privacy',
  'reliability',
];

/**
 * Scores candidates: on each axis, the best candidate gets 0 and the worst 1; the score is the weighted sum over the axes.
 * @returns one score per candidate, 0 to 1; the lowest is the best.
 */
export function scoreCosts(costs: readonly WayCost[], weighting: Weighting): readonly number[] {
  const ranges = COST_AXES.map((axis) => {
    const values = costs.map((cost) => onScale(axis, cost));
    const least = leastOf(values);
    return { axis, values, least, width: greatestOf(values) - least };
  });
  return costs.map((_, at) =>
    ranges.reduce(
      (sum, { axis, values, least, width }) =>
        width > 0 ? sum + (weighting[axis] * ((values[at] as number) - least)) / width : sum,
      0,
    ),
  );
}

function onScale(axis: CostAxis, cost: WayCost): number {
  return axis === 'latencyMs' ? log(Math.max(LATENCY_MS_MIN, cost.latencyMs)) : cost[axis];
}
