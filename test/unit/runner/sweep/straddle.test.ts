/** When more seeds are asked for, and how many. */
import { describe, expect, it } from 'vitest';
import type { KpiResult } from '../../../../reports/report-schema.ts';
import { chooseMoreSeeds, isUndecided } from '../../../../runner/sweep/straddle.ts';

type Interval = Partial<KpiResult['ci95']>;

function kpi(interval: Interval, value: number | null = 5): KpiResult {
  const ci95 = { kind: 'student-t', level: 0.95, low: null, high: null, n: 5, ...interval };
  return { limit: 10, value, ci95 } as KpiResult;
}

describe('a verdict', () => {
  it.each<[string, Interval, boolean]>([
    ['below the limit', { low: 1, high: 9.9 }, false],
    ['over the limit', { low: 9.9, high: 10.1 }, true],
    ['above the limit', { low: 10.1, high: 12 }, false],
    ['at the limit and below', { low: 9, high: 10 }, false],
    ['without an upper bound', { low: 9, high: null }, true],
    ['without a lower bound, below', { low: null, high: 9 }, false],
    ['of one seed', { kind: 'none', n: 1, note: 'n=1, no interval' }, true],
    ['that never has one', { kind: 'none', n: 1, note: 'an extreme has no interval' }, false],
    ['all equal', { low: 5, high: 5 }, false],
  ])('with an interval %s: undecided %#', (_what, interval, isOpen) => {
    expect(isUndecided({ kpis: [kpi({ low: 0, high: 1 }), kpi(interval)] })).toBe(isOpen);
  });

  it('of a metric that was not measured is not open: more seeds would not measure it either', () => {
    expect(isUndecided({ kpis: [kpi({ kind: 'none', n: 1, note: 'n=1' }, null)] })).toBe(false);
  });
});

describe('more seeds', () => {
  it.each([
    [[1], 10, [2]],
    [[1, 2], 10, [3, 4]],
    [[1, 2, 3, 4], 6, [5, 6]],
    [[1, 2, 3, 4], 4, []],
    [[1, 2, 3, 4], 2, []],
    [[7, 3], 10, [1, 2]],
  ])('after %j, at most %d: %j', (seeds, most, added) => {
    expect(chooseMoreSeeds(seeds, most)).toEqual(added);
  });
});
