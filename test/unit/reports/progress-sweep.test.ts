import { describe, expect, it } from 'vitest';
import { renderSweepHtml } from '../../../reports/html/sweep-html.ts';
import { judgeRun } from '../../../reports/judge.ts';
import {
  estimateSecondsLeft,
  renderPlainProgress,
  renderProgress,
} from '../../../reports/progress.ts';
import {
  renderSweepTable,
  renderSweepVerdict,
  type SweepResult,
  sweepGrid,
  sweepRow,
} from '../../../reports/sweep.ts';
import { renderSweepMarkdown } from '../../../reports/sweep-markdown.ts';
import { runInput } from './fixture.ts';

const state = {
  name: 'failover',
  seed: 7,
  seeds: 30,
  virtualNs: 24.1e9,
  durationNs: 60e9,
  clock: 'virtual' as const,
  eventsPerSecond: 1_900_000,
  speed: 12.3,
  secondsLeft: 11.2,
};

describe('the progress line', () => {
  it('shows the seed, the time reached, the speed and the time left', () => {
    expect(renderProgress(state, { width: 120, unicode: true })).toBe(
      'failover  seed 7/30  ▕████████░░░░░░░░░░░░▏ 24.1 s of 60 s virtual  1.9 M events/s  12x real  ~12 s left',
    );
    expect(renderProgress(state, { width: 120, unicode: false })).toContain(
      '[########............] 24.1 s of 60 s virtual',
    );
    expect(renderPlainProgress(state)).toBe(
      'failover  seed 7/30  24.1 s of 60 s virtual  1.9 M events/s',
    );
  });

  it('passed its end: "3.0 s of 2 s virtual"', () => {
    const late = { ...state, virtualNs: state.durationNs * 1.5 };
    const whole = { ...state, virtualNs: state.durationNs };
    expect(renderPlainProgress(late)).toBe(renderPlainProgress(whole));
  });

  it('never exceeds the terminal', () => {
    for (let width = 1; width < 120; width += 7) {
      expect(renderProgress(state, { width, unicode: true }).length).toBeLessThanOrEqual(width);
    }
  });

  it('estimates the rest from the last fifth of the progress, not in the first 2 s', () => {
    const samples = Array.from({ length: 11 }, (_, i) => ({ wallSeconds: i, fraction: i / 20 }));
    expect(estimateSecondsLeft(samples)).toBeCloseTo(10, 6);
    expect(estimateSecondsLeft(samples.slice(0, 2))).toBeUndefined();
    expect(estimateSecondsLeft([])).toBeUndefined();
    const slower = [...samples, { wallSeconds: 40, fraction: 0.55 }];
    expect(estimateSecondsLeft(slower)).toBeCloseTo(96, 6);
  });
});

function sweep(cells: number): SweepResult {
  const report = judgeRun(runInput({ seeds: 1, slowdown: 1 }));
  const bad = judgeRun(runInput({ seeds: 1, slowdown: 3 }));
  const rows = Array.from({ length: cells }, (_, i) =>
    sweepRow(
      { probe: `${10 * (1 + (i % 10))}ms`, misses: `${Math.floor(i / 10)}` },
      i % 3 ? report : bad,
      undefined,
    ),
  );
  const question = 'Which probe interval?';
  return { name: 'probe', question, seeds: [1], rows, reproduce: 'npm run sweep probe.yaml' };
}

describe('a sweep', () => {
  it('is a table with a line per combination and a mark on what is missed', () => {
    const text = renderSweepTable(sweep(6), { width: 80, unicode: true });
    expect(text).toMatch(/^FAIL {2}probe {3}4 of 6 combinations met {3}1 seed each/);
    expect(text.split('\n').filter((line) => /^ {2}[✓✗] /.test(line))).toHaveLength(6);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(text).toMatch(/\d KPIs more in the report/);
  });

  it('that was interrupted says so, which it did not: it looked like a finished one', () => {
    const text = renderSweepTable({ ...sweep(1), interruptedOf: 4 }, { width: 80, unicode: true });
    expect(text).toMatch(
      /^STOP {2}probe {3}interrupted, inconclusive: 1 of 4 combinations ran, 0 met\n/,
    );
    const markdown = renderSweepMarkdown({ ...sweep(6), interruptedOf: 8 });
    const words = 'interrupted, inconclusive: 6 of 8 combinations ran, 4 met';
    expect(markdown).toContain(`### ❔ probe: ${words}\n`);
    const page = renderSweepHtml({ ...sweep(6), interruptedOf: 8 }, () => undefined);
    expect(page).toContain(`bar open"`);
    expect(page).toContain(words);
  });

  it('that was interrupted at once counted none of none met', () => {
    const none = { ...sweep(1), rows: [], interruptedOf: 7 };
    expect(renderSweepTable(none, { width: 100, unicode: true }).split('\n')).toHaveLength(2);
    expect(renderSweepVerdict(none, { width: 80, unicode: true })).toMatch(
      /^STOP {2}probe {3}interrupted, inconclusive: 0 of 7 combinations ran {3}/,
    );
  });

  it('with 1,000 cells stays below 256 KiB as a summary', () => {
    const text = renderSweepMarkdown(sweep(1000));
    expect(new TextEncoder().encode(text).length).toBeLessThan(64_000);
    expect(text).toContain('Sections left out');
    expect(text).not.toMatch(/\|\n\n\|/);
  });

  it('is arranged over the parameters that vary, with holes left open', () => {
    const grid = sweepGrid(sweep(15), 'gateway.failover p95');
    expect(grid.x).toMatchObject({ name: 'probe' });
    expect(grid.y.values).toEqual(['0', '1']);
    expect(grid.cells[1]?.[9]).toBeUndefined();
    expect(grid.cells[0]?.[0]?.pass).toBe(false);
  });
});
