/** Contacts that repeat more often than any plan lists them. */
import { expect, it } from 'vitest';
import { loadText, ratio, run } from '../unit/runner/fixture.ts';

it('contacts that have begun 10,000 times still carry bundles', () => {
  const result = run(
    loadText(`
name: dtn-long-run
topology:
  name: chain
  defaults: { node: { run: dtn }, link: { rate: 10Mbit/s, delay: 1ms, mtu: 1500B } }
  nodes: [{ name: alice }, { name: relay }, { name: bob }]
  links:
    - { ends: alice <-> relay, contacts: { windows: [{ start: 0s, end: 10ms }], period: 20ms } }
    - { ends: relay <-> bob, contacts: { windows: [{ start: 10ms, end: 20ms }], period: 20ms } }
duration: 230s
warmup: 0s
traffic: [{ from: alice, to: bob, kind: constant, rate: 2/s, size: 100B, start: 205s, stop: 225s }]
kpis: { dtn.delivery: { value: ">= 0%" } }
`),
  );
  const { numerator, denominator } = ratio(result, 'dtn.delivery');
  expect(denominator).toBeGreaterThanOrEqual(39);
  expect(numerator).toBe(denominator);
});
