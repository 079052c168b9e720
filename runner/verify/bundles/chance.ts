/**
 * Names and pairs of nodes that meet by chance, and the times between random events.
 *
 * @module
 */
import type { DrawBelow } from '../../../engine/host/generator.ts';
import { log } from '../../../engine/pure/log-exp.ts';

/** Draws are whole numbers below this; the results of all checks depend on this value. */
const DRAW_BELOW = 1e9;

/** The names `n0`, `n1`, ... of some nodes, and all pairs of them. */
export function nodeNamesAndPairs(nodes: number): {
  readonly names: readonly string[];
  readonly pairs: readonly (readonly [string, string])[];
} {
  const names = Array.from({ length: nodes }, (_, index) => `n${index}`);
  const pairs = names.flatMap((a, index) => names.slice(index + 1).map((b) => [a, b] as const));
  return { names, pairs };
}

/** Draws a time from the exponential distribution, in the unit of its mean. */
export function drawExponentialTime(mean: number, draw: DrawBelow): number {
  return -log((draw(DRAW_BELOW) + 1) / DRAW_BELOW) * mean;
}
