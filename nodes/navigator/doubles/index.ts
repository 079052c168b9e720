/**
 * DEFECTIVE DOUBLES, never for traffic: wrong variants of the navigator. A scenario that runs one misses a limit, which
 * proves that the limit can fail.
 *
 * @module
 */
import type { NavigatorNodeOptions } from '../config.ts';
import { COST_AXES, type WayCost } from '../cost.ts';
import type { NavigatorOptions } from '../navigator.ts';
import type { Weighting } from '../weighting.ts';

/** The decisions of a navigator that a double makes wrongly. */
export type NavigatorDefects = Pick<NavigatorOptions, 'hides' | 'score'>;

/** For each value of the option `double`, what that deliberately defective variant does wrong. */
export const DEFECTS_BY_DOUBLE = {
  careless: { hides: () => true },
  'mixed-units': { score: sumOfUnits },
} as const satisfies Readonly<
  Record<NonNullable<NavigatorNodeOptions['double']>, NavigatorDefects>
>;

/** The defects of a node with these options; none if it is correct. */
export function defectsOf({ double }: Pick<NavigatorNodeOptions, 'double'>): NavigatorDefects {
  return double === undefined ? {} : DEFECTS_BY_DOUBLE[double];
}

/** Adds ms, mAh and probabilities, so that only the ms count. */
function sumOfUnits(costs: readonly WayCost[], weighting: Weighting): readonly number[] {
  return costs.map((cost) =>
    COST_AXES.reduce((sum, axis) => sum + weighting[axis] * cost[axis], 0),
  );
}
