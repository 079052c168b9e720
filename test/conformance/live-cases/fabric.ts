/** The run of fabric for `live-protocols.slow-wall.test.ts`: calls and messages over bare datagrams that get lost. */
import type { LiveCase } from '../live-case.ts';

/** Short: the shipped scenarios last for minutes. */
const FABRIC = `
name: fabric
topology:
  name: pair
  defaults: { node: { run: datagram }, link: { rate: 10Mbit/s, delay: 5ms, loss: 10% } }
  nodes:
  - { name: alice, address: BLOCK.1 }
  - { name: bob, address: BLOCK.2 }
  links: [{ ends: alice <-> bob }]
stack: [{ on: "*", run: fabric }]
options:
  alice/fabric: { load: { to: [bob], rate: 20/s, concurrent: 100, sizes: [100B, 20KB], start: 300ms, stop: 1500ms } }
duration: 2s
warmup: 300ms
drain: 3s
traffic: [{ from: bob, to: alice, kind: constant, rate: 20/s, size: 500B, stop: 1500ms }]
kpis:
  fabric.delivery: { value: ">= 100%" }
  fabric.answered: { value: ">= 100%" }
  fabric.duplicates: { count: "== 0" }
`;

export const liveCase: LiveCase = {
  protocols: ['fabric'],
  file: 'fabric.yaml',
  text: FABRIC,
  set: {},
  delivery: 'fabric.delivery',
};
