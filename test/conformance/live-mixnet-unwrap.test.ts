/**
 * `unwrap: inline` and `unwrap: threads` on real sockets and real threads: the same messages arrive,
 * replays are refused, over epochs that change with packets inside.
 *
 * @module
 */
import { afterEach, expect, it, vi } from 'vitest';
import { ByteCompute } from '../../engine/live/byte-compute.ts';
import { load } from '../unit/scenarios/runner/fixture.ts';
import { live, quickMixnet } from './on-sockets.ts';

const SET: Readonly<Record<string, string>> = {
  crypto: 'node',
  duration: '9s',
  warmup: '2s',
  ...quickMixnet('5s'),
  'options.mixnet.epoch': '3s',
  // A machine that runs all tests at once may be late; lateness is not what is asked here.
  'options.mixnet.mixing': '{ strategy: poisson, slack: 20s }',
  // Each third packet comes to the second mix twice, at once, so that both copies are in threads.
  events: '[{ at: 1s, link: mix-1-1--mix-2-1, set: { duplicate: 33% } }]',
};

afterEach(() => void vi.restoreAllMocks());

it('R-113: delivers the same inline and on threads, and refuses replays in both', {
  retry: 1,
}, async () => {
  const submitted = vi.spyOn(ByteCompute.prototype, 'submit');
  const warmed = vi.spyOn(ByteCompute.prototype, 'warm');
  const calls: number[] = [];
  for (const unwrap of ['inline', 'threads'] as const) {
    submitted.mockClear();
    const report = await live(load('mixnet.yaml', { ...SET, 'options.mixnet.unwrap': unwrap }));
    calls.push(submitted.mock.calls.length);
    const value = (metric: string): number => report.metrics[metric]?.value ?? 0;
    expect(value('mixnet.delivery'), unwrap).toBe(1);
    expect(value('mix.loops.back'), unwrap).toBeGreaterThan(20);
    expect(value('mix.epochs'), unwrap).toBeGreaterThan(5);
    expect(value('mix.replay.false_negative'), unwrap).toBe(0);
    expect(report.nodeDrops['replay'], unwrap).toBeGreaterThan(20);
    expect(report.nodeDrops['unwrap-failed'], unwrap).toBeUndefined();
  }
  // Processes of other mixnets start no threads.
  expect(warmed.mock.calls).toEqual([[[]], [[]]]);
  expect(calls[0]).toBe(0);
  expect(calls[1]).toBeGreaterThan(500);
});
