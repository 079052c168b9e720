/**
 * The shipped topologies with the same clients over different carriers: a protocol above them needs
 * one changed line (docs/how-to/stack.md).
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { deliveryOf, loadText, runText, SHIMS } from '../conformance/stack.ts';

const TOPOLOGIES = ['star-12', 'scion-12', 'mixnet-12', 'dtn-12'];

/** Messages to the first client and from it, once sessions are up and documents are there. */
const over = (topology: string, more = ''): string => `
name: carried
topology: ${topology}.yaml
crypto: modelled
duration: 8s
${more}
options: { mixnet: { rates: { delay: { mean: 50ms }, payload: { mean: 100ms } } } }
stack:
  - { on: "client-*", run: ${SHIMS[0]} }
traffic:
  - { kind: constant, from: client-5, to: client-1, rate: 5/s, size: 300B, start: 2500ms, stop: 4500ms }
  - { kind: constant, from: client-1, to: client-12, rate: 5/s, size: 300B, start: 2500ms, stop: 4500ms }
`;

/** Without the options of a protocol that the topology does not have. */
const text = (topology: string): string =>
  topology.startsWith('mixnet') ? over(topology) : over(topology).replace(/^options: .*$/m, '');

describe.each(TOPOLOGIES)('%s', (topology) => {
  it('has twelve clients, and carries the messages of a protocol above them', async () => {
    const { scenario } = await loadText(text(topology));
    const stacked = scenario.topology.hosts.filter(({ layers }) => layers !== undefined);
    const clients = Array.from({ length: 12 }, (_, index) => `client-${index + 1}`);
    expect(stacked.map(({ name }) => name).sort()).toEqual([...clients].sort());
    const [delivered, sent] = deliveryOf(await runText(text(topology)), 'shim1');
    expect(sent).toBe(2 * 9);
    expect(delivered).toBe(sent);
  });
});

describe('a SCION hierarchy with clients', () => {
  const generated = async (generate: string): Promise<readonly string[]> => {
    const { scenario } = await loadText(
      `name: g\nduration: 1s\ntopology: { name: g, generate: { kind: scion, ${generate} } }\n`,
    );
    return scenario.topology.hosts.map(({ name, area }) => `${name} ${area}`);
  };

  it('puts client i into ISD ((i - 1) mod isds) + 1, behind a router of its own AS', async () => {
    const hosts = await generated('isds: 2, cores: 1, clients: 3');
    expect(hosts.filter((host) => host.startsWith('client'))).toEqual([
      'client-1 1-ff00:1:2',
      'client-3 1-ff00:1:3',
      'client-2 2-ff00:2:2',
    ]);
    expect(hosts.filter((host) => host.startsWith('br'))).toHaveLength(3);
  });

  it('is refused above the limit of nodes', async () => {
    const error = await generated('isds: 1, clients: 100000').catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('the limit is 200000');
  });
});
