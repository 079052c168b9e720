/**
 * What the published description of a mix promises about its traffic, measured on the links of a
 * network.
 *
 * @module
 */
import { expect, it } from 'vitest';
import { mixnetConfig } from '../../../../nodes/mixnet/config.ts';
import { load, prepare, ratio, run, SECOND } from '../../runner/fixture.ts';

const SMALL: Readonly<Record<string, string>> = {
  crypto: 'modelled',
  duration: '12s',
  warmup: '2s',
  'topology.generate.clients': '4',
  'topology.generate.width': '1',
  'topology.generate.providers': '1',
  'options.mixnet.rates.delay': '{ mean: 50ms }',
  'options.mixnet.rates.payload': '5/s',
  'options.mixnet.rates.loop': '0/s',
  traffic: '[{ from: client-1, to: client-2, kind: constant, rate: 2/s, size: 200B, stop: 8s }]',
};

it('R-180: a client sends cover at its rate, and all that crosses its link has one size', () => {
  const drop = { 'options.mixnet.rates.drop': '100/s' };
  const { world } = prepare(load('mixnet.yaml', { ...SMALL, ...drop }));
  const sizes = new Set<number>();
  const frames = { 'client-1': 0, 'client-3': 0 };
  for (const name of ['client-1', 'client-3'] as const) {
    for (const side of ['forward', 'backward'] as const) {
      world.link(`${name}--provider-1`).tap(side, ({ length }) => {
        sizes.add(length);
        if (side === 'forward') frames[name] += 1;
        return true;
      });
    }
  }
  world.sim.runUntil(2 * SECOND);
  const before = { ...frames };
  world.sim.runUntil(7 * SECOND);
  expect(sizes.size).toBe(1);
  // Cover at 100/s, messages at P = 5/s, retrievals at 2/s; the tolerance is five standard
  // deviations of a Poisson count over 5 s.
  for (const name of ['client-1', 'client-3'] as const) {
    expect(Math.abs(frames[name] - before[name] - 535)).toBeLessThan(5 * Math.sqrt(535));
  }
});

it('R-185: a path has three mixes unless the file says otherwise, and five if it does', () => {
  expect(mixnetConfig.parse({ role: 'mix' }).layers).toBe(3);
  for (const layers of [3, 5]) {
    const scenario = load('mixnet.yaml', { ...SMALL, 'topology.generate.layers': String(layers) });
    const result = run(scenario);
    const { numerator, denominator } = ratio(result, 'mixnet.delivery');
    expect([numerator, denominator]).toEqual([12, 12]);
    expect(Object.keys(result.nodeDrops)).toEqual([]);
  }
});
