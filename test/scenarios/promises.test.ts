/**
 * Promises about scenarios that belong to no single unit. None depends on the speed of the machine:
 * promises of speed are figures of bench/promises.ts, with limits in docs/requirements.yaml.
 *
 * @module
 */
import { expect, it } from 'vitest';
import { load } from '../unit/runner/fixture.ts';

it('R-075: failover.yaml offers 120 % of the throughput that it asks for', () => {
  const { traffic, kpis } = load('failover.yaml');
  const [pattern] = traffic.map((flow) => flow.pattern);
  const limit = kpis.find(({ metric }) => metric === 'gateway.throughput');
  if (pattern?.kind !== 'poisson' || limit === undefined) throw new Error('another scenario');
  expect(pattern.rate * 60).toBeGreaterThanOrEqual(1.2 * limit.limit);
});
