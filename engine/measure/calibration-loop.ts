/**
 * The calibration loop: a fixed mix of integer arithmetic, unpredictable branches and reads within
 * 256 KiB. Its rate is the unit of `npm run bench`, and live runs print it, so that figures of two
 * machines, or of a busy and an idle one, can be compared.
 *
 * @module
 */

const WORDS = 65_536;

/**
 * Runs a fixed mix of integer work, by whose rate machines are compared.
 * @param steps About 100 million take a second on a core of 2026.
 * @returns a checksum of the work, without which the optimiser would remove the loop.
 */
export function runCalibrationLoop(steps: number): number {
  const table = new Int32Array(WORDS);
  for (let i = 0; i < WORDS; i += 1) table[i] = Math.imul(i, 0x9e3779b1);
  let state = 1;
  let odd = 0;
  for (let step = 0; step < steps; step += 1) {
    const read = table[state & (WORDS - 1)] as number;
    state = (Math.imul(state ^ read, 0x85ebca77) + step) | 0;
    if ((state & 0x10000) !== 0) odd += 1;
    else state = (state << 7) | (state >>> 25);
  }
  return (state ^ odd) >>> 0;
}
