import { describe, expect, it } from 'vitest';
import {
  defaultLoopCount,
  groupHostsByLoop,
  type LoopScenario,
  offeredRate,
} from '../../../../runner/distributed/processes/loops.ts';
import type { Scenario } from '../../../../scenarios/model.ts';
import type { TrafficPattern } from '../../../../scenarios/traffic-pattern.ts';
import { load } from '../fixture.ts';

const MANY = 64;

/** A network of links `a-b` without traffic; nodes are in the order in which they are named. */
function cables(text: string, ...alone: string[]): Scenario {
  const { topology, ...rest } = load('hello.yaml');
  const pairs = text.split(' ').map((cable) => cable.split('-') as [string, string]);
  const names = [...new Set([...pairs.flat(), ...alone])];
  const [host, link] = [topology.hosts[0]!, topology.links[0]!];
  const hosts = names.map((name) => ({ ...host, name, machine: name }));
  const end = (name: string): typeof link.a => ({ ...link.a, host: name });
  const links = pairs.map(([a, b]) => ({ ...link, id: `${a}-${b}`, a: end(a), b: end(b) }));
  return { ...rest, traffic: [], topology: { ...topology, hosts, links } };
}

/** Adds flows `a>b`, each with its rate. */
function flows(scenario: Scenario, rates: Readonly<Record<string, number>>): LoopScenario {
  const [one] = load('hello.yaml').traffic;
  const traffic = Object.entries(rates).map(([text, rate]) => {
    const [from, to] = text.split('>') as [string, string];
    return { ...one!, from, to, pattern: { kind: 'poisson', rate } as const };
  });
  return { ...scenario, traffic };
}

const groupsOf = (scenario: LoopScenario, loops: number): string[] =>
  groupHostsByLoop(scenario, loops).map((group) => group.join(' '));

describe('loops unasked', () => {
  const offering = (...patterns: TrafficPattern[]): LoopScenario => {
    const hello = load('hello.yaml');
    return { ...hello, traffic: patterns.map((pattern) => ({ ...hello.traffic[0]!, pattern })) };
  };
  const constant = (rate: number): TrafficPattern => ({ kind: 'constant', rate });

  it('are two from 4,000 packets/s of constant and poisson sources on, and never more', () => {
    expect(
      defaultLoopCount(offering(constant(2_000), { kind: 'poisson', rate: 2_000 }), MANY),
    ).toBe(1);
    const more = offering(constant(2_000), { kind: 'poisson', rate: 2_001 });
    expect([
      defaultLoopCount(more, 1),
      defaultLoopCount(more, 2),
      defaultLoopCount(more, MANY),
    ]).toEqual([1, 2, 2]);
  });

  it('count what each of the drawn pairs offers', () => {
    const scenario = offering(constant(100));
    const entry = { ...scenario.traffic[0]!, entry: 1, pairs: 30, words: '*', among: [] };
    expect(offeredRate({ ...scenario, drawnTraffic: [entry] })).toBe(31 * 100);
  });

  it('do not count what a source offers now and then', () => {
    const bursts = { kind: 'on-off', rate: 9_000, onNs: 1, offNs: 9 } as const;
    expect(offeredRate(offering(bursts, constant(10), { kind: 'file', bytes: 9 }))).toBe(10);
  });

  it('are one where ports of one address stand for the hosts', () => {
    const busy = offering(constant(9_000));
    const topology = { ...busy.topology, addressPlan: 'ports' } as const;
    expect(defaultLoopCount({ ...busy, topology }, MANY)).toBe(1);
  });

  it('are two for failover.yaml and one for hello.yaml', () => {
    expect([
      defaultLoopCount(load('failover.yaml'), 2),
      defaultLoopCount(load('hello.yaml'), 2),
    ]).toEqual([2, 1]);
  });
});

describe('nodes of a loop', () => {
  it('have three or four of the seven nodes of each path of failover.yaml', () => {
    const groups = groupHostsByLoop(load('failover.yaml'), 2);
    expect(groups.flat().sort()).toEqual(
      load('failover.yaml')
        .topology.hosts.map(({ name }) => name)
        .sort(),
    );
    for (const path of ['1', '2', '3']) {
      const own = new RegExp(`-${path}$|core-\\d${path}0`);
      const counts = groups.map(
        (group) => group.filter((name) => own.test(name) || name.startsWith('gateway')).length,
      );
      expect(counts.sort()).toEqual([3, 4]);
    }
    expect(groups.map((group) => group.filter((name) => name.startsWith('gateway')))).toEqual([
      ['gateway-111'],
      ['gateway-211'],
    ]);
  });

  it('lie side by side, whatever the order of the file', () => {
    const chain = cables('d-e b-c a-b e-f c-d');
    expect(groupsOf(flows(chain, { 'a>f': 9 }), 2)).toEqual(['a b c', 'd e f']);
    expect(groupsOf(flows(chain, { 'f>a': 9 }), 3)).toEqual(['f e', 'd c', 'b a']);
  });

  it('carry as much as those of other loops: nodes without traffic weigh little', () => {
    const chain = cables('a-b b-c c-d a-u u-v v-w w-x');
    expect(groupsOf(flows(chain, { 'a>d': 1_000 }), 2)).toEqual(['a u v w x b', 'c d']);
  });

  it('carry as much: where a flow begins or ends there is as much to do as in two routers', () => {
    const chain = cables('a-b b-c c-d');
    expect(groupsOf(flows(chain, { 'a>d': 100, 'a>b': 100 }), 2)).toEqual(['a', 'b c d']);
  });

  it('follow the heaviest flow', () => {
    const cross = cables('n-m m-s w-m m-e');
    expect(groupsOf(flows(cross, { 'n>s': 1, 'w>e': 2 }), 2)[0]).toMatch(/^w/);
    expect(groupsOf(flows(cross, { 'n>s': 2, 'w>e': 2 }), 2)[0]).toMatch(/^n/);
  });

  it('are known without traffic, and where some cannot be reached', () => {
    expect(groupsOf(cables('b-a b-c c-d'), 2)).toEqual(['b a', 'c d']);
    const apart = groupsOf(flows(cables('a-b c-d'), { 'a>b': 5 }), 2);
    expect(apart).toEqual(['a c', 'd b']);
  });

  it('are at least one for each loop, also when one node carries it all', () => {
    const star = flows(cables('hub-a hub-b hub-c'), { 'hub>a': 900, 'hub>b': 900 });
    for (const loops of [1, 2, 3, 4]) {
      const groups = groupHostsByLoop(star, loops);
      expect(groups.map((group) => group.length > 0)).toEqual(Array(loops).fill(true));
      expect(groups.flat()).toHaveLength(4);
    }
  });

  it('join over a segment, too', () => {
    const { segments, ...topology } = cables('a-b c-d').topology;
    expect(segments).toEqual([]);
    const members = ['b', 'c'].map((host) => ({ host, port: 1 }));
    const lan = { id: 'lan', members } as unknown as (typeof segments)[number];
    const joined = { traffic: [], topology: { ...topology, segments: [lan] } };
    expect(groupsOf(flows(joined as never, { 'a>d': 3 }), 2)).toEqual(['a b', 'c d']);
  });
});
