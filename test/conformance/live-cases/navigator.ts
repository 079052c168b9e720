/** The run of navigator for `live-protocols.slow-wall.test.ts`: urgent messages by datagram, others by bundle. */
import type { LiveCase } from '../live-case.ts';

/** Short: the shipped scenario lasts for 20 s. */
const NAVIGATOR = `
name: navigator
topology:
  name: pair
  defaults: { node: { run: datagram }, link: { rate: 10Mbit/s, delay: 5ms } }
  nodes:
  - { name: alice, address: BLOCK.1 }
  - { name: bob, address: BLOCK.2 }
  links: [{ ends: alice <-> bob }]
stack:
  - { on: "*", run: dtn, over: links, options: { router: direct } }
  - { on: "*", run: navigator, options: { ways: [datagram, dtn], costs: { datagram: { latency: 5ms, energy: 1 }, dtn: { latency: 1s } } } }
duration: 1500ms
warmup: 300ms
traffic:
  - { from: alice, to: bob, kind: constant, rate: 50/s, size: 100B, priority: expedited }
  - { from: alice, to: bob, kind: constant, rate: 50/s, size: 100B }
kpis: { navigator.delivery: { value: ">= 99%" } }
`;

export const liveCase: LiveCase = {
  protocols: ['navigator'],
  file: 'navigator.yaml',
  text: NAVIGATOR,
  set: {},
  delivery: 'navigator.delivery',
  counted: ['navigator.messages', 'navigator.charge'],
};
