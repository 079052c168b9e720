/** Repairs of LTP against theory (runner/verify/bundles/ltp-rounds.ts). */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../../engine/core/stream.ts';
import {
  type LtpRepairRounds,
  meanMaxOfGeometric,
  meanRoundsSureCheckpoints,
  measureLtpRounds,
  SEGMENTS_PER_BLOCK,
} from '../../../../../runner/verify/bundles/ltp-rounds.ts';

const LOSS = 0.1;
const BLOCKS = 400;
const measured = (loss: number): LtpRepairRounds =>
  measureLtpRounds(loss, BLOCKS, openRandomStream(1, 'test', 'loss'));

describe('LTP over 324 s with 10 % loss', () => {
  const theory = meanMaxOfGeometric(SEGMENTS_PER_BLOCK, LOSS);

  it('repairs within 10 % of the greatest of 100 geometric draws, as an exact chain says', () => {
    const { mean, roundTrips } = measured(LOSS);
    expect(theory).toBeCloseTo(2.74, 2);
    expect(Math.abs(mean / theory - 1)).toBeLessThan(0.1);
    // Four standard errors of 0.033.
    const exact = meanRoundsSureCheckpoints(SEGMENTS_PER_BLOCK, LOSS);
    expect(exact).toBeCloseTo(2.62, 1);
    expect(Math.abs(mean - exact)).toBeLessThan(0.13);
    // A round trip for each round, and one more for each lost checkpoint or report.
    expect(roundTrips).toBeGreaterThan(mean);
    expect(roundTrips).toBeLessThan(1.5 * mean);
  }, 60_000);

  it('would be told apart from 14 %', () => {
    const exact = meanRoundsSureCheckpoints(SEGMENTS_PER_BLOCK, LOSS);
    expect(measured(0.14).mean - exact).toBeGreaterThan(0.13);
    expect(measured(0.06).mean - exact).toBeLessThan(-0.13);
  }, 60_000);
});
