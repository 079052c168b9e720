/**
 * Navigator: what a way costs, on four axes without a common unit.
 *
 * @module
 */

/** What a message costs over a way. On every axis, less is better. */
export interface WayCost {
  /** Time to the peer, ms. */
  readonly latencyMs: number;
  /** Charge that the message takes from the batteries on its way, mAh. */
  readonly energyMah: number;
  /** Probability, 0 to 1, that the message does not arrive. */
  readonly unreliability: number;
  /** Privacy that the message costs, epsilon; 0 over a way that hides who writes to whom. */
  readonly epsilon: number;
}

/** The axes of a cost. */
export const COST_AXES = ['latencyMs', 'energyMah', 'unreliability', 'epsilon'] as const;
/** One of {@link COST_AXES}. */
export type CostAxis = (typeof COST_AXES)[number];

/** The cost of nothing: composed with a cost, it gives that cost. */
export const FREE_COST: WayCost = { latencyMs: 0, energyMah: 0, unreliability: 0, epsilon: 0 };

/** The cost of one way after another: reliabilities are multiplied, all else is added. */
export function composeCosts(first: WayCost, second: WayCost): WayCost {
  const { unreliability: a } = first;
  const { unreliability: b } = second;
  return {
    latencyMs: first.latencyMs + second.latencyMs,
    energyMah: first.energyMah + second.energyMah,
    // 1 - (1 - a)(1 - b), without the cancellation for small losses.
    unreliability: a + b - a * b,
    epsilon: first.epsilon + second.epsilon,
  };
}

/** True if a cost is nowhere greater than another one, and less on some axis. */
export function dominates(one: WayCost, other: WayCost): boolean {
  const isNowhereWorse = COST_AXES.every((axis) => one[axis] <= other[axis]);
  return isNowhereWorse && COST_AXES.some((axis) => one[axis] < other[axis]);
}
