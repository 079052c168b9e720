import { describe, expect, it } from 'vitest';
import type { LinkDirectionSpec } from '../../../../engine/net/link-spec.ts';
import type { SimHost } from '../../../../engine/net/sim-host.ts';
import type { SimWorld } from '../../../../engine/net/sim-world.ts';
import { memoryHeld } from '../../../memory.ts';
import { collect, makeWorld, type Received, sender } from './world-fixture.ts';

const MS = 1_000_000;
const SECOND = 1_000 * MS;
/** 1,000 bytes take a millisecond. */
const RATE = 8_000_000;
const REGIONS = ['eu', 'us'];
/** Rows from, columns to, ms. */
const DELAYS = [
  [5, 40],
  [45, 10],
];

interface Cloud {
  readonly world: SimWorld;
  readonly hosts: readonly SimHost[];
  readonly received: readonly Received[][];
}

/** Hosts a, b in eu and c, d in us. */
function cloudOf(
  core: Partial<LinkDirectionSpec> = {},
  access: Partial<LinkDirectionSpec> = {},
): Cloud {
  const world = makeWorld();
  const hosts = ['a', 'b', 'c', 'd'].map((name, i) =>
    world.addHost({ name, address: `127.0.0.${i + 1}` }),
  );
  const own = { rateBps: RATE, delayNs: 0, ...access };
  world.addCloud({
    id: 'net',
    regions: REGIONS,
    members: hosts.map(({ name }, i) => ({ host: name, region: i >> 1, up: own, down: own })),
    between: (from, to) => ({
      rateBps: Number.POSITIVE_INFINITY,
      delayNs: (DELAYS[from]?.[to] ?? 0) * MS,
      ...core,
    }),
  });
  return { world, hosts, received: hosts.map((host) => collect(host, 7)) };
}

/** Sends packets of 1,000 bytes at once, each with its number in the first byte. */
function burst(from: SimHost, to: SimHost, count: number): void {
  const send = sender(from, { host: to, port: 7 });
  for (let number = 0; number < count; number += 1) send(new Uint8Array(1_000).fill(number));
}

describe('a cloud (docs/spec/link-model.md#clouds)', () => {
  it('takes the delay of the regions, from one to the other and back, and within one', () => {
    const { world, hosts, received } = cloudOf();
    const [a, b, c, d] = hosts as [SimHost, SimHost, SimHost, SimHost];
    burst(a, b, 1);
    burst(b, c, 1);
    burst(c, a, 1);
    burst(d, d, 1);
    world.runUntil(SECOND);
    // A millisecond up, the matrix, and a millisecond down; to itself none of them.
    expect(received.map((one) => one.map(({ at }) => at / MS))).toEqual([[47], [7], [42], [0]]);
    expect(world.network.imbalance()).toBeUndefined();
  });

  it('shares the access of a host among all that it sends, and all that it receives', () => {
    const { world, hosts, received } = cloudOf();
    const [a, b, c, d] = hosts as [SimHost, SimHost, SimHost, SimHost];
    for (const to of [b, c, d]) burst(a, to, 10);
    for (const from of [b, c, d]) burst(from, a, 10);
    world.runUntil(SECOND);
    // 30 packets leave a in 30 ms: the last one, to d, also takes 40 ms and one down.
    expect(received[3]?.at(-1)?.at).toBe((30 + 40 + 1) * MS);
    // What b sends arrives first, at 5 ms + 2; what c and d send comes at twice the rate of the access at 45 ms + 2.
    expect(received[0]?.map(({ at }) => at / MS).slice(0, 11)).toEqual([
      7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 47,
    ]);
    expect(received[0]?.at(-1)?.at).toBe((47 + 19) * MS);
  });

  it('is fair: flows of one rate through one access get equal shares within a packet', () => {
    const { world, hosts, received } = cloudOf();
    const [a, , c, d] = hosts as [SimHost, SimHost, SimHost, SimHost];
    burst(c, a, 100);
    burst(d, a, 100);
    world.runUntil((47 + 60) * MS);
    const [first, second] = [c, d].map((from) => {
      const number = world.endpoints;
      return received[0]?.filter((one) => number.pairOf(one.from).address === from.address).length;
    });
    expect(first).toBeGreaterThanOrEqual(30);
    expect(Math.abs((first ?? 0) - (second ?? 0))).toBeLessThanOrEqual(1);
  });

  it('keeps the order of each pair, also with jitter in the core', () => {
    const { world, hosts, received } = cloudOf({
      jitter: { kind: 'uniform', halfWidthNs: 5 * MS },
    });
    burst(hosts[0]!, hosts[2]!, 200);
    burst(hosts[1]!, hosts[2]!, 200);
    world.runUntil(SECOND);
    for (const from of ['127.0.0.1', '127.0.0.2']) {
      const numbers = received[2]
        ?.filter((one) => world.endpoints.pairOf(one.from).address === from)
        .map(({ bytes }) => bytes[0]);
      expect(numbers).toEqual(Array.from({ length: 200 }, (_, number) => number));
    }
  });

  it('drops what its queues do not hold, and counts each packet on each part', () => {
    const { world, hosts, received } = cloudOf(
      {},
      { queue: { kind: 'drop-tail', limitPackets: 4 } },
    );
    burst(hosts[0]!, hosts[1]!, 10);
    world.runUntil(SECOND);
    // One in the transmitter and four that wait.
    expect(received[1]).toHaveLength(5);
    const { up } = world.cloud('net').access(hosts[0]!.index)!;
    const { down } = world.cloud('net').access(hosts[1]!.index)!;
    const core = world.cloud('net').core('eu', 'eu');
    expect([up, core, down].map(({ offered, delivered }) => [offered, delivered])).toEqual([
      [10, 5],
      [5, 5],
      [5, 5],
    ]);
    expect(world.network.dropsByReason()).toEqual({ 'queue-full': 5 });
    expect(world.network.table.liveCount).toBe(0);
  });

  it('loses between regions as their part says, each pair of them from a stream of its own', () => {
    const { world, hosts, received } = cloudOf(
      { loss: { kind: 'bernoulli', probability: 0.3 } },
      { queue: { kind: 'drop-tail', limitPackets: 10_000 } },
    );
    const numbers: readonly (readonly [number, number])[] = [
      [0, 2],
      [2, 0],
    ];
    for (const [from, to] of numbers) {
      const send = sender(hosts[from]!, { host: hosts[to]!, port: 7 });
      for (let number = 0; number < 4_000; number += 1)
        send(Uint8Array.of(number & 255, number >> 8));
    }
    world.runUntil(20 * SECOND);
    const kept = [received[2]!, received[0]!].map((all) =>
      all.map(({ bytes }) => bytes[0]! + 256 * bytes[1]!),
    );
    for (const one of kept) {
      // 2,800 expected, standard deviation 29: five of them either way.
      expect(one.length).toBeGreaterThan(2_655);
      expect(one.length).toBeLessThan(2_945);
    }
    expect(kept[0]).not.toEqual(kept[1]);
    expect(world.network.imbalance()).toBeUndefined();
  });

  it('refuses a destination that is not in it, and a cut pair, in one direction', () => {
    const { world, hosts, received } = cloudOf();
    const send = sender(hosts[0]!, { host: { address: '127.9.9.9' } as SimHost, port: 7 });
    send(Uint8Array.of(1));
    const cut = world.partition(['a'], ['c'], 'one-way');
    expect(cut.directions).toBe(1);
    burst(hosts[0]!, hosts[2]!, 3);
    burst(hosts[2]!, hosts[0]!, 2);
    burst(hosts[0]!, hosts[3]!, 1);
    world.runUntil(SECOND);
    expect(received.map(({ length }) => length)).toEqual([2, 0, 0, 1]);
    cut.end();
    burst(hosts[0]!, hosts[2]!, 3);
    world.runUntil(2 * SECOND);
    expect(received[2]).toHaveLength(3);
    expect([world.unrouted, world.network.dropsByReason()]).toEqual([1, { partition: 3 }]);
  });

  it('loses what is under way to a host that crashes, and what it had not sent', () => {
    const { world, hosts, received } = cloudOf();
    burst(hosts[0]!, hosts[1]!, 4);
    burst(hosts[2]!, hosts[0]!, 1);
    // After 2 ms two packets have left a; one of the others is on the wire.
    world.runUntil(2 * MS);
    world.crash('a');
    world.runUntil(SECOND);
    expect(received[1]).toHaveLength(2);
    expect(received[0]).toHaveLength(0);
    expect(world.network.dropsByReason()).toEqual({ 'node-down': 3 });
    world.restart('a');
    burst(hosts[1]!, hosts[0]!, 1);
    world.runUntil(2 * SECOND);
    expect(world.network.imbalance()).toBeUndefined();
  });

  it('has two directions for each host and one for each pair of regions', () => {
    const { world } = cloudOf();
    expect(world.network.directions.map(({ name }) => name)).toEqual([
      ...['a->', '->a', 'b->', '->b', 'c->', '->c', 'd->', '->d'],
      ...['eu->eu', 'eu->us', 'us->eu', 'us->us'],
    ]);
  });

  it('finds the pair of a name that another pair would have the other way round', () => {
    const world = makeWorld();
    const regions = ['b--c', 'a', 'a--b', 'c'];
    const access = { rateBps: RATE, delayNs: 0 };
    const members = regions.map((_, region) => {
      const { name: host } = world.addHost({
        name: `h${region}`,
        address: `127.0.0.${region + 1}`,
      });
      return { host, region, up: access, down: access };
    });
    const between = (): LinkDirectionSpec => ({ rateBps: Number.POSITIVE_INFINITY, delayNs: MS });
    world.addCloud({ id: 'net', regions, members, between });
    const namesOf = (id: string): readonly string[] => {
      const { forward, backward } = world.link(id);
      return [forward.name, backward.name];
    };
    // It cut a and b--c, whose name is b--c--a.
    expect(namesOf('net/a--b--c')).toEqual(['a--b->c', 'c->a--b']);
    expect(namesOf('net/b--c--a')).toEqual(['b--c->a', 'a->b--c']);
    expect(() => world.link('net/c--a')).toThrow('there is no link net/c--a');
  });

  it('carries 20,000 hosts without anything for a pair of them', () => {
    const world = makeWorld({ buffers: 'plain' });
    const hosts = Array.from({ length: 20_000 }, (_, i) =>
      world.addHost({
        name: `h${i}`,
        address: `127.${1 + (i >> 14)}.${(i >> 7) & 127}.${i & 127}`,
      }),
    );
    const access = { rateBps: RATE, delayNs: 0 };
    const before = memoryHeld();
    world.addCloud({
      id: 'net',
      regions: ['all'],
      members: hosts.map(({ name }) => ({ host: name, region: 0, up: access, down: access })),
      between: () => ({ rateBps: Number.POSITIVE_INFINITY, delayNs: 10 * MS }),
    });
    const after = memoryHeld();
    const grown = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
    // Two directions with their state are 800 B; a pair each would be 400 million.
    expect(grown / hosts.length).toBeLessThan(4_000);
    const last = hosts.at(-1) as SimHost;
    const received = collect(last, 7);
    burst(hosts[0]!, last, 1);
    world.runUntil(SECOND);
    expect(received.map(({ at }) => at / MS)).toEqual([12]);
  });
});
