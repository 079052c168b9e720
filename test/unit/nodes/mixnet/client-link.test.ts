/**
 * A client's link as an observer sees it: everything that crosses it in both directions, with
 * instants and sizes, compared with the same run in which the client neither sends nor receives
 * messages.
 */
import { describe, expect, it } from 'vitest';
import { loadText, prepare, SECOND } from '../../runner/fixture.ts';

const network = (client: string): string => `
name: client-link
question: What does a link of a client show?
topology:
  name: small
  defaults:
    node: { run: mixnet }
    link: { rate: 1Gbit/s, delay: 5ms, mtu: 9000B }
  generate: { kind: mixnet, layers: 3, width: 2, providers: 2, clients: 6 }
duration: 24s
warmup: 4s
crypto: modelled
options:
  mixnet:
    rates: { delay: { mean: 50ms }, payload: 4/s, loop: 1/s, drop: 1/s, mixLoop: 1/s }
    client: { retrieve: { interval: 500ms }${client} }
`;
const talking = `
traffic:
  - { from: client-1, to: client-2, kind: poisson, rate: 2/s, size: 500B, stop: 18s }
  - { from: client-5, to: client-6, kind: poisson, rate: 2/s, size: 500B, stop: 18s }
kpis: {}
`;
const LINK = / (\S+)->(\S+) /;
const silent = talking.replace(/ {2}- \{ from: client-1.*\n/, '');

const runs = new Map<string, readonly string[]>();

/** What crosses the link of a client from 4 s on: instant, bytes and direction of each datagram. */
function crossing(text: string, client: string): readonly string[] {
  const all = runs.get(text) ?? crossingAny(text);
  runs.set(text, all);
  return all.filter((line) => LINK.exec(line)?.slice(1).includes(client));
}

/** What crosses any link. */
function crossingAny(text: string): readonly string[] {
  const { world } = prepare(loadText(text));
  const seen: string[] = [];
  const { table } = world.sim.network;
  world.sim.observer = {
    onOffered: ({ name }, packet): void => {
      if (world.now() < 4 * SECOND) return;
      seen.push(`${world.now()} ${name} ${table.length[packet]}`);
    },
    onStarted: (): void => undefined,
    onDelivered: (): void => undefined,
    onDropped: (): void => undefined,
  };
  world.sim.runUntil(24 * SECOND);
  return seen;
}

/** The datagrams in one direction. */
const from = (seen: readonly string[], client: string): readonly string[] =>
  seen.filter((line) => line.includes(` ${client}->`));

describe('the link of a client', () => {
  it.each(['client-1', 'client-2'])(
    'R-181: of %s shows the same datagrams at the same instants with and without a conversation',
    (client) => {
      const busy = crossing(network('') + talking, client);
      const idle = crossing(network('') + silent, client);
      expect(from(busy, client).length).toBeGreaterThan(100);
      expect(busy.length).toBeGreaterThan(1.5 * from(busy, client).length);
      expect(from(busy, client)).toEqual(from(idle, client));
      expect(busy).toEqual(idle);
    },
  );

  it('R-181: shows the conversation where cover is off: the observer is not blind', () => {
    for (const client of ['client-1', 'client-2']) {
      const busy = crossing(network(', cover: false') + talking, client);
      const idle = crossing(network(', cover: false') + silent, client);
      expect(from(busy, client).length).toBeGreaterThan(from(idle, client).length + 20);
    }
  });

  it('R-181: shows who gets something where answers to retrievals are not filled up', () => {
    const unpadded = network('').replace('  mixnet:\n', '  mixnet:\n    double: unpadded\n');
    const [busy, idle] = [talking, silent].map((traffic) =>
      crossing(unpadded + traffic, 'client-2'),
    );
    expect(from(busy ?? [], 'client-2')).toEqual(from(idle ?? [], 'client-2'));
    expect(busy?.length).toBeGreaterThan((idle?.length ?? 0) + 20);
  });

  it('R-181: shows a client that says at once what it has to say', () => {
    const chatty = network(', double: chatty');
    const [busy, idle] = [talking, silent].map((traffic) => crossing(chatty + traffic, 'client-1'));
    expect(from(busy ?? [], 'client-1')).not.toEqual(from(idle ?? [], 'client-1'));
  });
});
