/** How fast a run was: the rate of the engine without the time for loading and writing. */
import { describe, expect, it } from 'vitest';
import { judgeRun } from '../../../reports/judge.ts';
import { originFacts, reportFacts } from '../../../reports/report-facts.ts';
import { renderTerminal } from '../../../reports/terminal.ts';
import { runInput } from './fixture.ts';

const input = runInput({ seeds: 1, slowdown: 1 });
const plain = { width: 80, colour: false, unicode: true };

/** The run itself took 4 s for 9,400,000 events; the whole command took 171 s. */
const report = judgeRun({
  ...input,
  seeds: input.seeds.map((seed) => ({
    ...seed,
    events: 9_400_000,
    engine: { beganMs: 1_000, endedMs: 6_000, busyMs: 4_000 },
  })),
});

describe('the rate of a run', () => {
  it('was events over the wall time of everything: it is that of the engine', () => {
    expect(report.timing).toEqual({
      runningSeconds: 5,
      engineSeconds: 4,
      eventsPerSecond: 2_350_000,
    });
    expect(report.eventsPerWallSecond).toBeCloseTo(9_400_000 / 171, 6);
    const text = renderTerminal(report, { ...plain, besides: { loading: 6.1, writing: 0.21 } });
    expect(text).toContain(
      '60 s virtual in 5.0 s · 2.4 M events/s · 6.1 s loading, 0.21 s writing',
    );
    expect(new Map(originFacts(report)).get('events')).toContain(
      '2 350 000 per second of the engine',
    );
    expect(new Map(reportFacts(report)).get('speed')).toBe('12 × real');
  });

  it('of several threads is that of one, and the run lasts from the first to the last', () => {
    const two = runInput({ seeds: 2, slowdown: 1 });
    const seeds = two.seeds.map((seed, at) => ({
      ...seed,
      events: 1_000_000,
      engine: { beganMs: 1_000 * at, endedMs: 1_000 * at + 2_000, busyMs: 2_000 },
    }));
    const judged = judgeRun({ ...two, seeds });
    expect(judged.timing).toEqual({
      runningSeconds: 3,
      engineSeconds: 4,
      eventsPerSecond: 500_000,
    });
    expect(renderTerminal(judged, plain)).toContain('500 k events/s a thread');
  });

  it('is not told apart where the wall clock sets the pace', () => {
    const live = judgeRun({ ...input, mode: 'live' });
    expect(live.timing).toBeUndefined();
    expect(renderTerminal(live, plain)).toContain('events/s');
  });
});
