/**
 * The rate of the calibration loop, the unit in which `npm run bench` prints ratios.
 *
 * @module
 */
import { calibrationLoop } from '../engine/measure/calibration-loop.ts';
import { type BenchResult, cpuTimeUs, rateOf, requireEqual } from './bench-result.ts';

export const name = 'calibration';

const STEPS = 20_000_000;
/** The loop's result: a wrong one would mean that the optimiser removed the work. */
const CHECKSUM = 3133514796;

/** Millions of steps per CPU second. */
export function run(): BenchResult[] {
  const rate = rateOf(() => {
    let checksum = -1;
    const cpuUs = cpuTimeUs(() => {
      checksum = calibrationLoop(STEPS);
    });
    requireEqual('checksum of the calibration loop', checksum, CHECKSUM);
    return { count: STEPS, cpuUs };
  });
  return [{ name: 'calibration loop', unit: 'M steps/s', ...rate }];
}
