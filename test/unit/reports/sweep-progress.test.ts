import { describe, expect, it } from 'vitest';
import type { SweepRow } from '../../../reports/sweep.ts';
import {
  chooseWorseCombination,
  renderSweepProgress,
  type SweepProgress,
  sweepSecondsLeft,
  type WorstCombination,
} from '../../../reports/sweep-progress.ts';
import { cellOf } from './sweep-fixture.ts';

function worstOf(rows: readonly SweepRow[]): WorstCombination | undefined {
  return rows.reduce<WorstCombination | undefined>(chooseWorseCombination, undefined);
}

const state: SweepProgress = {
  runsDone: 120,
  runs: 300,
  cellsDone: 12,
  cells: 30,
  missed: 3,
  broke: 1,
  secondsLeft: 41.2,
  worst: worstOf([cellOf({ 'gateway.probe': '50ms', 'gateway.misses': '3' }, 307.5e6)]),
};

describe('the progress line of a sweep', () => {
  it('says runs, combinations, what was missed, the time left, and the worst combination', () => {
    expect(renderSweepProgress(state, 160)).toBe(
      '120/300 runs  12/30 combinations  3 missed  1 broke  ~42 s left  worst -23 %: probe=50ms misses=3, gateway.failover p95',
    );
    const begin = { ...state, missed: 0, broke: 0, secondsLeft: undefined, worst: undefined };
    expect(renderSweepProgress(begin, 80)).toBe('120/300 runs  12/30 combinations');
  });

  it('fits any terminal, and gives up the worst combination first, the runs never', () => {
    for (let width = 12; width < 130; width += 1) {
      const line = renderSweepProgress(state, width);
      expect(line.length).toBeLessThanOrEqual(width);
      expect(line).toMatch(/^120\/300 runs/);
    }
    expect(renderSweepProgress(state, 80)).toMatch(/~42 s left {2}worst -23 %: probe=50~$/);
    expect(renderSweepProgress(state, 60)).toBe(
      '120/300 runs  12/30 cells  3 missed  1 broke  ~42 s left',
    );
    expect(renderSweepProgress(state, 50)).toBe('120/300 runs  12/30 cells  3 missed  1 broke');
  });

  it('called combinations cells, where there is room for the word', () => {
    const few = { ...state, runsDone: 11, runs: 12, cells: 12, missed: 0, broke: 0 };
    expect(renderSweepProgress(few, 80)).toMatch(
      /^11\/12 runs {2}12\/12 combinations {2}~42 s left/,
    );
    expect(renderSweepProgress(few, 60)).toMatch(/^11\/12 runs {2}12\/12 cells {2}~42 s left/);
  });

  it('writes long times in minutes and hours', () => {
    const left = (secondsLeft: number): string =>
      /~(.*) left/.exec(renderSweepProgress({ ...state, secondsLeft }, 80))?.[1] ?? '';
    expect([left(0.2), left(119), left(121), left(7_000), left(40_000)]).toEqual([
      ...['1 s', '119 s', '3 min', '117 min', '11 h'],
    ]);
  });

  it('lets no value of a file control the terminal', () => {
    const worst = worstOf([cellOf({ mode: 'a\u001b[2Jb\nc' }, 1e9)]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the point
    expect(renderSweepProgress({ ...state, worst }, 200)).not.toMatch(/[\u0000-\u001f]/);
  });
});

describe('the worst combination', () => {
  it('is the one with the least margin relative to its limit, whatever the units', () => {
    // 0.5 points below a limit of 0.01 is half of it; 50 ms above 250 ms is a fifth.
    const loss = { metric: 'loss', aggregation: 'value', unit: 'ratio', limit: 0.01 };
    const points = { ...loss, value: 0.015, margin: -0.005, marginUnit: 'points' as const };
    const rows = [
      cellOf({ at: 'late' }, 300e6),
      cellOf({ at: 'lossy' }, 0.015, { ...points, pass: false, status: 'fail' }),
      cellOf({ at: 'fine' }, 100e6),
    ];
    expect(worstOf(rows)?.parameters).toEqual({ at: 'lossy' });
    expect(worstOf([...rows].reverse())?.parameters).toEqual({ at: 'lossy' });
    expect(worstOf([rows[2]!, rows[0]!])?.parameters).toEqual({ at: 'late' });
  });

  it('is not one whose limit of zero is met, nor one that does not apply', () => {
    const zero = { comparison: '==', limit: 0, margin: null } as const;
    const exact = cellOf({ at: 'exact' }, 0, zero);
    const idle = { status: 'not-applicable', value: null, margin: null, pass: true } as const;
    const rows = [exact, cellOf({ at: 'idle' }, 0, idle), cellOf({ at: 'close' }, 249e6)];
    expect(worstOf(rows)?.parameters).toEqual({ at: 'close' });
    const wrong = cellOf({ at: 'wrong' }, 3, { ...zero, pass: false, status: 'fail' });
    expect(worstOf([...rows, wrong])?.parameters).toEqual({ at: 'wrong' });
    expect(worstOf([])).toBeUndefined();
  });

  it('is one that was never measured before all others', () => {
    const none = cellOf({ at: 'none' }, 0, {
      value: null,
      margin: null,
      pass: false,
      status: 'fail',
    });
    expect(worstOf([none, cellOf({ at: 'late' }, 900e6)])?.parameters).toEqual({ at: 'none' });
  });
});

describe('the time that a sweep still needs', () => {
  const pace = { left: 10, workers: 2, elapsedSeconds: 1 };

  it('is the median run times what is left, whatever one slow run took', () => {
    expect(sweepSecondsLeft([2, 2, 2, 600], pace)).toBe(10);
    expect(sweepSecondsLeft([1, 2, 3, 4], { ...pace, left: 3 })).toBe(3.75);
  });

  it('counts what lies between runs, which made it say 21 s where 35 were left', () => {
    // Two workers made eight runs of 1 s in 8 s: each waited as long as it ran.
    const runs = Array.from({ length: 8 }, () => 1);
    expect(sweepSecondsLeft(runs, { ...pace, elapsedSeconds: 8 })).toBe(10);
    expect(sweepSecondsLeft(runs, { ...pace, elapsedSeconds: 4 })).toBe(5);
  });

  it('measures a fleet, and takes no runs of an earlier life for the speed of this one', () => {
    const runs = Array.from({ length: 100 }, () => 1);
    const fleet = { left: 100, workers: Number.POSITIVE_INFINITY, elapsedSeconds: 10 };
    expect(sweepSecondsLeft(runs, fleet)).toBe(10);
    expect(sweepSecondsLeft(runs, { ...pace, elapsedSeconds: 0.01 })).toBe(5);
    expect(sweepSecondsLeft(runs.slice(0, 19), fleet)).toBeUndefined();
  });

  it('has no value before each worker has ended two runs', () => {
    expect(sweepSecondsLeft([2, 2, 2], pace)).toBeUndefined();
    expect(sweepSecondsLeft([2, 2, 2, 2], pace)).toBe(10);
    expect(sweepSecondsLeft([], { ...pace, left: 0 })).toBe(0);
  });
});
