/**
 * Selects the fastest beacons: those of the least announced latency.
 *
 * @module
 */
import { selectLeast } from '../select-least.ts';
import type { BeaconSelection } from '../selection.ts';

/** The least sum over links and ASes. */
export const latency: BeaconSelection = {
  select: (candidates, most) => selectLeast(candidates, most, ({ latencyUs }) => latencyUs),
};
