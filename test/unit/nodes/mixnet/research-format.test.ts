/**
 * The Outfox-like research format in a running mixnet: it is used only when selected by its label,
 * and the report names it.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { load, ratio, run } from '../../runner/fixture.ts';

type Overrides = Readonly<Record<string, string>>;

const RESEARCH: Overrides = {
  duration: '16s',
  warmup: '2s',
  'topology.generate.clients': '2',
  'topology.generate.width': '1',
  'topology.generate.providers': '1',
  'options.mixnet.rates.delay': '{ mean: 20ms }',
  'options.mixnet.rates.payload': '{ mean: 300ms }',
  'options.mixnet.client.cover': 'false',
  'options.mixnet.sphinx': '{ exchange: x25519-kem, format: outfox-like-research }',
  traffic: '[{ from: client-1, to: client-2, kind: constant, rate: 1/s, size: 200B, stop: 8s }]',
};
const research = (more: Overrides = {}): ReturnType<typeof load> =>
  load('mixnet.yaml', { ...RESEARCH, ...more });

describe('a mixnet with Outfox-like packets', () => {
  it('delivers, with replies over SURBs and loops of mixes, and says what they are', () => {
    const result = run(research());
    const { numerator, denominator } = ratio(result, 'mixnet.delivery');
    expect([numerator, denominator]).toEqual([6, 6]);
    expect(result.nodeDrops).toEqual({});
    expect(result.warnings.join()).toContain('no interoperability vectors');
  });

  it('has modelled packets where cryptography is modelled, and says nothing of the others', () => {
    const result = run(research({ crypto: 'modelled', duration: '3s', warmup: '1s' }));
    expect(result.warnings).toEqual([]);
  });

  it('is refused without its label, with a blinded exchange, and on worker threads', () => {
    const sphinx = (text: string): Overrides => ({ 'options.mixnet.sphinx': text });
    expect(() => research(sphinx('{ exchange: x25519-kem, format: outfox }'))).toThrow();
    expect(() => research(sphinx('{ format: outfox-like-research }'))).toThrow('encapsulation');
    expect(() => research({ 'options.mixnet.unwrap': 'threads' })).toThrow('katzenpost only');
  });
});
