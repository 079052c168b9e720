/**
 * Promises about rates and scenarios that no unit owns.
 *
 * Rates are per CPU time, so that a busy machine does not turn them red; the bounds are the
 * published ones, an order of magnitude away from what the benches measure.
 *
 * @module
 */
import { expect, it } from 'vitest';
import { ReplayWindow } from '../../nodes/gateway/replay/window.ts';
import { counter, load, report, run } from '../unit/scenarios/runner/fixture.ts';

const US_PER_MINUTE = 60_000_000;

it('R-075: failover.yaml offers 120 % of the throughput that it asks for', () => {
  const { traffic, kpis } = load('failover.yaml');
  const [pattern] = traffic.map((flow) => flow.pattern);
  const limit = kpis.find(({ metric }) => metric === 'gateway.throughput');
  if (pattern?.kind !== 'poisson' || limit === undefined) throw new Error('another scenario');
  expect(pattern.rate * 60).toBeGreaterThanOrEqual(1.2 * limit.limit);
});

it('R-002, R-003: one core carries more than 750,000 packets a minute, in less than 100 ms each', () => {
  const scenario = load('failover.yaml', { duration: '4s', warmup: '2s', events: '[]' });
  const before = process.cpuUsage();
  const result = run(scenario);
  const { user, system } = process.cpuUsage(before);
  const delivered = counter(result, 'gateway.throughput');
  expect(delivered).toBeGreaterThan(19_000);
  expect((delivered / (user + system)) * US_PER_MINUTE).toBeGreaterThan(750_000);
  const latency = report(scenario, [result]).kpis.find(
    ({ metric }) => metric === 'gateway.latency',
  );
  expect(latency?.pass).toBe(true);
});

it('R-012: a check of the replay window takes less than a microsecond', () => {
  const window = new ReplayWindow(1_024);
  const checks = 300_000;
  for (let sequence = 0; sequence < checks; sequence++) window.accept(sequence);
  const before = process.cpuUsage();
  for (let sequence = checks; sequence < 2 * checks; sequence++) window.accept(sequence);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / checks).toBeLessThan(1);
});
