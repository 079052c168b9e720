/**
 * The pace of this machine, in steps of the calibration loop. A live rate depends on it: of two runs
 * with the same files, the slower one may only have had the slower hour.
 *
 * @module
 */
import { runCalibrationLoop } from '../../../engine/measure/calibration-loop.ts';

/** Steps of a measurement, which takes some 5 ms of a core. */
const STEPS = 500_000;
/** Number of measurements that only warm the compiler up, and number of those whose median counts. */
const WARM_UP = 3;
const ROUNDS = 7;
const MS_PER_S = 1_000;

/**
 * Measures how fast this machine computes.
 * @returns steps in a second of the wall clock; takes some 50 ms.
 */
export function machinePace(now: () => number = () => performance.now()): number {
  const times = Array.from({ length: WARM_UP + ROUNDS }, () => {
    const began = now();
    runCalibrationLoop(STEPS);
    return now() - began;
  });
  const sorted = times.slice(WARM_UP).sort((a, b) => a - b);
  return Math.round((STEPS * MS_PER_S) / (sorted[ROUNDS >> 1] as number));
}
