/**
 * The two steps that mixnets and secure sums repeat most often, in a form short enough for `npm run speed`
 * (bench/gate): a hop of a Sphinx packet, and the masks of one client.
 *
 * `npm run bench -- privacy-steps`
 *
 * @module
 */
import type { BenchResult } from './bench-result.ts';
import { measureMaskStep } from './secagg.ts';
import { measureHopTotals } from './sphinx.ts';

/** Name of this benchmark for `npm run bench -- privacy-steps`. */
export const name = 'privacy-steps';

/** Measures both steps. */
export function run(): readonly BenchResult[] {
  return [...measureHopTotals(), measureMaskStep()];
}
