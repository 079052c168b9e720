import { describe, expect, it } from 'vitest';
import {
  interpretDifference,
  pairedDifference,
  unpairedDifference,
} from '../../../../reports/statistics/comparison.ts';
import { normals } from '../draws.ts';

/**
 * A run of 30 seeds: their common part varies by 10 %, and B = A + `change` with its own noise of
 * 0.5 %.
 */
function experiment(seed: number, change: number): { a: number; b: number }[] {
  const random = normals(seed);
  return Array.from({ length: 30 }, () => {
    const common = 200 + 20 * random();
    return { a: common + random(), b: common * (1 + change) + random() };
  });
}

describe('comparison of A and B', () => {
  it('finds a planted 2 % change with 30 paired seeds that the unpaired test misses', () => {
    const pairs = experiment(1, 0.02);
    const paired = pairedDifference(pairs, 0.95)!;
    const unpaired = unpairedDifference(
      { a: pairs.map((p) => p.a), b: pairs.map((p) => p.b) },
      0.95,
    )!;
    expect(interpretDifference(paired, 2)).toBe('up');
    expect(paired.correlation).toBeGreaterThan(0.9);
    expect(interpretDifference(unpaired, 2)).toBe('inconclusive');
    expect(unpaired.mean).toBeCloseTo(paired.mean, 9);
  });

  it('calls the same what stays inside the smallest effect', () => {
    expect(interpretDifference(pairedDifference(experiment(2, 0), 0.95)!, 2)).toBe('same');
    expect(interpretDifference(pairedDifference(experiment(2, -0.03), 0.95)!, 2)).toBe('down');
  });

  it('does not call a change real whose interval excludes 0 but which does not matter', () => {
    const tiny = { isPaired: true, n: 30, mean: 1.5, low: 0.8, high: 2.2, correlation: 0.9 };
    expect(interpretDifference(tiny, 2)).toBe('inconclusive');
    expect(interpretDifference({ ...tiny, high: 1.9 }, 2)).toBe('same');
    expect(interpretDifference({ ...tiny, mean: 2.1 }, 2)).toBe('up');
  });

  it('keeps its promise of 5 % false alarms', () => {
    let alarms = 0;
    for (let seed = 0; seed < 400; seed++) {
      const difference = pairedDifference(experiment(1000 + seed, 0), 0.95)!;
      if (difference.low > 0 || difference.high < 0) alarms += 1;
    }
    expect(alarms).toBeGreaterThan(6);
    expect(alarms).toBeLessThan(36);
  });

  it('has no answer for one seed', () => {
    expect(pairedDifference([{ a: 1, b: 2 }], 0.95)).toBeUndefined();
    expect(unpairedDifference({ a: [1], b: [2, 3] }, 0.95)).toBeUndefined();
  });

  it('handles equal constants', () => {
    expect(unpairedDifference({ a: [2, 2], b: [2, 2] }, 0.95)).toMatchObject({ low: 0, high: 0 });
  });
});
