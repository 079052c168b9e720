/** The run of datagram for `live-protocols.slow-wall.test.ts`. */
import type { LiveCase } from '../live-case.ts';

/** A carrier alone: no shipped scenario is about it. */
const DATAGRAM = `
name: datagram
topology:
  name: pair
  defaults: { node: { run: datagram }, link: { rate: 10Mbit/s, delay: 5ms } }
  nodes:
  - { name: alice, address: BLOCK.1 }
  - { name: bob, address: BLOCK.2 }
  links: [{ ends: alice <-> bob }]
duration: 1500ms
warmup: 300ms
traffic: [{ from: alice, to: bob, kind: constant, rate: 100/s, size: 100B }]
kpis: { datagram.delivery: { value: ">= 99%" } }
`;

export const liveCase: LiveCase = {
  protocols: ['datagram'],
  file: 'datagram.yaml',
  text: DATAGRAM,
  set: {},
  delivery: 'datagram.delivery',
};
