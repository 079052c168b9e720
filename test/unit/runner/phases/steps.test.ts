import { describe, expect, it } from 'vitest';
import {
  awaitStep,
  type PromiseSteps,
  runStepsAtOnce,
  runStepsWaiting,
} from '../../../../runner/phases/steps.ts';

const later = <T>(value: T): Promise<T> =>
  new Promise((resolve) => setTimeout(() => resolve(value), 1));

describe('steps', () => {
  it('wait where time passes by the wall clock, and bring results', async () => {
    const order: string[] = [];
    function* steps(): PromiseSteps<number> {
      order.push('begun');
      const first = yield* awaitStep(later(20));
      order.push(`after ${first}`);
      const second = yield* awaitStep(later(22));
      return first + second;
    }
    const sum = runStepsWaiting(steps());
    expect(order).toEqual(['begun']);
    expect(await sum).toBe(42);
    expect(order).toEqual(['begun', 'after 20']);
  });

  it('run at once where time is virtual, and may not wait there', () => {
    // biome-ignore lint/correctness/useYield: that is what is tested.
    function* quick(): PromiseSteps<string> {
      return 'done';
    }
    expect(runStepsAtOnce(quick())).toBe('done');
    expect(() => runStepsAtOnce(awaitStep(later(1)))).toThrow('waited for something');
  });

  it('throw a failed wait at its step, which can still close what it has opened', async () => {
    const closed: string[] = [];
    function* steps(): PromiseSteps<void> {
      try {
        yield* awaitStep(Promise.reject(new Error('no port')));
      } finally {
        closed.push(yield* awaitStep(later('port')));
      }
    }
    await expect(runStepsWaiting(steps())).rejects.toThrow('no port');
    expect(closed).toEqual(['port']);
  });

  it('throw what their own code throws', async () => {
    // biome-ignore lint/correctness/useYield: it throws before.
    function* steps(): PromiseSteps<void> {
      throw new Error('own');
    }
    await expect(runStepsWaiting(steps())).rejects.toThrow('own');
    expect(() => runStepsAtOnce(steps())).toThrow('own');
  });
});
