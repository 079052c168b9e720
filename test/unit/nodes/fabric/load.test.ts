/**
 * The calls that a node makes by itself.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../engine/core/stream.ts';
import type { LoadGeneratorOptions } from '../../../../nodes/fabric/config.ts';
import { checksumReply, isReplyTo } from '../../../../nodes/fabric/echo.ts';
import { type GeneratedCall, LoadGeneratorMachine } from '../../../../nodes/fabric/load.ts';
import { load, run } from '../../runner/fixture.ts';

const SECOND = 1_000_000_000;
const usual: LoadGeneratorOptions = {
  ...{ to: ['b'], concurrent: 1, sizes: [100], start: 0, priority: 1, private: false },
};

function machineOf(options: Partial<LoadGeneratorOptions>, made = 0): LoadGeneratorMachine {
  return new LoadGeneratorMachine({ ...usual, ...options }, openRandomStream(3, 'a', 'load'), made);
}

/** All calls until an instant, each answered at once or never. */
function callsUntil(
  machine: LoadGeneratorMachine,
  endNs: number,
  isAnswered: boolean,
): readonly number[] {
  const at: number[] = [];
  const note = (now: number, calls: readonly GeneratedCall[]): void => {
    for (const _ of calls) {
      at.push(now);
      if (isAnswered) note(now + 1, machine.step(now + 1, { kind: 'over' }));
    }
  };
  note(0, machine.step(0, { kind: 'start' }));
  for (let now = machine.nextAt(); now < endNs; now = machine.nextAt()) {
    note(now, machine.step(now, { kind: 'timer' }));
  }
  return at;
}

describe('calls with a rate', () => {
  it('are as many as it says, at random instants from the start to the stop', () => {
    const machine = machineOf({ rate: 100, concurrent: 10, start: 2 * SECOND, stop: 52 * SECOND });
    const calls = callsUntil(machine, 100 * SECOND, true);
    // 5,000 expected with a standard deviation of 71.
    expect(Math.abs(calls.length - 5_000)).toBeLessThan(300);
    expect(calls[0]).toBeGreaterThanOrEqual(2 * SECOND);
    expect(calls.at(-1)).toBeLessThan(52 * SECOND);
    const gaps = calls.slice(1).map((at, index) => at - (calls[index] as number));
    // Of exponential gaps, 1 - 1/e are below the mean.
    const short = gaps.filter((gap) => gap < SECOND / 100).length / gaps.length;
    expect(Math.abs(short - 0.632)).toBeLessThan(0.04);
  });

  it('are not made while too many are open', () => {
    const machine = machineOf({ rate: 100, concurrent: 3 });
    expect(callsUntil(machine, 10 * SECOND, false)).toHaveLength(3);
  });
});

describe('calls without a rate', () => {
  it('begin when another one is over, and no more are open than allowed', () => {
    const machine = machineOf({ concurrent: 3 });
    expect(machine.step(0, { kind: 'start' })).toHaveLength(3);
    expect(machine.nextAt()).toBe(Number.POSITIVE_INFINITY);
    expect(machine.step(5, { kind: 'over' })).toHaveLength(1);
    expect(machine.step(6, { kind: 'timer' })).toHaveLength(0);
  });

  it('end with the count, those included that were made before a restart', () => {
    const made = (before: number): number =>
      callsUntil(machineOf({ count: 10 }, before), SECOND, true).length;
    expect([made(0), made(4), made(10)]).toEqual([10, 6, 0]);
  });

  it('go to their targets in turn, and no two are alike over a restart', () => {
    const of = (before: number): readonly GeneratedCall[] =>
      machineOf({ concurrent: 4, to: ['b', 'c'] }, before).step(0, { kind: 'start' });
    const calls = [...of(0), ...of(4)];
    expect(calls.map(({ to }) => to).join('')).toBe('bcbcbcbc');
    expect(new Set(calls.map(({ payload }) => payload.join())).size).toBe(8);
    expect(calls.every(({ payload }) => payload.length === 100)).toBe(true);
  });
});

describe('calls that are refused', () => {
  it('were made again in the same instant, so that the run never ended', () => {
    // Private calls over a carrier that hides nothing: one each 250 ms of a run of 2 s.
    const scenario = load('fabric-hello.yaml', {
      'options.alice/fabric.load': '{ to: [bob], private: true, start: 450ms, stop: 2s }',
    });
    const { nodeDrops, metrics } = run(scenario);
    expect(nodeDrops).toEqual({ 'not-private': 7 });
    expect(metrics['fabric.handled']).toMatchObject({ value: 0 });
  });
});

describe('the answer with a checksum', () => {
  it('is that to its own payload and to no other', () => {
    const payload = Uint8Array.of(1, 2, 3);
    const reply = checksumReply(payload, 20);
    expect(reply).toHaveLength(20);
    expect(isReplyTo(payload, reply)).toBe(true);
    expect(isReplyTo(Uint8Array.of(1, 2, 4), reply)).toBe(false);
    expect(isReplyTo(payload, reply.subarray(0, 7))).toBe(false);
    expect(checksumReply(payload, 1)).toHaveLength(8);
  });
});
