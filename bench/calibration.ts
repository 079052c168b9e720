/**
 * The calibration loop: a fixed mix of integer arithmetic, unpredictable branches and reads within
 * 256 KiB. Its rate is the unit in which `npm run bench` prints ratios, so that numbers of two
 * machines, or of a busy and an idle one, can be compared.
 *
 * @module
 */
import { type BenchResult, cpuTimeUs, rateOf, requireEqual } from './bench-result.ts';

export const name = 'calibration';

const STEPS = 20_000_000;
const WORDS = 65_536;
/** The loop's result: a wrong one would mean that the optimiser removed the work. */
const CHECKSUM = 3133514796;

/** Runs the loop once and returns its checksum. */
export function calibrationLoop(): number {
  const table = new Int32Array(WORDS);
  for (let i = 0; i < WORDS; i += 1) table[i] = Math.imul(i, 0x9e3779b1);
  let state = 1;
  let odd = 0;
  for (let step = 0; step < STEPS; step += 1) {
    const read = table[state & (WORDS - 1)] as number;
    state = (Math.imul(state ^ read, 0x85ebca77) + step) | 0;
    if ((state & 0x10000) !== 0) odd += 1;
    else state = (state << 7) | (state >>> 25);
  }
  return (state ^ odd) >>> 0;
}

/** Millions of steps per CPU second. */
export function run(): BenchResult[] {
  const rate = rateOf(() => {
    let checksum = -1;
    const cpuUs = cpuTimeUs(() => {
      checksum = calibrationLoop();
    });
    requireEqual('checksum of the calibration loop', checksum, CHECKSUM);
    return { count: STEPS, cpuUs };
  });
  return [{ name: 'calibration loop', unit: 'M steps/s', ...rate }];
}
