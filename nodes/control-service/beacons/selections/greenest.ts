/**
 * Selects the greenest beacons: those of the least announced carbon.
 *
 * @module
 */
import { selectLeast } from '../announced-sum.ts';
import type { BeaconSelection } from '../selection.ts';

/** The least sum over links and ASes. */
export const selection: BeaconSelection = {
  select: (candidates, most) => selectLeast(candidates, most, ({ carbon }) => carbon),
};
