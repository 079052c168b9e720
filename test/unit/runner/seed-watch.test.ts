/**
 * The watchdog for seeds in worker threads: its limits from both sides, with times that the test
 * sets.
 *
 * @module
 */
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { NODE_CALL_KINDS } from '../../../engine/net/node-calls.ts';
import {
  SeedWatch,
  STUCK_CALL_MS,
  TERMINATION_GRACE_MS,
} from '../../../runner/threads/seed-watch.ts';
import { load } from './fixture.ts';

const { hosts } = load('hello.yaml').topology;

const NODE = fileURLToPath(new URL('../../../nodes/ping/node.ts', import.meta.url));

/** @param stack What the thread says when it is asked. */
function watched(stack?: string): {
  readonly watch: SeedWatch;
  readonly notices: string[];
  readonly asked: number[];
} {
  const notices: string[] = [];
  const asked: number[] = [];
  const onNotice = (text: string): void => void notices.push(text);
  const stackOf = (thread: number): Promise<string | undefined> => {
    asked.push(thread);
    return Promise.resolve(stack);
  };
  const watch = new SeedWatch({ seed: 7, hosts, onNotice, stackOf });
  watch.control.noteThread(3);
  return { watch, notices, asked };
}

/** Checks every 100 ms. */
function checkOften(watch: SeedWatch, fromMs: number, untilMs: number): void {
  for (let at = fromMs; at <= untilMs; at += 100) watch.check(at);
}

describe('a node that holds its thread', () => {
  it('is named after five seconds, once, and not before', async () => {
    const { watch, notices } = watched();
    watch.calls.follow(new Float64Array([1_500_000_000]));
    watch.calls.begin(1, NODE_CALL_KINDS.timer, 0, -1);
    watch.check(0);
    checkOften(watch, 100, STUCK_CALL_MS - 100);
    expect(notices).toEqual([]);
    checkOften(watch, STUCK_CALL_MS, 20_000);
    await vi.waitFor(() => expect(notices).not.toEqual([]));
    expect(notices).toEqual(['bob has held its thread for 5 s, in a call at 1.5 s (seed 7)']);
    expect(watch.answer).toBeUndefined();
  });

  it('was named without the line in which it is', async () => {
    const { watch, notices, asked } = watched(`Error\n    at Ping.receive (${NODE}:50:7)`);
    watch.calls.begin(1, NODE_CALL_KINDS.timer, 0, -1);
    watch.check(0);
    checkOften(watch, 100, 20_000);
    await vi.waitFor(() => expect(notices).not.toEqual([]));
    expect(notices).toEqual([
      'bob has held its thread for 5 s, in a call at 0 s (seed 7): nodes/ping/node.ts:50',
    ]);
    watch.stop('interrupted', 20_000);
    checkOften(watch, 20_000, 20_000 + TERMINATION_GRACE_MS);
    await vi.waitFor(() => expect(watch.signal.aborted).toBe(true));
    expect(watch.answer).toMatchObject({
      crash: { how: 'held', place: { file: NODE, line: 50, column: 7, firstLine: 48 } },
    });
    // The thread was stopped and asked for its stack once.
    expect(asked).toEqual([3]);
  });

  it('was named without its line if its thread needed more than a second to tell it', async () => {
    const notices: string[] = [];
    const onNotice = (text: string): void => void notices.push(text);
    const stack = `Error\n    at Ping.receive (${NODE}:50:7)`;
    const stackOf = async (_thread: number, limitMs: number): Promise<string | undefined> =>
      limitMs < 10_000 ? undefined : stack;
    const watch = new SeedWatch({ seed: 7, hosts, onNotice, stackOf });
    watch.control.noteThread(3);
    watch.calls.begin(1, NODE_CALL_KINDS.timer, 0, -1);
    checkOften(watch, 0, STUCK_CALL_MS);
    await vi.waitFor(() => expect(notices[0]).toMatch(/node\.ts:50$/));
  });

  it('ends a second after its time if its thread does not tell the line', async () => {
    const stackOf = (): Promise<never> => new Promise(() => undefined);
    const watch = new SeedWatch({ seed: 7, hosts, stackOf });
    watch.control.noteThread(3);
    watch.calls.begin(1, NODE_CALL_KINDS.timer, 0, -1);
    checkOften(watch, 0, 1_000);
    watch.stop('interrupted', 1_000);
    checkOften(watch, 1_000, 1_000 + TERMINATION_GRACE_MS);
    await vi.waitFor(() => expect(watch.signal.aborted).toBe(true), { timeout: 30_000 });
    expect(watch.answer).toMatchObject({ kind: 'broken', crash: { how: 'held' } });
  });

  it('is not one that is called again and again', () => {
    const { watch, notices } = watched();
    for (let at = 0; at < 20_000; at += 1_000) {
      watch.calls.end(watch.calls.begin(1, NODE_CALL_KINDS.timer, 0, -1));
      watch.calls.begin(0, NODE_CALL_KINDS.timer, 0, -1);
      watch.check(at);
    }
    expect(notices).toEqual([]);
  });

  it('swallowed the first signal: its thread is ended within five seconds of it', async () => {
    expect(TERMINATION_GRACE_MS).toBeLessThan(5_000);
    const { watch } = watched();
    watch.calls.begin(1, NODE_CALL_KINDS.datagram, 64, 3);
    checkOften(watch, 0, 1_000);
    watch.stop('interrupted', 1_000);
    checkOften(watch, 1_000, 1_000 + TERMINATION_GRACE_MS - 1);
    await new Promise(setImmediate);
    expect([watch.answer, watch.signal.aborted]).toEqual([undefined, false]);
    watch.check(1_000 + TERMINATION_GRACE_MS);
    await vi.waitFor(() => expect(watch.signal.aborted).toBe(true));
    expect(watch.answer).toMatchObject({
      kind: 'broken',
      crash: { by: 'orrery', protocol: 'ping', node: 'bob', how: 'held', seed: 7 },
    });
  });

  it('a seed that is only slow is no fault of a node', () => {
    const { watch } = watched();
    watch.stop('time-limit', 0);
    checkOften(watch, 0, TERMINATION_GRACE_MS);
    expect(watch.answer).toEqual({
      kind: 'ended',
      ending: 'time-limit',
      seed: 7,
      message: 'still busy 3.0 s after the request to stop, so measurements are lost',
    });
  });

  it('a seed that waited for a thread was called busy', () => {
    const notices: string[] = [];
    const onNotice = (text: string): void => void notices.push(text);
    const waiting = new SeedWatch({ seed: 8, hosts, onNotice });
    waiting.stop('interrupted', 0);
    waiting.leaveOut('interrupted');
    expect(waiting.signal.aborted).toBe(true);
    expect(waiting.answer).toEqual({
      kind: 'ended',
      ending: 'interrupted',
      seed: 8,
      message: 'not begun when the run was stopped',
    });
    const { watch } = watched();
    watch.stop('interrupted', 0);
    watch.leaveOut('interrupted');
    expect([watch.signal.aborted, watch.answer]).toEqual([false, undefined]);
  });
});
