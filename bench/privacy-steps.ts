/**
 * The two steps that mixnets and secure sums repeat most, short enough for the gate of speeds (bench/gate): a hop of a Sphinx
 * packet, and the masks of one client.
 *
 * `npm run bench -- privacy-steps`
 *
 * @module
 */
import type { BenchResult } from './bench-result.ts';
import { maskStep } from './secagg.ts';
import { hops } from './sphinx.ts';

/** Name of this benchmark. */
export const name = 'privacy-steps';

/** Measures them. */
export function run(): readonly BenchResult[] {
  return [...hops(), maskStep()];
}
