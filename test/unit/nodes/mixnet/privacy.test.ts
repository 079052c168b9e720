/** What a mixnet says of its nodes for the measurement of privacy. */
import { describe, expect, it } from 'vitest';
import type { ConfiguredNode } from '../../../../engine/host/protocol.ts';
import { type MixnetOptions, mixnetConfig } from '../../../../nodes/mixnet/config.ts';
import { protocol } from '../../../../nodes/mixnet/index.ts';
import { privacyFacts } from '../../../../nodes/mixnet/privacy.ts';

const node = (
  name: string,
  options: Readonly<Record<string, unknown>>,
): ConfiguredNode<MixnetOptions> => ({
  name,
  options: mixnetConfig.parse({ authority: 'authority', ...options }),
});
const lawOf = (mixing: Readonly<Record<string, unknown>>, delay?: string): unknown => {
  const rates = delay === undefined ? {} : { rates: { delay } };
  return privacyFacts([node('mix', { role: 'mix', mixing, ...rates })])[0];
};

describe('the facts of a mixnet', () => {
  it('are those of its public face', () => {
    expect(protocol.privacyFacts).toBe(privacyFacts);
  });

  it('name the part of each role', () => {
    const roles = ['client', 'mix', 'provider', 'authority'].map((role) => node(role, { role }));
    expect(privacyFacts(roles).map((one) => [one.node, one.part])).toEqual([
      ['client', 'user'],
      ['mix', 'mix'],
      ['provider', 'relay'],
      ['authority', 'aside'],
    ]);
  });

  it('take the delay of the authority, whose document all obey, before their own', () => {
    const mix = node('mix', { role: 'mix', rates: { delay: '20/s' } });
    const authority = node('authority', { role: 'authority', rates: { delay: '4/s' } });
    expect(privacyFacts([mix])[0]?.meanDelayNs).toBe(50e6);
    expect(privacyFacts([mix, authority])[0]?.meanDelayNs).toBe(250e6);
  });

  it.each([
    [{ strategy: 'poisson' }, { kind: 'exponential' }, 100e6],
    [{ strategy: 'stop-and-go' }, { kind: 'exponential' }, 100e6],
    [{ strategy: 'vrf-exp' }, { kind: 'exponential' }, 100e6],
    [{ strategy: 'vrf-exp', law: 'uniform' }, { kind: 'uniform', longestNs: 200e6 }, undefined],
    [{ strategy: 'constant', mean: '40ms' }, { kind: 'constant' }, undefined],
    [{ strategy: 'uniform', mean: '40ms' }, { kind: 'uniform', longestNs: 80e6 }, undefined],
    [
      { strategy: 'uniform', mean: '40ms', spread: '10ms' },
      { kind: 'unknown', name: 'uniform' },
      undefined,
    ],
    [{ strategy: 'threshold', threshold: 5 }, { kind: 'batch' }, undefined],
    [{ strategy: 'timed', interval: '1s' }, { kind: 'batch' }, undefined],
  ])('state the law of %j', (mixing, law, meanDelayNs) => {
    const facts = lawOf(mixing, '10/s');
    expect(facts).toMatchObject({ law });
    expect((facts as { meanDelayNs?: number }).meanDelayNs).toBe(meanDelayNs);
  });

  it('state layer and owner where the configuration does', () => {
    const places = [['a'], ['b', 'c']];
    const nodes = [
      node('authority', { role: 'authority', places }),
      node('b', { role: 'mix', asn: 'AS7', family: 'kin' }),
      node('d', { role: 'mix' }),
    ];
    const [, b, d] = privacyFacts(nodes);
    expect(b).toMatchObject({ layer: 2, asn: 'AS7', family: 'kin' });
    expect(d).toMatchObject({ asn: 'AS0' });
    expect(d).not.toHaveProperty('layer');
    expect(d).not.toHaveProperty('family');
  });
});
