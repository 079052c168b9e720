/** What comes before the disk has counted the life of a node: some of it waits. */
import { describe, expect, it } from 'vitest';
import { loadText, prepare, report, run } from '../../runner/fixture.ts';

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

  // The start of a node waits for its disk, which is slow here; there is no way to bob.
  it.each([
    ['were in no account at the end', '', { open: 2 }],
    [
      'were nowhere after a crash',
      '- { at: 3s, for: 1us, crash: alice, store: synced }',
      { lost: { 'node-crashed': 1 }, open: 1 },
    ],
  ])('%s', (_, crash, totals) => {
    const scenario = loadText(`
name: early
topology:
  name: pair
  nodes: [{ name: alice, run: datagram }, { name: bob, run: datagram }]
  links: [{ ends: alice <-> bob, rate: 10Mbit/s, delay: 5ms, mtu: 1500B }]
stack: [{ on: "*", run: fabric }]
duration: 30s
warmup: 0s
drain: 1s
traffic: [{ from: alice, to: bob, kind: constant, rate: 30/min, size: 100B, start: 1ms, stop: 6s, tolerant: true }]
events:
  - { at: 0s, link: "*", set: { up: false } }
  - { at: 1us, disk: { node: alice, slower: 3s } }
  - { at: 2s, for: 1us, crash: alice, store: synced }
  ${crash}
kpis: { fabric.delivery: { value: ">= 0%" } }
`);
    const { messages } = report(scenario, [run(scenario)]);
    expect(messages).toMatchObject(totals);
  });
});
