/**
 * TEST DOUBLE, never for traffic: believes every SCMP message about any path, and kills a path
 * whose last probe was not answered, even if the answer was due before the message came. Forged
 * messages and 1 % of loss then keep the best path dead.
 *
 * It exists to show that `scmp-forged.yaml` can fail.
 *
 * @module
 */
import type { ScmpPolicy } from '../multipath/scmp-policy.ts';

/** Test double: believes every SCMP message. */
export const TRUSTING_SCMP_POLICY: ScmpPolicy = {
  weigh: ({ isdAs, ifId }) => ({ isdAs, ifId, countsEarlierMisses: true, isProven: false }),
};
