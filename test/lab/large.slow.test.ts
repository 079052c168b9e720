import { expect, it } from 'vitest';
import { carryOut } from '../../lab/run/lab-engine.ts';

const encoder = new TextEncoder();

it('says what a large network needs before it takes it', async () => {
  const name = (_: unknown, at: number): string => `n${at}`;
  const names = Array.from({ length: 10_001 }, name);
  const topology = {
    name: 'many',
    nodes: names.map((one) => ({ name: one, run: 'ping' })),
    links: names.slice(1).map((one) => ({ ends: `n0 <-> ${one}`, rate: '1Mbit/s', delay: '1ms' })),
  };
  const files = new Map([
    ['s.yaml', encoder.encode('name: s\ntopology: many.json\nduration: 1s\n')],
    ['topologies/many.json', encoder.encode(JSON.stringify(topology))],
  ]);
  const environment = { node: 'a browser', os: 'a system', cpu: '2 cores' };
  const place = { shipped: new Map(), commit: 'abc', environment };
  const task = { files, scenario: 's.yaml', seeds: null, set: [], traced: false };
  expect(await carryOut(place, { kind: 'plan', task }, () => undefined)).toEqual({
    kind: 'refused',
    text: expect.stringMatching(/^this run needs about 1001 MB for 10001 nodes and 10000 links/),
  });
});
