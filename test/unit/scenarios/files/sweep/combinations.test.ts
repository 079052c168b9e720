import { describe, expect, it } from 'vitest';
import {
  combinationAt,
  combinationCount,
  eachCombination,
} from '../../../../../scenarios/files/sweep/combinations.ts';

describe('the combinations of a sweep', () => {
  const parameters = [
    { path: 'a', values: ['1', '2'] },
    { path: 'b', values: ['x', 'y', 'z'] },
  ];

  it('come with the last parameter moving fastest', () => {
    const cells: unknown[] = [];
    eachCombination(parameters, (indices) => cells.push(combinationAt(parameters, indices)));
    expect(cells.map((cell) => Object.values(cell as object).join(''))).toEqual([
      ...['1x', '1y', '1z', '2x', '2y', '2z'],
    ]);
    expect(combinationCount(parameters)).toBe(6);
  });

  it('are one without parameters, and none where a parameter has no values', () => {
    const count = (all: Parameters<typeof combinationCount>[0]): number => {
      let seen = 0;
      eachCombination(all, () => {
        seen += 1;
      });
      return seen;
    };
    expect(count([])).toBe(1);
    expect(count([...parameters, { path: 'c', values: [] }])).toBe(0);
  });
});
