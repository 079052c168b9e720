/**
 * `unwrap: inline` and `unwrap: threads` on real sockets and real threads: the same messages arrive,
 * replays are refused, over epochs that change with packets inside.
 *
 * @module
 */
import { afterEach, expect, it, vi } from 'vitest';
import { ByteCompute } from '../../engine/live/byte-compute.ts';
import { judge } from '../../reports/judge.ts';
import type { Report } from '../../reports/report-schema.ts';
import { runLive } from '../../scenarios/runner/live-run.ts';
import { metricsOf } from '../../scenarios/runner/nodes.ts';
import { load, registry } from '../unit/scenarios/runner/fixture.ts';

/** Ports of this process, below those that the system hands out. */
const portBase = 20_000 + (process.pid % 60) * 200;
const SET: Readonly<Record<string, string>> = {
  crypto: 'node',
  duration: '9s',
  warmup: '2s',
  'topology.addressPlan': 'ports',
  'topology.portBase': String(portBase),
  'topology.generate.width': '1',
  'topology.generate.providers': '1',
  'topology.generate.clients': '2',
  'options.mixnet.epoch': '3s',
  'options.mixnet.rates.delay': '{ mean: 10ms }',
  'options.mixnet.rates.payload': '{ mean: 50ms }',
  'options.mixnet.rates.loop': '{ mean: 200ms }',
  // A machine that runs all tests at once may be late; lateness is not what is asked here.
  'options.mixnet.mixing': '{ strategy: poisson, slack: 20s }',
  'options.mixnet.client.retrieve': '{ interval: 50ms }',
  // Each third packet comes to the second mix twice, at once, so that both copies are in threads.
  events: '[{ at: 1s, link: mix-1-1--mix-2-1, set: { duplicate: 33% } }]',
  traffic: '[{ from: client-1, to: client-2, kind: constant, rate: 3/s, size: 200B, stop: 5s }]',
};

async function live(unwrap: 'inline' | 'threads'): Promise<Report> {
  const scenario = load('mixnet.yaml', { ...SET, 'options.mixnet.unwrap': unwrap });
  const end = await runLive({
    scenario,
    registry,
    definitions: metricsOf(scenario, registry),
    seeds: [1],
    recordingsOf: () => ({}),
    reproduce: 'npm run live',
    commit: 'test',
  });
  if (end.kind !== 'judged') throw new Error(JSON.stringify(end));
  return judge(end.input);
}

afterEach(() => void vi.restoreAllMocks());

it('R-113: delivers the same inline and on threads, and refuses replays in both', async () => {
  const submitted = vi.spyOn(ByteCompute.prototype, 'submit');
  const warmed = vi.spyOn(ByteCompute.prototype, 'warm');
  const calls: number[] = [];
  for (const unwrap of ['inline', 'threads'] as const) {
    submitted.mockClear();
    const report = await live(unwrap);
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
