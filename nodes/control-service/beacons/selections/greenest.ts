/**
 * Selects the greenest beacons: those of the least announced carbon.
 *
 * @module
 */
import { selectLeast } from '../select-least.ts';
import type { BeaconSelection } from '../selection.ts';

/** The least sum over links and ASes. */
export const greenest: BeaconSelection = {
  select: (candidates, most) => selectLeast(candidates, most, ({ carbon }) => carbon),
};
