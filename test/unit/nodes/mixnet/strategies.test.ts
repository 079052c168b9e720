/**
 * With every mixing strategy as an option of a whole mixnet, messages arrive.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { MixingOptions } from '../../../../nodes/mixnet/index.ts';
import { load, prepare, ratio, run, SECOND } from '../../runner/fixture.ts';

type Overrides = Readonly<Record<string, string>>;

const SHORT: Overrides = {
  crypto: 'modelled',
  duration: '24s',
  warmup: '2s',
  'topology.generate.clients': '3',
  'topology.generate.width': '1',
  'topology.generate.providers': '1',
  'options.mixnet.rates.delay': '{ mean: 50ms }',
  'options.mixnet.rates.payload': '{ mean: 400ms }',
  'options.mixnet.client.retrieve': '{ interval: 500ms }',
  traffic: '[{ from: client-1, to: client-2, kind: constant, rate: 1/s, size: 200B, stop: 12s }]',
};
/** Pool mixes retain a few messages for ever, and a threshold mix waits for more messages. */
const STRATEGIES: Readonly<Record<MixingOptions['strategy'], string>> = {
  poisson: '',
  'vrf-exp': '',
  'stop-and-go': 'window: 30ms',
  uniform: 'mean: 50ms',
  constant: 'mean: 50ms',
  threshold: 'threshold: 3',
  timed: 'interval: 100ms',
  'threshold-or-timed': 'threshold: 3, interval: 100ms',
  'threshold-and-timed': 'threshold: 2, interval: 100ms',
  'threshold-pool': 'threshold: 2, pool: 2',
  'timed-pool': 'interval: 100ms, pool: 1',
  'timed-dynamic-pool': 'interval: 100ms, pool: 1, fraction: 0.6',
  binomial: 'interval: 100ms, mean: 1, deviation: 1',
};

function shortWith(strategy: string, own: string, more: Overrides = {}): ReturnType<typeof load> {
  const mixing = `{ strategy: ${strategy}${own === '' ? '' : `, ${own}`} }`;
  return load('mixnet.yaml', { ...SHORT, 'options.mixnet.mixing': mixing, ...more });
}

describe('a mixnet', () => {
  it.each(Object.entries(STRATEGIES))('delivers with the strategy %s', (strategy, own) => {
    const result = run(shortWith(strategy, own));
    const { numerator, denominator } = ratio(result, 'mixnet.delivery');
    expect(denominator).toBeGreaterThanOrEqual(9);
    expect(numerator / denominator).toBeGreaterThanOrEqual(0.99);
    expect(result.nodeDrops).toEqual({});
  });

  it('loses with stop-and-go what comes outside of its window, as often as theory says', () => {
    const prepared = prepare(
      shortWith('stop-and-go', 'window: 25ms', {
        'topology.defaults.link.jitter': '4ms',
        // If links preserved the order, one late packet would delay those after it.
        'topology.defaults.link.reorder': 'true',
        'options.mixnet.rates.mixLoop': '0/s',
        'options.mixnet.rates.loop': '{ mean: 100ms }',
        'options.mixnet.rates.drop': '{ mean: 100ms }',
      }),
    );
    prepared.world.sim.runUntil(24 * SECOND);
    const [received, missed] = ['mix.received', 'mix.dropped'].map((metric) => {
      return (prepared.world.metrics('mix-3-1')[metric] as { readonly value: number }).value;
    }) as [number, number];
    expect(received).toBeGreaterThan(1_000);
    // Four links of 5 ms +- 4 ms lead there; three links take as long only once in a thousand
    // times.
    const expected = shareLater((25 - 4 * 5) / 4);
    const sigma = Math.sqrt((expected * (1 - expected)) / received);
    expect(Math.abs(missed / received - expected)).toBeLessThan(4 * sigma);
  });
});

/**
 * P(sum of four uniform numbers in [-1, 1] > bound), by the Irwin-Hall distribution. The bound was
 * rounded up by up to 1 ms of 4.
 */
function shareLater(bound: number): number {
  const steps = 1_000;
  let sum = 0;
  for (let step = 0; step < steps; step++) {
    const above = (4 - bound - (step + 0.5) / steps / 4) / 2;
    sum += (above ** 4 - 4 * Math.max(0, above - 1) ** 4 + 6 * Math.max(0, above - 2) ** 4) / 24;
  }
  return sum / steps;
}
