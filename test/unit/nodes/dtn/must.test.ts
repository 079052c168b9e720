import { expect, it } from 'vitest';
import { type DtnOptions, dtnConfig } from '../../../../nodes/dtn/config.ts';
import { dtnMust } from '../../../../nodes/dtn/must.ts';

it('a router that waits for records was taken to deliver 15 s after a cut that lost them', () => {
  const recoverOf = (router: DtnOptions['router']): readonly string[] =>
    Object.keys(dtnMust([{ name: 'a', options: dtnConfig.parse({ router }) }]).recover);
  expect(recoverOf('contact-graph')).toEqual(['dtn.delivery']);
  expect(recoverOf('prophet')).toEqual([]);
});

it('silent streams may go on where each node runs TCPCL', () => {
  const optionsOf = (layer: DtnOptions['layer']): DtnOptions => dtnConfig.parse({ layer });
  const nodes = [
    { name: 'a', options: optionsOf('tcpcl') },
    { name: 'b', options: optionsOf('udpcl') },
  ];
  expect(dtnMust(nodes.slice(0, 1)).floodRates).toEqual({ 'silent-stream': 25 });
  expect(dtnMust(nodes).floodRates).toEqual({});
});
