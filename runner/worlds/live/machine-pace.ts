/**
 * The speed of this machine, in steps per second of a fixed loop. The rates of live runs depend on it:
 * of two runs with the same files, one may be slower only because the machine was.
 *
 * @module
 */
import { runCalibrationLoop } from '../../../engine/measure/calibration-loop.ts';

/** Number of steps of a measurement, which takes about 5 ms of a core. */
const STEPS = 500_000;
/** Number of measurements that only warm up the compiler. */
const WARM_UP = 3;
/** Number of measurements whose median counts. */
const ROUNDS = 7;
const MS_PER_S = 1_000;

/**
 * Measures how fast this machine computes.
 * @returns steps per second of the wall clock; measuring takes about 50 ms.
 */
export function measureMachinePace(now: () => number = () => performance.now()): number {
  const times = Array.from({ length: WARM_UP + ROUNDS }, () => {
    const began = now();
    runCalibrationLoop(STEPS);
    return now() - began;
  });
  const sorted = times.slice(WARM_UP).sort((a, b) => a - b);
  return Math.round((STEPS * MS_PER_S) / (sorted[ROUNDS >> 1] as number));
}
