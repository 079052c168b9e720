/**
 * Restarts each kind of node under load: the share delivered stays above the loss that the outage
 * alone explains, and a node that does not come back fails the same verdict.
 */
import { expect, it } from 'vitest';
import type { Report } from '../../reports/report-schema.ts';
import { shippedProtocols } from '../../scenarios/open/registry.ts';
import { loadText, report, run } from '../unit/runner/fixture.ts';

interface Restart {
  /** The scenario without its events, with limits on delivery. */
  readonly text: string;
  readonly node: string;
  /** How long it is away. */
  readonly outage: string;
  readonly at: string;
}

const PING = `
name: ping-restart
question: Do pings come back after a restart?
topology: two-nodes.yaml
duration: 10s
warmup: 1s
traffic: [{ from: alice, to: bob, kind: constant, rate: 100/s, size: 100B }]
kpis:
  ping.delivery: { value: ">= 93%" }
  ping.duplicates: { count: "== 0" }
`;

const DATAGRAM = `
name: datagram-restart
question: Do messages arrive after a restart?
topology:
  name: pair
  defaults: { node: { run: datagram }, link: { rate: 10Mbit/s, delay: 5ms } }
  nodes: [{ name: alice }, { name: bob }]
  links: [{ ends: alice <-> bob }]
duration: 10s
warmup: 1s
traffic: [{ from: alice, to: bob, kind: constant, rate: 100/s, size: 100B }]
kpis:
  datagram.delivery: { value: ">= 95%" }
  datagram.duplicates: { count: "== 0" }
`;

/** A navigator has forgotten what it spent; urgent messages go by datagram, others wait in bundles for the restart. */
const NAVIGATOR = `
name: navigator-restart
question: Do messages of either class arrive after a restart?
topology:
  name: pair
  defaults: { node: { run: datagram }, link: { rate: 10Mbit/s, delay: 5ms } }
  nodes: [{ name: alice }, { name: bob }]
  links: [{ ends: alice <-> bob }]
stack:
  - { on: "*", run: dtn, over: links, options: { router: direct } }
  - { on: "*", run: navigator, options: { ways: [datagram, dtn], costs: { datagram: { latency: 5ms, energy: 1 }, dtn: { latency: 1s } } } }
duration: 10s
warmup: 1s
traffic:
  - { from: alice, to: bob, kind: constant, rate: 50/s, size: 100B, priority: expedited }
  - { from: alice, to: bob, kind: constant, rate: 50/s, size: 100B }
kpis:
  navigator.delivery: { value: ">= 95%" }
  navigator.duplicates: { count: "== 0" }
`;

/**
 * What bob had handed over and not written when he crashed comes again. The link is long, so that
 * his receipts are under way then: a node that had forgotten what it noted was not noticed.
 */
const FABRIC = `
name: fabric-restart
question: Do all messages arrive after a restart?
topology:
  name: pair
  defaults: { node: { run: datagram }, link: { rate: 10Mbit/s, delay: 50ms } }
  nodes: [{ name: alice }, { name: bob }]
  links: [{ ends: alice <-> bob }]
stack: [{ on: "*", run: fabric }]
duration: 10s
warmup: 1s
traffic: [{ from: alice, to: bob, kind: constant, rate: 400/s, size: 100B, tolerant: true, lifetime: 2s }]
kpis:
  fabric.delivery: { value: ">= 100%" }
  fabric.duplicates: { count: "<= 2" }
`;

/**
 * Three disjoint paths with 1,000 packets/s in total; the outage of 300 ms is 3 % of the measured
 * time.
 */
const GATEWAY = `
name: gateway-restart
question: Does traffic go on after a restart?
topology: scion-default.yaml
duration: 12s
warmup: 2s
traffic: [{ from: gateway-111, to: gateway-211, kind: poisson, rate: 200/s, size: 400B }]
kpis:
  gateway.delivery: { value: ">= 93%" }
  gateway.duplicates: { count: "== 0" }
  antireplay.false_accept: { count: "== 0" }
`;

/** Only one path, so that no packet can avoid its routers. */
const ROUTER = `
name: router-restart
question: Does traffic go on after a restart of a router?
topology:
  name: one-path
  defaults:
    node: { run: scion }
    link: { rate: 1Gbit/s, mtu: 1472B, queue: 1000packets }
    internal: { delay: 100us }
  ases:
    - { id: "1-ff00:0:111", core: true, mtu: 1472B }
    - { id: "2-ff00:0:211", core: true, mtu: 1472B }
  nodes:
    - { name: gateway-111, as: "1-ff00:0:111", run: gateway }
    - { name: gateway-211, as: "2-ff00:0:211", run: gateway }
    - { name: br-111, as: "1-ff00:0:111" }
    - { name: br-211, as: "2-ff00:0:211" }
  links:
    - { ends: gateway-111 <-> br-111 }
    - { ends: gateway-211 <-> br-211 }
    - { ends: br-111 <-> br-211, relation: core, delay: 5ms }
duration: 20s
warmup: 2s
traffic: [{ from: gateway-111, to: gateway-211, kind: poisson, rate: 200/s, size: 400B }]
kpis:
  gateway.delivery: { value: ">= 85%" }
  gateway.duplicates: { count: "== 0" }
`;

/** Confirmations are lost as well: a receiver that had forgotten what it noted was not noticed. */
const BULK = `
name: bulk-restart
question: Do packets come once after a restart?
topology:
  name: lossy-pair
  defaults: { node: { run: bulk }, link: { rate: 10Mbit/s, delay: 50ms, loss: 5%, mtu: 1500B } }
  nodes: [{ name: sender }, { name: receiver }]
  links: [{ ends: sender <-> receiver }]
duration: 14s
warmup: 1s
traffic: [{ from: sender, to: receiver, kind: constant, rate: 50/s, size: 1000B, stop: 8s }]
kpis:
  bulk.delivery: { value: ">= 97%" }
  bulk.duplicates: { count: "== 0" }
`;

/**
 * One mix per layer, so that no packet can avoid it; during its outage, epochs end without a
 * document for the next.
 */
const MIXNET = `
name: mixnet-restart
question: Do messages arrive after a restart?
topology:
  name: small-mixnet
  defaults: { node: { run: mixnet }, link: { rate: 1Gbit/s, delay: 5ms, mtu: 9000B } }
  generate: { kind: mixnet, layers: 2, width: 1, providers: 2, clients: 6 }
duration: 100s
warmup: 10s
options:
  mixnet:
    epoch: 20s
    rates:
      delay: { mean: 50ms }
      payload: { mean: 300ms }
      loop: { mean: 2s }
      drop: { mean: 2s }
traffic:
  - { from: client-1, to: client-2, kind: constant, rate: 1/s, size: 300B, stop: 85s }
  - { from: client-3, to: client-4, kind: constant, rate: 1/s, size: 300B, stop: 85s }
kpis:
  mixnet.delivery: { value: ">= 97%" }
  mixnet.duplicates: { count: "== 0" }
`;

/** A chain, so that no bundle can avoid the node in the middle. */
const DTN = `
name: dtn-restart
question: Do bundles arrive after a restart of the node between?
topology:
  name: chain
  defaults: { node: { run: dtn }, link: { rate: 10Mbit/s, delay: 5ms, mtu: 1500B } }
  nodes: [{ name: alice }, { name: relay }, { name: bob }]
  links: [{ ends: alice <-> relay }, { ends: relay <-> bob }]
duration: 10s
warmup: 1s
traffic: [{ from: alice, to: bob, kind: constant, rate: 100/s, size: 100B }]
kpis:
  dtn.delivery: { value: ">= 95%" }
  dtn.duplicates: { count: "== 0" }
`;

/** Three rounds a second or so; who comes back asks who is there, and goes on where its disk says. */
const FEDERATED = `
name: federated-restart
question: Do rounds go on after a restart?
topology:
  name: five
  generate: { kind: star, nodes: 5, prefix: client }
  defaults: { node: { run: datagram }, link: { rate: 10Mbit/s, delay: 5ms } }
stack:
  - { on: "*", run: fabric }
  - { on: "*", run: federated, options: { aggregator: client-1, rounds: 1000, pause: 200ms, phaseTimeout: 1s } }
duration: 10s
warmup: 1s
kpis:
  federated.rounds: { count: ">= 25" }
  federated.exact: { value: "== 1" }
`;

/** Ten operations a second; who comes back goes on with what its disk has, and gets what it lacks. */
const VAULT = `
name: vault-restart
question: Do replicas agree after a restart?
topology:
  name: three
  generate: { kind: internet, nodes: 3, links: 2, prefix: replica }
  defaults: { node: { run: datagram }, link: { rate: 10Mbit/s, delay: 5ms } }
stack:
  - { on: "*", run: fabric }
  - { on: "*", run: vault, options: { every: 500ms, consent: { trusted: all }, load: { rate: 10/s, stop: 9s } } }
duration: 12s
warmup: 1s
kpis:
  vault.converged: { value: ">= 95%" }
  vault.equal: { value: "== 100%" }
`;

/** Three ASes below one core AS, whose services all look for each other's. */
const CONTROL_SERVICE = `
name: control-service-restart
question: Does a control service that comes back find all others again?
topology:
  name: four-ases
  defaults: { link: { rate: 1Gbit/s, delay: 5ms, mtu: 1472B } }
  generate: { kind: scion, isds: 1, cores: 1, parents: 1, leaves: 3, depth: 1, control: true }
duration: 24s
warmup: 0s
options:
  gateway: { peers: [] }
  control-service: { watch: ["1-ff00:1:1", "1-ff00:1:2", "1-ff00:1:3", "1-ff00:1:4"] }
kpis:
  control.discovery: { count: ">= 15" }
  control.lookups_lost: { count: "== 0" }
`;

const CASES: Readonly<Record<string, Restart>> = {
  'a ping node': { text: PING, node: 'bob', at: '4s', outage: '300ms' },
  'a datagram node': { text: DATAGRAM, node: 'bob', at: '4s', outage: '300ms' },
  'a navigator': { text: NAVIGATOR, node: 'bob', at: '4s', outage: '300ms' },
  'a node of fabric': { text: FABRIC, node: 'bob', at: '4s', outage: '300ms' },
  'an aggregator': { text: FEDERATED, node: 'client-1', at: '4s', outage: '300ms' },
  'a replica': { text: VAULT, node: 'replica-2', at: '4s', outage: '300ms' },
  'a node that stores bundles': { text: DTN, node: 'relay', at: '4s', outage: '300ms' },
  'a gateway that sends': { text: GATEWAY, node: 'gateway-111', at: '5s', outage: '300ms' },
  'a gateway that receives': { text: GATEWAY, node: 'gateway-211', at: '5s', outage: '300ms' },
  'a border router': { text: ROUTER, node: 'br-111', at: '5s', outage: '300ms' },
  'a control service': { text: CONTROL_SERVICE, node: 'control-1-1', at: '6s', outage: '2s' },
  'a bulk node that sends': { text: BULK, node: 'sender', at: '4s', outage: '100ms' },
  'a bulk node that receives': { text: BULK, node: 'receiver', at: '4s', outage: '300ms' },
  'a mix': { text: MIXNET, node: 'mix-1-1', at: '20s', outage: '500ms' },
  'a provider': { text: MIXNET, node: 'provider-1', at: '20s', outage: '500ms' },
  'an authority': { text: MIXNET, node: 'authority', at: '20s', outage: '500ms' },
  'a mixnet client': { text: MIXNET, node: 'client-2', at: '20s', outage: '500ms' },
};

it('R-243: no protocol is left out', () => {
  const names = [
    'control-service',
    'ping',
    'datagram',
    'dtn',
    'fabric',
    'federated',
    'vault',
    'gateway',
    'scion',
    'bulk',
    'mixnet',
    'navigator',
  ];
  expect(
    shippedProtocols()
      .map(({ name }) => name)
      .sort(),
  ).toEqual(names.sort());
  const run = Object.values(CASES).map(({ text, node }) => {
    const { hosts } = loadText(text).topology;
    const host = hosts.find(({ name }) => name === node);
    return host?.layers?.at(-1)?.protocol ?? host?.protocol;
  });
  expect(new Set(run)).toEqual(new Set(names));
});

/** Without `outage`, the node does not come back. */
function verdict({ text, node, at }: Restart, outage?: string): Report {
  const length = outage === undefined ? '' : `for: ${outage}, `;
  const events = `events: [{ at: ${at}, ${length}crash: ${node} }]\n`;
  const scenario = loadText(`${text}${events}`);
  return report(scenario, [run(scenario)]);
}

/** What a node does for others. */
const WORK = /\.(delivery|discovery|rounds|converged)$/;

function redOf({ kpis }: Report): string[] {
  return kpis.filter(({ pass }) => !pass).map(({ metric }) => metric);
}

it.each(Object.entries(CASES))('R-243: %s survives a restart under load', (_name, restart) => {
  const back = verdict(restart, restart.outage);
  expect(redOf(back), JSON.stringify(back.metrics)).toEqual([]);
  expect(back.faults).toHaveLength(1);
});

it.each(Object.entries(CASES))('R-243: %s that does not come back is red', (name, restart) => {
  const gone = verdict(restart);
  expect(
    redOf(gone).some((metric) => WORK.test(metric)),
    name,
  ).toBe(true);
});
