/**
 * The rate of the calibration loop, which is the unit for the multiples that `npm run bench`
 * prints.
 *
 * @module
 */
import { runCalibrationLoop } from '../engine/measure/calibration-loop.ts';
import { type BenchResult, cpuTimeUs, rateOf, requireEqual } from './bench-result.ts';

export const name = 'calibration';

const STEPS = 20_000_000;
/** The result of the loop. If it is wrong, the optimiser has removed the work. */
const CHECKSUM = 3133514796;

/** Measures the loop in millions of steps per CPU second. */
export function run(): BenchResult[] {
  const rate = rateOf(() => {
    let checksum = -1;
    const cpuUs = cpuTimeUs(() => {
      checksum = runCalibrationLoop(STEPS);
    });
    requireEqual('checksum of the calibration loop', checksum, CHECKSUM);
    return { count: STEPS, cpuUs };
  });
  return [{ name: 'calibration loop', unit: 'M steps/s', ...rate }];
}
