/**
 * How slow the machine is beside the one for which limits and budgets are meant.
 *
 * @module
 */
import { measureMachinePace } from '../runner/worlds/live/machine-pace.ts';

/** Steps of the calibration loop in a second on the machine for which the limits are meant. */
const USUAL_PACE = 1e8;
const SLOWNESS_MAX = 4;

/**
 * How many times slower than usual a core is now, as other work shares its caches and its units; 1 to 4.
 * @param now Clock by which the pace is measured, ms; the wall clock when absent.
 */
export function machineSlowness(now?: () => number): number {
  return Math.min(SLOWNESS_MAX, Math.max(1, USUAL_PACE / measureMachinePace(now)));
}
