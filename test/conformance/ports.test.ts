/**
 * The ports that protocols say they bind (`Protocol.ports`) are those that their nodes bind: the loader compares them
 * where a host runs several lowest protocols (ADR 0094).
 *
 * @module
 */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SimHost } from '../../engine/net/sim-host.ts';
import { prepareSeed } from '../../runner/run/assemble-seed.ts';
import { makeProtocolStackFinder } from '../../scenarios/open/nodes.ts';
import { FOUR_PROTOCOLS } from './lowest.ts';
import { loadText } from './stack.ts';

const pairOf = (protocol: string, options = '{}'): string => `
name: ports
topology:
  name: ports
  defaults: { node: { run: ${protocol}, options: ${options} }, link: { rate: 1Gbit/s, delay: 1ms } }
  nodes: [{ name: alice }, { name: bob }]
  links: [{ ends: alice <-> bob }]
duration: 1s
traffic: [{ from: alice, to: bob, kind: constant, rate: 10/s, size: 100B }]
`;

const CASES: readonly (readonly [string, string])[] = [
  ['datagram', pairOf('datagram', '{ port: 5000 }')],
  ['bulk', pairOf('bulk', '{ port: 5000 }')],
  ['ping', pairOf('ping', '{ port: 5000 }')],
  ...['udpcl', 'tcpcl', 'ltp', 'mesh'].map(
    (layer) => [`dtn over ${layer}`, pairOf('dtn', `{ layer: ${layer} }`)] as const,
  ),
  ['gateway, mixnet and scion', FOUR_PROTOCOLS],
  [
    'control-service',
    `
name: ports
topology: scion-discovered.yaml
crypto: modelled
duration: 1s
traffic: []
`,
  ],
];

/** Calls of a method of hosts whose first argument has a port. */
interface Spy {
  readonly mock: {
    readonly calls: readonly (readonly [{ readonly port: number }, ...unknown[]])[];
    readonly contexts: readonly unknown[];
  };
}

afterEach(() => vi.restoreAllMocks());

describe('the declared ports of a protocol', () => {
  it.each(CASES)('are those that its nodes bind: %s', async (_, text) => {
    const loaded = await loadText(text);
    const stackOf = makeProtocolStackFinder(loaded.scenario, loaded.registry);
    const { links, hosts } = loaded.scenario.topology;
    const udp = vi.spyOn(SimHost.prototype, 'udp');
    const tcp = vi.spyOn(SimHost.prototype, 'listen');
    const { world } = prepareSeed({ ...loaded, seed: 1 });
    world.sim.runUntil(1e9);
    expect(udp.mock.calls.length + tcp.mock.calls.length).toBeGreaterThan(0);
    const portsOf = (spy: Spy, host: SimHost): readonly number[] =>
      spy.mock.calls.flatMap(([{ port }], at) => (spy.mock.contexts[at] === host ? port : []));
    for (const spec of hosts) {
      const host = world.sim.host(spec.name);
      const ends = links.flatMap(({ a, b }) => [a, b]).filter((end) => end.host === spec.name);
      const linkPorts = ends.map(({ port }) => port);
      const declared = stackOf(spec).map(
        ({ protocol, options }) => protocol.ports?.(options, linkPorts) ?? {},
      );
      const all = { udp: declared.map((one) => one.udp), tcp: declared.map((one) => one.tcp) };
      expect(all.udp.flat(), spec.name).toEqual(expect.arrayContaining([...portsOf(udp, host)]));
      expect(all.tcp.flat(), spec.name).toEqual(expect.arrayContaining([...portsOf(tcp, host)]));
    }
  });
});
