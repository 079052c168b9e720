import { describe, expect, it } from 'vitest';
import { DeadlineHeap } from '../../../../nodes/_kit/deadlines.ts';
import { draws } from '../../../fixtures/draws.ts';

describe('deadlines of which some are removed', () => {
  it('come in the order that the others had, equal ones first in, first out', () => {
    const draw = draws(11);
    for (let round = 0; round < 200; round += 1) {
      const deadlines = new DeadlineHeap<number>();
      const entries = Array.from({ length: draw(60) }, (_, item) => ({ at: draw(20), item }));
      for (const { at, item } of entries) deadlines.add(at, item);
      const share = draw(5);
      const isKept = (item: number, at: number): boolean => (item * 7 + at) % 4 < share;
      deadlines.retain(isKept);
      deadlines.add(10, 1_000);
      const expected = [...entries, { at: 10, item: 1_000 }]
        .filter(({ at, item }) => item === 1_000 || isKept(item, at))
        .sort((one, other) => one.at - other.at)
        .map(({ item }) => item);
      expect(deadlines.size).toBe(expected.length);
      const found = expected.map(() => deadlines.takeDue(20));
      expect(found).toEqual(expected);
    }
  });
});
