import { expect, it } from 'vitest';
import { floorOfShare } from '../../../../engine/pure/floor-of-share.ts';

it('29 % of 100 were 28', () => {
  expect(floorOfShare(0.29, 100)).toBe(29);
  expect(Math.floor(0.29 * 100)).toBe(28);
});

it('is the whole part for each percent of any count up to 1,000', () => {
  for (let percent = 0; percent <= 100; percent += 1) {
    for (let count = 0; count <= 1_000; count += 7) {
      expect(floorOfShare(percent / 100, count)).toBe(Math.floor((percent * count) / 100));
    }
  }
});

it.each([
  [0, 10, 0],
  [1, 10, 10],
  [1e-7, 1e7, 1],
  [1e-7, 9_999_999, 0],
  [1 / 3, 3, 0],
])('%f of %i is %i', (share, count, whole) => {
  expect(floorOfShare(share, count)).toBe(whole);
});
