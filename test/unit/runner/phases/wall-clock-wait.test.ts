import { describe, expect, it } from 'vitest';
import type { Experiment } from '../../../../runner/experiment/experiment.ts';
import { runStepsWaiting } from '../../../../runner/phases/steps.ts';
import {
  FailureSignal,
  notReadyText,
  waitUntilNone,
  waitUntilOver,
} from '../../../../runner/run/wall-clock-wait.ts';
import { load } from '../fixture.ts';

const NS_PER_MS = 1_000_000;

describe('waiting for nodes', () => {
  it('ends when none is left, and looks again until then', async () => {
    const left = ['alice', 'bob'];
    const wait = waitUntilNone(() => left.splice(1), {
      maxMs: 5_000,
      pollMs: 1,
      failure: new FailureSignal(),
    });
    expect(await runStepsWaiting(wait)).toEqual([]);
  });

  it('ends after its limit with those that are left', async () => {
    const began = performance.now();
    const patience = { maxMs: 30, pollMs: 5, failure: new FailureSignal() };
    expect(await runStepsWaiting(waitUntilNone(() => ['bob'], patience))).toEqual(['bob']);
    expect(performance.now() - began).toBeGreaterThanOrEqual(30);
    expect(notReadyText(10_000, ['bob', 'carol'])).toBe('not ready after 10 s: bob, carol');
  });

  it('ends at once when the run is stopped', async () => {
    const patience = {
      maxMs: 60_000,
      pollMs: 60_000,
      failure: new FailureSignal(),
      isOver: () => true,
    };
    expect(await runStepsWaiting(waitUntilNone(() => ['bob'], patience))).toEqual(['bob']);
  });

  it('ends by a failure that came before it began, and by the first only', async () => {
    const failure = new FailureSignal();
    failure.fail(new Error('first'));
    failure.fail(new Error('second'));
    const patience = { maxMs: 60_000, pollMs: 60_000, failure };
    await expect(runStepsWaiting(waitUntilNone(() => ['bob'], patience))).rejects.toThrow('first');
  });
});

describe('waiting for the end of a run', () => {
  const scenario = load('hello.yaml');
  const began = performance.now();
  const now = (): number => (performance.now() - began) * NS_PER_MS;
  const order = (signal: AbortSignal): Parameters<typeof waitUntilOver>[0] =>
    ({ scenario: { ...scenario, drainNs: 5 * NS_PER_MS }, signal }) as never;
  const stageUntil = (overNs: number): Experiment => ({ overNs }) as Experiment;

  it('takes turns until the time is over', async () => {
    let turns = 0;
    let isMuted = false;
    const ending = await runStepsWaiting(
      waitUntilOver(order(new AbortController().signal), {
        experiment: stageUntil(40 * NS_PER_MS),
        failure: new FailureSignal(),
        // A machine that stops for a while takes no turns meanwhile.
        now: () => 5 * NS_PER_MS * turns,
        turnMs: 5,
        turn: () => {
          turns += 1;
        },
        mute: () => {
          isMuted = true;
        },
      }),
    );
    expect(ending).toBe('complete');
    expect(turns).toBe(8);
    expect(isMuted).toBe(false);
  });

  it('silences a run that is stopped, and drains it', async () => {
    const stop = new AbortController();
    const told: string[] = [];
    const wait = waitUntilOver(order(stop.signal), {
      experiment: stageUntil(Number.POSITIVE_INFINITY),
      failure: new FailureSignal(),
      now,
      turnMs: 60_000,
      mute: () => told.push(`muted at ${Math.floor(now())}`),
    });
    const ending = runStepsWaiting(wait);
    stop.abort();
    expect(await ending).toBe('interrupted');
    expect(told).toHaveLength(1);
  });
});
