/** Spans of runs that last days. */
import { expect, it } from 'vitest';
import { runSpanText, runTimeUnitFor } from '../../../reports/format.ts';
import { timeSection } from '../../../reports/html/time-series.ts';
import { judgeRun } from '../../../reports/judge.ts';
import { renderPlainProgress } from '../../../reports/progress.ts';
import { runInput } from './fixture.ts';

const DAY = 86_400;

it.each([
  [60, '60.0 s'],
  [10_799, '10 799 s'],
  [10_800, '3.00 h'],
  [3 * DAY - 1, '72.0 h'],
  [3 * DAY, '3.00 d'],
  [14 * DAY, '14.0 d'],
])('%i s is %s', (seconds, text) => {
  expect(runSpanText(seconds).replaceAll(/[^ -~]/g, ' ')).toBe(text);
});

it('14 days were written as 1 209 600 s', () => {
  const line = renderPlainProgress({
    name: 'idle',
    seed: 1,
    seeds: 1,
    virtualNs: 7 * DAY * 1e9,
    durationNs: 14 * DAY * 1e9,
    clock: 'virtual',
    eventsPerSecond: 0,
    speed: 1,
    secondsLeft: undefined,
  });
  expect(line).toContain('7.0 d of 14 d virtual');
  expect(runTimeUnitFor(60).suffix).toBe('s');
});

it('a packet an hour was "0 packets/s delivered"', () => {
  const report = judgeRun(runInput({ seeds: 1, slowdown: 1 }));
  const values = Array.from({ length: 336 }, (_, hour) => (hour % 3 === 0 ? 1 : 0));
  const series = {
    ...report.series.find((one) => one.name === 'delivered')!,
    ...{ unit: 'packets', binNs: 3_600e9, stepNs: 3_600e9 },
    ...{ shownSeed: values, low: values, high: values },
  };
  const scenario = { ...report.scenario, durationNs: 14 * DAY * 1e9, warmupNs: 0 };
  const page = String(timeSection({ ...report, scenario, series: [series] }).markup);
  expect(page).toContain('112 packets delivered, none in 224 of 336 steps of 60.0 min');
  expect(page).toMatch(/14 d/);
});
