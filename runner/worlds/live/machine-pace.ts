/**
 * The pace of this machine, in steps of the calibration loop. A live rate depends on it: of two runs
 * with the same files, the slower one may only have had the slower hour.
 *
 * @module
 */
import { calibrationLoop } from '../../../engine/measure/calibration-loop.ts';

/** Steps of a measurement, which takes some 5 ms of a core. */
const STEPS = 500_000;
/** Measurements that only warm the compiler up, and those of which the median counts. */
const WARM_UP = 3;
const ROUNDS = 7;
const MS_PER_S = 1_000;

/** @returns steps in a second of the wall clock; takes some 50 ms. */
export function machinePace(now: () => number = () => performance.now()): number {
  const times = Array.from({ length: WARM_UP + ROUNDS }, () => {
    const began = now();
    calibrationLoop(STEPS);
    return now() - began;
  });
  const sorted = times.slice(WARM_UP).sort((a, b) => a - b);
  return Math.round((STEPS * MS_PER_S) / (sorted[ROUNDS >> 1] as number));
}
