/**
 * Selects the fastest beacons: those with the least announced latency.
 *
 * @module
 */
import { selectLeast } from '../select-least.ts';
import type { BeaconSelection } from '../selection.ts';

/** Selects by the least sum of announced latency, over links and ASes. */
export const latency: BeaconSelection = {
  select: (candidates, most) => selectLeast(candidates, most, ({ latencyUs }) => latencyUs),
};
