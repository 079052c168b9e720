import { describe, expect, it } from 'vitest';
import { greatestOf, leastOf } from '../../../../engine/pure/extremes.ts';

describe('the least and the greatest', () => {
  it('are of more values than the stack holds, of one, and of none', () => {
    const many = new Float64Array(1_000_000).map((_, index) => index);
    expect([leastOf(many), greatestOf(many)]).toEqual([0, 999_999]);
    expect([leastOf([7], 5), greatestOf([7], 9)]).toEqual([5, 9]);
    expect([leastOf([]), greatestOf([])]).toEqual([Infinity, -Infinity]);
  });
});
