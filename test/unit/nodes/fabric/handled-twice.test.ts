/** Messages that are handled again although the disk knew that they had been, however they are marked. */
import { expect, it } from 'vitest';
import { loadText, run } from '../../runner/fixture.ts';

// The sender does not hear that its messages were handled, and sends them again to the receiver's next life.
it.each([
  ['no message of which the disk did not know', '{}', { twice: 0, again: 1 }],
  ['those that a filter forgot', '{ double: forgetful }', { twice: 1, again: 0 }],
])('are %s', (_, options, { twice, again }) => {
  const scenario = loadText(`
name: handled-twice
topology:
  name: pair
  nodes: [{ name: alice, run: datagram }, { name: bob, run: datagram }]
  links: [{ ends: alice <-> bob, rate: 10Mbit/s, delay: 5ms, mtu: 1500B }]
stack: [{ on: "*", run: fabric }]
options: { bob/fabric: ${options} }
duration: 20s
warmup: 0s
traffic: [{ from: alice, to: bob, kind: constant, rate: 60/min, size: 100B, start: 1s, stop: 8s, tolerant: true }]
events:
  - { at: 5500ms, for: 4s, partition: { from: [bob], to: [alice] }, direction: one-way }
  - { at: 6900ms, for: 1s, disk: { node: bob, slower: 2s } }
  - { at: 8200ms, for: 100ms, crash: bob, store: synced }
kpis: { fabric.delivery: { value: ">= 0%" } }
`);
  const { metrics } = run(scenario);
  expect(metrics['fabric.handled_twice']).toMatchObject({ value: twice });
  expect(metrics['fabric.again']).toMatchObject({ value: again });
});
