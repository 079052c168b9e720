/**
 * TEST DOUBLE, never for traffic: believes every SCMP message about all paths, and kills a path for it
 * that has missed an answer before. Forged messages and 1 % of loss kept the best path dead.
 *
 * It exists so that `scmp-forged.yaml` can be seen to turn red.
 *
 * @module
 */
import type { ScmpPolicy } from './scmp-policy.ts';

/** See the module. */
export const TRUSTING_SCMP: ScmpPolicy = {
  weigh: ({ isdAs, ifId }) => ({ isdAs, ifId, countsEarlierMisses: true }),
};
