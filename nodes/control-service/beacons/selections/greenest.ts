/**
 * Selects the greenest beacons: those with the least announced carbon intensity.
 *
 * @module
 */
import { selectLeast } from '../select-least.ts';
import type { BeaconSelection } from '../selection.ts';

/** Selects by the least sum of announced carbon intensity, over links and ASes. */
export const greenest: BeaconSelection = {
  select: (candidates, most) => selectLeast(candidates, most, ({ carbon }) => carbon),
};
