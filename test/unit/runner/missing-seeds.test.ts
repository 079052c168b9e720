import { expect, it } from 'vitest';
import { missingSeedTexts } from '../../../runner/run/missing-seeds.ts';

it('an interrupted run of 30 seeds had a warning for each of nine missing seeds', () => {
  const message = 'not begun when the run was stopped';
  const waiting = [30, 4, 8, 12, 16, 20, 24, 26, 28].map((seed) => ({ seed, message }));
  const busy = { seed: 6, message: 'still busy 3.0 s after the request to stop' };
  expect(missingSeedTexts([...waiting, busy])).toEqual([
    'seeds 4, 8, 12, 16, 20 and 4 more: not begun when the run was stopped',
    'seed 6: still busy 3.0 s after the request to stop',
  ]);
  expect(missingSeedTexts([])).toEqual([]);
});

it('five seeds are named, and no "0 more"', () => {
  const five = [1, 2, 3, 4, 5].map((seed) => ({ seed, message: 'lost' }));
  expect(missingSeedTexts(five)).toEqual(['seeds 1, 2, 3, 4, 5: lost']);
});
