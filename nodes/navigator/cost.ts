/**
 * Navigator: the cost of a way, on four axes that have no common unit.
 *
 * @module
 */

/** The cost of sending a message over a way. On every axis, less is better. */
export interface WayCost {
  /** Time to the peer, ms. */
  readonly latencyMs: number;
  /** Charge that the message takes from the batteries of all nodes on the way, mAh. */
  readonly energyMah: number;
  /** Probability, 0 to 1, that the message does not arrive. */
  readonly unreliability: number;
  /** Privacy that the message uses up, epsilon; 0 over a way that hides who writes to whom. */
  readonly epsilon: number;
}

/** The axes of a cost. */
export const COST_AXES = ['latencyMs', 'energyMah', 'unreliability', 'epsilon'] as const;
/** One of {@link COST_AXES}. */
export type CostAxis = (typeof COST_AXES)[number];

/** The cost of nothing; joined to another cost, it leaves that cost unchanged. */
export const FREE_COST: WayCost = { latencyMs: 0, energyMah: 0, unreliability: 0, epsilon: 0 };

/**
 * The cost of two ways one after the other: the probabilities of arrival are multiplied, all other
 * axes are added.
 */
export function composeCosts(first: WayCost, second: WayCost): WayCost {
  const { unreliability: a } = first;
  const { unreliability: b } = second;
  return {
    latencyMs: first.latencyMs + second.latencyMs,
    energyMah: first.energyMah + second.energyMah,
    // Computes 1 - (1 - a)(1 - b) without losing digits for small a and b.
    unreliability: a + b - a * b,
    epsilon: first.epsilon + second.epsilon,
  };
}

/** True if a cost is nowhere greater than another one, and less on some axis. */
export function dominates(one: WayCost, other: WayCost): boolean {
  const isNowhereWorse = COST_AXES.every((axis) => one[axis] <= other[axis]);
  return isNowhereWorse && COST_AXES.some((axis) => one[axis] < other[axis]);
}
