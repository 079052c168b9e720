/** Gateways that open frames on worker threads, over real sockets, with a replaying attacker. */
import { afterEach, expect, it, vi } from 'vitest';
import { ByteJobRunner } from '../../engine/live/byte-compute.ts';
import { PORT_BLOCK } from '../port-block.ts';
import { load } from '../unit/runner/fixture.ts';
import { live } from './on-sockets.ts';

/** Few enough for a machine that runs all tests at once. */
const RATE = 100;
const SECONDS = 4;
const SET: Readonly<Record<string, string>> = {
  crypto: 'node',
  duration: `${SECONDS + 1}s`,
  warmup: '2s',
  drain: '1s',
  'topology.addressPlan': 'ports',
  'topology.portBase': PORT_BLOCK,
  'traffic.0.rate': `${RATE}/s`,
  'options.gateway.rekey': '{ age: 2s }',
  // Copies that arrive together, so that both are with the threads before either is judged.
  events: '[{ at: 1s, link: "br-111-* <-> core-1*", set: { duplicate: 30% } }]',
};

afterEach(() => void vi.restoreAllMocks());

it('R-246: accept each frame once and refuse none, though frames arrive twice', async () => {
  const submitted = vi.spyOn(ByteJobRunner.prototype, 'submit');
  const set = { ...SET, 'options.gateway.opening': 'threads' };
  const { metrics, nodeDrops, messages } = await live(load('failover.yaml', set));
  const value = (metric: string): number => metrics[metric]?.value ?? 0;
  const opened = submitted.mock.calls.length;
  expect(opened).toBeGreaterThan(RATE);
  expect(value('antireplay.false_accept')).toBe(0);
  expect(value('antireplay.false_reject')).toBe(0);
  expect(value('gateway.duplicates')).toBe(0);
  expect(nodeDrops['replay']).toBeGreaterThan(0.1 * opened);
  expect(nodeDrops['bad-auth']).toBeUndefined();
  expect(messages).toMatchObject({ open: 0 });
});
