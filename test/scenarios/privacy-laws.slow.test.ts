/**
 * Delays that mixes draw by VRF, with both delay laws at the same mean: by how many bits the
 * exponential law increases the entropy over a whole run (docs/spec/mixnet.md).
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { load, run, samples } from '../unit/runner/fixture.ts';

/** A tenth of the rate and half the delays of mixnet-privacy.yaml. */
const TENTH = {
  duration: '8s',
  warmup: '1500ms',
  privacy: '{ targets: 60ms }',
  'options.mixnet.rates.delay': '{ mean: 133.3333ms }',
  'options.mixnet.vrfAudit.enabled': 'false',
  'topology.generate.clients': '5',
  'topology.generate.providers': '1',
  'topology.generate.width': '2',
  traffic: '[{ from: client-1, to: client-2, kind: poisson, rate: 20/s, size: 100B }]',
  'options.mixnet.rates.payload': '20/s',
  'options.mixnet.rates.drop': '79/s',
};
/**
 * log2 of the ratio of the widths: Erlang(3, 1) has 2.665 bits, the sum of three U[0, 2] has 2.038.
 */
const GAIN = 0.628;

function meanBits(mixing: string): number {
  const result = run(load('mixnet-privacy.yaml', { ...TENTH, 'options.mixnet.mixing': mixing }));
  const values = samples(result, 'privacy.entropy.bits');
  expect(values.length).toBeGreaterThanOrEqual(30);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe('mixes that draw delays by VRF', () => {
  it('R-183: hide 0.628 bits more over three hops by the exponential law, at equal mean', () => {
    const gain =
      meanBits('{ strategy: vrf-exp }') - meanBits('{ strategy: vrf-exp, law: uniform }');
    expect(Math.abs(gain - GAIN)).toBeLessThan(0.12);
  });
});
