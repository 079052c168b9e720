/** The speed of the machine, measured during a live run. */
import { describe, expect, it } from 'vitest';
import { measureMachinePace } from '../../../runner/worlds/live/machine-pace.ts';

/** A clock on which each round of the loop takes the given time in ms. */
function clockOf(rounds: readonly number[]): () => number {
  const readings = rounds.flatMap((ms) => [0, ms]);
  return () => readings.shift() ?? 0;
}

describe('the pace of the machine', () => {
  it('is the median of the rounds after the warm-up: one interruption moves nothing', () => {
    expect(measureMachinePace(clockOf([90, 90, 90, 5, 5, 5, 5, 5, 5, 80]))).toBe(100_000_000);
    expect(measureMachinePace(clockOf([5, 5, 5, 10, 10, 10, 10, 5, 5, 5]))).toBe(50_000_000);
  });

  it('is that of a computer', () => {
    expect(measureMachinePace()).toBeGreaterThan(1_000_000);
  });
});
