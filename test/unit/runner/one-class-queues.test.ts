import { describe, expect, it } from 'vitest';
import { loadText, run } from './fixture.ts';

const warningsOf = (traffic: string, queue: string): readonly string[] =>
  run(
    loadText(`
name: one-class
topology:
  name: one-class
  defaults: { node: { run: datagram } }
  nodes: [{ name: alice }, { name: bob }, { name: carol }]
  links:
    - { ends: alice <-> bob, rate: 10Mbit/s, delay: 1ms, queue: ${queue} }
    - { ends: bob <-> carol, rate: 10Mbit/s, delay: 1ms, queue: ${queue} }
duration: 1s
traffic: [${traffic}]
`),
  ).warnings;

const flow = (to: string, more = ''): string =>
  `{ from: bob, to: ${to}, kind: constant, rate: 20/s, size: 100B${more} }`;
const PRIORITY = '{ kind: priority, classes: [{}, {}] }';

describe('a priority queue that saw packets of one class only', () => {
  it('is named in a warning, with its direction', () => {
    expect(warningsOf(flow('alice'), PRIORITY)).toEqual([
      'priority queue of alice--bob (bob->alice) saw packets of one class only',
    ]);
    expect(warningsOf(`${flow('alice')}, ${flow('carol')}`, PRIORITY)).toEqual([
      'priority queues of alice--bob (bob->alice), bob--carol (bob->carol) saw packets of one class only',
    ]);
  });

  it('is none if it saw several, or nothing, or is no priority queue', () => {
    const both = `${flow('alice')}, ${flow('alice', ', priority: expedited')}`;
    const three = '{ kind: priority, classes: [{}, {}, {}] }';
    expect(warningsOf(both, three)).toEqual([]);
    expect(warningsOf(flow('alice'), '100packets')).toEqual([]);
  });

  it('is one if classes do not tell what the wishes tell', () => {
    const both = `${flow('alice')}, ${flow('alice', ', priority: expedited')}`;
    expect(warningsOf(both, PRIORITY)).toHaveLength(1);
  });
});
