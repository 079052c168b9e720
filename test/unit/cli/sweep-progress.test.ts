/** When the progress of a sweep is shown. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type SweepState, showSweepProgress } from '../../../cli/sweep-progress.ts';

const state: SweepState = {
  ...{ runsDone: 1, runs: 12, cellsDone: 0, cells: 12, missed: 0, broke: 0 },
  ...{ worst: undefined, doneSeconds: [], workers: 2 },
};

let written: string[] = [];
let isTerminal: boolean | undefined;
beforeEach(() => {
  vi.useFakeTimers();
  written = [];
  isTerminal = process.stderr.isTTY;
  vi.stubEnv('CI', '');
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written.push(String(text).replace('\r\u001b[2K', ''));
    return true;
  });
});
afterEach(() => {
  process.stderr.isTTY = isTerminal as boolean;
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

it.each([
  [true, ''],
  [false, 'slow  '],
])('a terminal (%s) saw 1/12 runs, 0/12 cells while the first had ended', (isTTY, name) => {
  process.stderr.isTTY = isTTY;
  const { update, clear } = showSweepProgress('slow', {});
  update(state);
  update({ ...state, cellsDone: 1 });
  vi.advanceTimersByTime(1);
  update({ ...state, runsDone: 2, cellsDone: 1 });
  update({ ...state, runsDone: 2, cellsDone: 2 });
  vi.advanceTimersByTime(10_000);
  expect(written.map((text) => text.trimEnd())).toEqual([
    `${name}1/12 runs  1/12 combinations`,
    `${name}2/12 runs  2/12 combinations`,
  ]);
  written = [];
  update({ ...state, runsDone: 3 });
  clear();
  vi.advanceTimersByTime(20_000);
  expect(written.join('')).toBe('');
});
