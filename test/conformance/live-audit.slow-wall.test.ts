/**
 * Audits of delays by verifiable random functions on real sockets. Timers and processes are late
 * there, for which no node may be blamed (nodes/mixnet/README.md).
 *
 * @module
 */
import { expect, it } from 'vitest';
import { load } from '../unit/runner/fixture.ts';
import { live, smallMixnet } from './on-sockets.ts';

const AUDITED: Readonly<Record<string, string>> = {
  duration: '9s',
  warmup: '3s',
  kpis: '{}',
  traffic: '[]',
  ...smallMixnet(1),
  'topology.generate.placement': 'beacon',
  'options.mixnet.mixing': '{ strategy: vrf-exp, slack: 20s }',
  'options.mixnet.rates.delay': '{ mean: 20ms }',
  'options.mixnet.rates.mixLoop': '{ mean: 400ms }',
  'options.mixnet.rates.providerLoop': '{ mean: 400ms }',
  'options.mixnet.client.cover': 'false',
};

// The machine may stop the whole process in the middle of a run, but it is unlikely to do so three
// times.
it('R-182: audits on sockets pass honest mixes, and suspect none', { retry: 2 }, async () => {
  const { metrics } = await live(load('mixnet.yaml', AUDITED));
  const value = (metric: string): number => metrics[metric]?.value ?? 0;
  expect(value('mix.audits')).toBeGreaterThan(20);
  // With fixed tolerances, nearly all audits failed on a busy machine.
  expect(value('mix.audit_failures')).toBeLessThanOrEqual(0.25 * value('mix.audits'));
  expect(value('mix.audit_suspects')).toBe(0);
});
