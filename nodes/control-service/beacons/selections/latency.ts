/**
 * Selects the fastest beacons: those of the least announced latency.
 *
 * @module
 */
import { selectLeast } from '../announced-sum.ts';
import type { BeaconSelection } from '../selection.ts';

/** The least sum over links and ASes. */
export const selection: BeaconSelection = {
  select: (candidates, most) => selectLeast(candidates, most, ({ latencyUs }) => latencyUs),
};
