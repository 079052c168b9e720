/**
 * Scenarios of calls between two nodes, for the benchmark and for the test of its target.
 *
 * @module
 */

/** Calls over bare datagrams. */
export const DATAGRAM_CALLS_SCENARIO = `
name: fabric-datagram
topology:
  name: pair
  nodes: [{ name: alice, run: datagram }, { name: bob, run: datagram }]
  links: [{ ends: alice <-> bob, rate: 10Gbit/s, delay: 1ms, mtu: 1500B }]
stack: [{ on: "*", run: fabric }]
options: { alice/fabric: { load: { to: [bob], concurrent: 64, sizes: [1000B] } } }
duration: 500ms
`;

/** Calls over gateways, with all routers between them. */
export const GATEWAY_CALLS_SCENARIO = `
name: fabric-gateway
topology: scion-default.yaml
stack: [{ on: "gateway-*", run: fabric }]
options: { gateway-111/fabric: { load: { to: [gateway-211], concurrent: 500, sizes: [1000B], start: 2s } } }
duration: 3s
`;

/** Calls in bundles that are on disk. */
export const BUNDLE_CALLS_SCENARIO = `
name: fabric-bundles
topology:
  name: pair
  nodes: [{ name: alice, run: dtn }, { name: bob, run: dtn }]
  links: [{ ends: alice <-> bob, rate: 10Gbit/s, delay: 1ms, mtu: 1500B }]
stack: [{ on: "*", run: fabric }]
options:
  dtn: { store: { kind: durable, perSource: 100% } }
  alice/fabric: { load: { to: [bob], concurrent: 64, sizes: [1000B] } }
duration: 200ms
`;

/** Ten messages of 10 MB, one after another. */
export const longMessagesScenario = (loss: string): string => `
name: fabric-long
topology:
  name: pair
  nodes: [{ name: alice, run: datagram }, { name: bob, run: datagram }]
  links: [{ ends: alice <-> bob, rate: 1Gbit/s, delay: 10ms, mtu: 1500B, loss: ${loss} }]
stack: [{ on: "*", run: fabric }]
options: { alice/fabric: { load: { to: [bob], count: 10, sizes: [10MB] } } }
duration: 30s
`;
