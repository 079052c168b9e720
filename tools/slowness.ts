/**
 * Compares the speed of this machine with that of the machine for which limits and budgets are meant.
 *
 * @module
 */
import { measureMachinePace } from '../runner/worlds/live/machine-pace.ts';

/** Number of steps of the calibration loop in a second on the machine for which the limits are meant. */
const USUAL_PACE = 1e8;
const SLOWNESS_MAX = 4;

/**
 * How many times slower a core of this machine is now than one for which the limits are meant, 1 to 4; other
 * work on shared caches slows it too.
 * @param now Clock by which the pace is measured, ms; the wall clock when absent.
 */
export function machineSlowness(now?: () => number): number {
  return Math.min(SLOWNESS_MAX, Math.max(1, USUAL_PACE / measureMachinePace(now)));
}
