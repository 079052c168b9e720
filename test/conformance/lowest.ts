/**
 * Networks whose hosts run several lowest protocols, with fabric over all of them.
 *
 * @module
 */

/** Gateways of a SCION network that are clients of a mixnet, and that a bus with bundles passes. */
export const FOUR_PROTOCOLS = `
name: four-lowest
topology:
  name: four-lowest
  defaults:
    link: { rate: 1Gbit/s, delay: 5ms, mtu: 9000B }
    internal: { delay: 100us }
  generate: { kind: scion, isds: 1, cores: 2, parents: 2, clients: 2 }
  nodes:
    - { name: authority, run: mixnet, options: { role: authority, layers: 2, places: [[mix-1-1], [mix-2-1]] } }
    - { name: provider-1, run: mixnet, options: { role: provider, layers: 2 } }
    - { name: mix-1-1, run: mixnet, options: { role: mix, layers: 2 } }
    - { name: mix-2-1, run: mixnet, options: { role: mix, layers: 2 } }
    - { name: bus, run: dtn, options: { router: static, routes: [{ to: client-1, via: client-1 }, { to: client-2, via: client-2 }] } }
  links:
    - { ends: client-1 <-> provider-1, relation: internal, delay: 5ms }
    - { ends: client-2 <-> provider-1, relation: internal, delay: 5ms }
    - { ends: provider-1 <-> mix-1-1 }
    - { ends: provider-1 <-> mix-2-1 }
    - { ends: mix-1-1 <-> mix-2-1 }
    - { ends: authority <-> mix-1-1 }
    - { ends: authority <-> mix-2-1 }
    - { ends: authority <-> provider-1 }
    - { ends: authority <-> client-1, relation: internal, delay: 5ms }
    - { ends: authority <-> client-2, relation: internal, delay: 5ms }
    - { ends: client-1 <-> bus, contacts: { period: 60s, windows: [{ start: 0s, end: 10s }] }, relation: internal, delay: 5ms }
    - { ends: client-2 <-> bus, contacts: { period: 60s, windows: [{ start: 30s, end: 40s }] }, relation: internal, delay: 5ms }
stack:
  - { on: "client-*", run: mixnet, over: links, options: { role: client, layers: 2 } }
  - { on: "client-*", run: dtn, over: links, options: { router: static, routes: [{ to: "*", via: bus }], store: { kind: durable } } }
  - { on: "client-*", run: fabric, options: { ways: [gateway, mixnet, dtn], deadline: 20min } }
crypto: modelled
options: { mixnet: { rates: { delay: { mean: 50ms }, payload: { mean: 200ms } } } }
duration: 200s
warmup: 0s
drain: 120s
traffic:
  - { from: client-1, to: client-2, kind: constant, rate: 1/s, size: 500B, start: 5s, stop: 190s, tolerant: true }
events:
  - { at: 50s, for: 100s, link: "client-2 <-> br-*", set: { up: false } }
  - { at: 100s, for: 50s, link: "* <-> provider-1", set: { up: false } }
`;

/** A change of {@link FOUR_PROTOCOLS} after which nobody passes bundles on over plain links. */
export const WITHOUT_BUS: readonly [string, string] = [
  'name: bus, run: dtn, options: { router: static, routes: [{ to: client-1, via: client-1 }, { to: client-2, via: client-2 }] }',
  'name: bus, run: datagram',
];

/** Two hosts with a link for datagrams, which is cut, and a bus with bundles; with more events. */
export function twoLowest(more: string): string {
  return `
name: two-lowest
topology:
  name: two-lowest
  defaults:
    node: { run: datagram }
    link: { rate: 10Mbit/s, mtu: 9000B }
  nodes: [{ name: alice }, { name: bob }, { name: bus, run: dtn, options: { router: static, routes: [{ to: alice, via: alice }, { to: bob, via: bob }] } }]
  links:
    - { ends: alice <-> bob, delay: 20ms }
    - { ends: alice <-> bus, delay: 1ms, contacts: { period: 60s, windows: [{ start: 0s, end: 10s }] } }
    - { ends: bus <-> bob, delay: 1ms, contacts: { period: 60s, windows: [{ start: 30s, end: 40s }] } }
stack:
  - { on: bob, run: dtn, over: links, options: { router: static, routes: [{ to: "*", via: bus }], store: { kind: durable } } }
  - { on: alice, run: dtn, over: links, options: { router: static, routes: [{ to: "*", via: bus }], store: { kind: durable } } }
  - { on: bob, run: fabric, options: { ways: [datagram, dtn], deadline: 20min } }
  - { on: "alice", run: fabric, options: { ways: [datagram, dtn], deadline: 20min } }
duration: 200s
warmup: 0s
drain: 200s
traffic:
  - { from: alice, to: bob, kind: constant, rate: 1/s, size: 500B, start: 1s, stop: 150s, tolerant: true }
  - { from: bob, to: alice, kind: constant, rate: 1/s, size: 500B, start: 1s, stop: 150s, tolerant: true }
events:
  - { at: 50s, for: 120s, link: alice <-> bob, set: { up: false } }${more}
`;
}

/**
 * The network of {@link FOUR_PROTOCOLS} for a shorter time and without its events, with a mixnet that sends more often,
 * other options of fabric, and changes of its text.
 */
export function fourWith(
  fabric: string,
  changes: readonly (readonly [string, string])[] = [],
): string {
  const [plain = ''] = FOUR_PROTOCOLS.split('events:');
  const all = [
    ['ways: [gateway, mixnet, dtn]', fabric],
    ['duration: 200s', 'duration: 40s'],
    ['drain: 120s', 'drain: 60s'],
    ['stop: 190s', 'stop: 30s'],
    ['payload: { mean: 200ms }', 'payload: { mean: 50ms }'],
    ...changes,
  ] as const;
  return all.reduce((text, [before, after]) => text.replace(before, after), plain);
}
