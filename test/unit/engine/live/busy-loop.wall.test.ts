/**
 * Where packets wait in an overloaded process: before its traffic sources, not in its sockets.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { KNEE, runBusyLoop } from './busy-loop.ts';

const SECONDS = 1_000_000_000;

describe('a loop that is asked for more than it carries', () => {
  it.each([1.5, 3])('keeps its sockets short at %f times the knee', async (times) => {
    const figures = await runBusyLoop({
      rate: times * KNEE,
      isTold: true,
      durationNs: 2 * SECONDS,
    });
    expect(figures.deepest).toBeLessThanOrEqual(400);
    expect(figures.goodput).toBeGreaterThanOrEqual(0.85 * KNEE);
    expect(figures.latencyMsP95).toBeLessThanOrEqual(250);
    expect(figures.shed).toBeGreaterThan(0);
  });

  it('fills its sockets beyond a replay window when sources come before what is under way', async () => {
    const figures = await runBusyLoop({ rate: 3 * KNEE, isTold: false, durationNs: 2 * SECONDS });
    expect(figures.deepest).toBeGreaterThan(1_024);
    expect(figures.latencyMsP95).toBeGreaterThan(250);
  });

  it('turns nothing away below the knee', async () => {
    const figures = await runBusyLoop({ rate: 0.8 * KNEE, isTold: true, durationNs: 2 * SECONDS });
    expect(figures.shed).toBe(0);
    expect(figures.goodput).toBeGreaterThanOrEqual(0.97 * 0.8 * KNEE);
    expect(figures.latencyMsP95).toBeLessThanOrEqual(40);
  });

  it('starves no source for its timers where the process gets an eighth of its machine', async () => {
    const figures = await runBusyLoop({
      rate: 1_000,
      isTold: true,
      durationNs: 2 * SECONDS,
      timers: 60,
      pause: { everyNs: 4_000_000, forNs: 30_000_000 },
    });
    // Regression: when timers ran before sources, the goodput was only 424.
    expect(figures.goodput).toBeGreaterThanOrEqual(600);
  });
});
