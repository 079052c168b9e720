import { expect, it } from 'vitest';
import { type DtnOptions, dtnConfig } from '../../../../nodes/dtn/config.ts';
import { dtnMust } from '../../../../nodes/dtn/must.ts';
import { load, ratio, run } from '../../runner/fixture.ts';

/** How soon nodes with this router recover, s. */
function recoversWithin(router: DtnOptions['router']): number {
  return dtnMust([{ name: 'a', options: dtnConfig.parse({ router }) }]).withinSeconds;
}

it.each(['prophet', 'contact-graph'] as const)(
  'a node that a partition cut off when it started gets its bundles within the time that %s promises',
  (router) => {
    const cut = '{ at: 1us, for: 30s, partition: { from: [receiver], to: [sender, relay] } }';
    const end = 30 + recoversWithin(router);
    const scenario = load('../test/hunted/dtn-forged.yaml', {
      ...{ 'options.dtn.router': router, duration: `${end + 20}s`, warmup: `${end}s` },
      events: `[${cut}, { at: 14s, for: 1us, crash: receiver }]`,
    });
    const { numerator, denominator } = ratio(run(scenario), 'dtn.delivery');
    expect(denominator).toBeGreaterThan(10);
    expect(numerator).toBe(denominator);
  },
);

it('silent streams may go on where each node runs TCPCL', () => {
  const optionsOf = (layer: DtnOptions['layer']): DtnOptions => dtnConfig.parse({ layer });
  const nodes = [
    { name: 'a', options: optionsOf('tcpcl') },
    { name: 'b', options: optionsOf('udpcl') },
  ];
  expect(dtnMust(nodes.slice(0, 1)).floodRates).toEqual({ 'silent-stream': 25 });
  expect(dtnMust(nodes).floodRates).toEqual({});
});
