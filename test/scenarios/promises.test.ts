/**
 * Promises about scenarios that no unit owns. How fast the machine is judges nothing here: promises of
 * speed are figures of bench/promises.ts, and docs/requirements.yaml bounds them.
 *
 * @module
 */
import { expect, it } from 'vitest';
import { load } from '../unit/scenarios/runner/fixture.ts';

it('R-075: failover.yaml offers 120 % of the throughput that it asks for', () => {
  const { traffic, kpis } = load('failover.yaml');
  const [pattern] = traffic.map((flow) => flow.pattern);
  const limit = kpis.find(({ metric }) => metric === 'gateway.throughput');
  if (pattern?.kind !== 'poisson' || limit === undefined) throw new Error('another scenario');
  expect(pattern.rate * 60).toBeGreaterThanOrEqual(1.2 * limit.limit);
});
