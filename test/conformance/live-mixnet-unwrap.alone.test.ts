/**
 * `unwrap: inline` and `unwrap: threads` on real sockets and real threads: the same messages arrive
 * and replays are rejected, even when the epoch changes while packets are inside.
 *
 * @module
 */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ByteJobRunner } from '../../engine/live/byte-compute.ts';
import type { Report } from '../../reports/report-schema.ts';
import { report as judged, load, run } from '../unit/runner/fixture.ts';
import { live, quickMixnet } from './on-sockets.ts';

/** Loops per second of each of two clients and of each of three mixes. */
const CLIENT_LOOPS = 15;
const MIX_LOOPS = 1;
const WARMUP_SECONDS = 2;
const DURATION_SECONDS = 9;
/** Loops go on until it ends. */
const DRAIN_SECONDS = 1;
/**
 * The expected number is 264 with a standard deviation of 16, so a quarter is four deviations.
 */
const LOOPS: number =
  (2 * CLIENT_LOOPS + 3 * MIX_LOOPS) * (DURATION_SECONDS + DRAIN_SECONDS - WARMUP_SECONDS);

const SET: Readonly<Record<string, string>> = {
  crypto: 'node',
  duration: `${DURATION_SECONDS}s`,
  warmup: `${WARMUP_SECONDS}s`,
  drain: `${DRAIN_SECONDS}s`,
  ...quickMixnet('5s'),
  'options.mixnet.rates.loop': `${CLIENT_LOOPS}/s`,
  'options.mixnet.rates.mixLoop': `${MIX_LOOPS}/s`,
  // A loop that has not returned two seconds after it was due is given up within the run.
  'options.mixnet.client.loopAlarm.slack': '2s',
  'options.mixnet.epoch': '3s',
  // A machine that runs all tests in parallel may be late, and this test is not about lateness.
  'options.mixnet.mixing': '{ strategy: poisson, slack: 20s }',
  // Every third packet reaches the second mix twice at the same time, so that both copies are in
  // threads.
  events: '[{ at: 1s, link: mix-1-1--mix-2-1, set: { duplicate: 33% } }]',
};

/**
 * The number of loops that came back, relative to those due in this time and to those that ended.
 */
function loopsOf({ metrics }: Pick<Report, 'metrics'>): Loops {
  const value = (metric: string): number => metrics[metric]?.value ?? 0;
  return { ofDue: value('mix.loops.back') / LOOPS, ofEnded: value('mix.loops_returned') };
}

interface Loops {
  readonly ofDue: number;
  readonly ofEnded: number;
}

/** Checks that the loops of a run came back. */
function expectLoops({ ofDue, ofEnded }: Loops, which: string): void {
  expect(Math.abs(ofDue - 1), which).toBeLessThan(0.25);
  expect(ofEnded, which).toBeGreaterThan(0.95);
}

afterEach(() => void vi.restoreAllMocks());

it('R-113: delivers the same inline and on threads, and refuses replays in both', {
  retry: 1,
}, async () => {
  const submitted = vi.spyOn(ByteJobRunner.prototype, 'submit');
  const warmed = vi.spyOn(ByteJobRunner.prototype, 'warm');
  const calls: number[] = [];
  for (const unwrap of ['inline', 'threads'] as const) {
    submitted.mockClear();
    const report = await live(load('mixnet.yaml', { ...SET, 'options.mixnet.unwrap': unwrap }));
    calls.push(submitted.mock.calls.length);
    const value = (metric: string): number => report.metrics[metric]?.value ?? 0;
    expect(value('mixnet.delivery'), unwrap).toBe(1);
    expectLoops(loopsOf(report), unwrap);
    expect(value('mix.epochs'), unwrap).toBeGreaterThan(5);
    expect(value('mix.replay.false_negative'), unwrap).toBe(0);
    expect(report.nodeDrops['replay'], unwrap).toBeGreaterThan(20);
    expect(report.nodeDrops['unwrap-failed'], unwrap).toBeUndefined();
  }
  // Processes without mixes start no threads.
  expect(warmed.mock.calls).toEqual([[[]], [[]]]);
  expect(calls[0]).toBe(0);
  expect(calls[1]).toBeGreaterThan(500);
});

describe('what is asked of loops, in virtual time', () => {
  const simulated = (events: string): Loops => {
    const scenario = load('mixnet.yaml', { ...SET, crypto: 'modelled', events });
    return loopsOf(judged(scenario, [run(scenario)]));
  };

  it('holds where none is lost', () => {
    expectLoops(simulated('[]'), 'whole');
  });

  it('does not hold when half of them are lost, or a fifth', () => {
    const lossy = (share: string): Loops =>
      simulated(`[{ at: 1s, link: mix-2-1--mix-3-1, set: { loss: ${share} } }]`);
    const half = lossy('50%');
    expect(half.ofDue).toBeLessThan(0.6);
    expect(half.ofEnded).toBeLessThan(0.7);
    expect(() => expectLoops(half, 'half')).toThrow();
    const fifth = lossy('20%');
    expect(fifth.ofEnded).toBeGreaterThan(0.7);
    expect(() => expectLoops(fifth, 'fifth')).toThrow();
  });
});
