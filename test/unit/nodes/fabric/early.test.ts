/** What comes before the disk has counted the life of a node: some of it waits. */
import { describe, expect, it } from 'vitest';
import { loadText, prepare } from '../../runner/fixture.ts';

const MIB = 1_048_576;

describe('messages before a node is ready', () => {
  it.each([
    ['all their bytes', MIB, 20, 16],
    ['as many as there were', 10, 4_100, 4_096],
  ])('waited with %s, and were never answered beyond', (_, bytes, count, most) => {
    const { world } = prepare(
      loadText(`
name: early
topology:
  name: pair
  nodes: [{ name: alice, run: datagram }, { name: bob, run: datagram }]
  links: [{ ends: alice <-> bob, rate: 10Gbit/s, delay: 5ms, mtu: 1500B }]
stack: [{ on: "*", run: fabric, options: { outbox: memory } }]
duration: 1000s
warmup: 0s
`),
    );
    const outcomes: string[] = [];
    const body = new Uint8Array(bytes);
    const respond = (outcome: string): number => outcomes.push(outcome);
    for (let sent = 0; sent < count; sent += 1) {
      world.request('alice', { kind: 'send', target: 'bob', body, respond }, 'fabric');
    }
    expect(outcomes).toEqual(new Array(count - most).fill('not-ready'));
  });
});
