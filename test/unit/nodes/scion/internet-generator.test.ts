/**
 * The generator of SCION networks as on the internet: what holds for every seed.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { GeneratedTopology } from '../../../../engine/host/generator.ts';
import { scionInternetGenerator } from '../../../../nodes/scion/internet-generator.ts';
import { seededRandom } from '../../../../topologies/generate/random.ts';

type Size = Parameters<typeof scionInternetGenerator.generate>[0];

const sizeOf = (input: object): Size =>
  (scionInternetGenerator.parameters as z.ZodType<Size>).parse(input);
const topologyOf = (input: object): GeneratedTopology =>
  scionInternetGenerator.generate(sizeOf(input), (seed) => seededRandom('scion-internet', seed));

/** The ends of the links with a relation, by the AS numbers of their routers. */
function endsOf({ nodes, links }: GeneratedTopology, relation: string): (readonly string[])[] {
  const asOf = new Map(nodes.map(({ name, as }) => [name, as ?? '']));
  return links
    .filter((link) => link.relation === relation)
    .map(({ ends }) => ends.map((name) => asOf.get(name) ?? ''));
}

const isdOf = (as: string): string => as.slice(0, as.indexOf('-'));

/** What is wrong with a network, against what the generator promises. */
function brokenPromises(topology: GeneratedTopology, size: Size): readonly string[] {
  return [
    ...brokenNumbers(topology, size),
    ...brokenCore(topology, size),
    ...brokenHierarchy(topology, size),
  ];
}

function brokenNumbers({ systems = [] }: GeneratedTopology, size: Size): readonly string[] {
  const broken = systems.length === size.ases ? [] : [`${systems.length} ASes`];
  const isds = new Set(systems.map(({ id }) => isdOf(id)));
  if (isds.size !== size.isds) broken.push(`${isds.size} ISDs`);
  for (const isd of isds) {
    const own = systems.filter(({ id }) => isdOf(id) === isd);
    const found = own.filter(({ core }) => core).length;
    const wanted = Math.max(1, Math.round(own.length * size.core));
    if (found !== wanted) broken.push(`${found} core ASes in ISD ${isd}`);
  }
  return broken;
}

function brokenCore(topology: GeneratedTopology, size: Size): readonly string[] {
  const cores = (topology.systems ?? []).filter(({ core }) => core).map(({ id }) => id);
  const neighbours = new Map<string, Set<string>>(cores.map((id) => [id, new Set()]));
  const ends = endsOf(topology, 'core');
  for (const [a = '', b = ''] of ends) {
    neighbours.get(a)?.add(b);
    neighbours.get(b)?.add(a);
  }
  const counts = [...neighbours.values()].map((all) => all.size);
  const reached = new Set(cores.slice(0, 1));
  for (const one of reached) for (const next of neighbours.get(one) ?? []) reached.add(next);
  const links = counts.reduce((sum, count) => sum + count, 0) / 2;
  return [
    ...(links === ends.length ? [] : ['two core links between the same ASes']),
    ...counts.filter((one) => one > size.neighbours).map((one) => `${one} neighbours`),
    ...(reached.size < cores.length ? ['the core is not connected'] : []),
  ];
}

function brokenHierarchy(topology: GeneratedTopology, size: Size): readonly string[] {
  const { systems = [] } = topology;
  const parents = new Map<string, string[]>(systems.map(({ id }) => [id, []]));
  for (const [a = '', b = ''] of endsOf(topology, 'child')) parents.get(b)?.push(a);
  const levels = new Map(systems.filter(({ core }) => core).map(({ id }) => [id, 0]));
  // An AS has a level once all its parents have one, so that those on a loop never get one.
  for (let round = 0; round < size.depth; round += 1) {
    for (const [id, own] of [...parents]) {
      const above = own.map((one) => levels.get(one) ?? Number.POSITIVE_INFINITY);
      const level = 1 + Math.max(...above);
      if (!levels.has(id) && level === round + 1) levels.set(id, level);
    }
  }
  const adopted = systems.filter(({ id, core }) => core && parents.get(id)?.length !== 0);
  const customers = systems.filter(({ core }) => !core);
  const broken = customers.flatMap(({ id }) => {
    const own = parents.get(id) ?? [];
    return [
      ...(own.length > 0 ? [] : [`${id} has no parent`]),
      ...(own.length > size.parents ? [`${id} has ${own.length} parents`] : []),
      ...(new Set(own).size < own.length ? [`${id} has a parent twice`] : []),
      ...(own.every((one) => isdOf(one) === isdOf(id)) ? [] : [`${id} has a parent elsewhere`]),
      ...(levels.has(id) ? [] : [`${id} is too far below the core, or on a loop`]),
    ];
  });
  return [...adopted.map(({ id }) => `the core AS ${id} has a parent`), ...broken];
}

const SEEDS = Array.from({ length: 40 }, (_, index) => index + 1);

describe('a generated SCION internet', () => {
  it.each([
    {},
    { ases: 10 },
    { ases: 1 },
    { ases: 7, isds: 7 },
    { ases: 30, isds: 3, core: '40%', neighbours: 2, parents: 1 },
    { ases: 60, isds: 4, core: 1, neighbours: 4 },
    { ases: 60, isds: 2, core: 0, depth: 1, peering: 9 },
    { ases: 200, isds: 3, core: '30%', neighbours: 9, depth: 8 },
    { ases: 200, core: '1%', depth: 2, parents: 2 },
  ])('keeps its promises with every seed, with %j', (input) => {
    for (const seed of SEEDS) {
      const size = sizeOf({ ...input, seed });
      expect(brokenPromises(topologyOf(size), size), `seed ${seed}`).toEqual([]);
    }
  });

  it('finds broken promises', () => {
    const size = sizeOf({ ases: 30, isds: 2, core: '20%' });
    const whole = topologyOf(size);
    const child = whole.links.findIndex(({ relation }) => relation === 'child');
    const core = whole.links.findIndex(({ relation }) => relation === 'core');
    const twice = { ...whole, links: [...whole.links, whole.links[child]!, whole.links[core]!] };
    expect(brokenPromises({ ...whole, links: [] }, size)).toContain('the core is not connected');
    expect(brokenPromises(twice, size).join()).toMatch(/two core links .*parent twice/);
    const two = [...whole.links].filter(({ relation }) => relation === 'child').slice(-2);
    const orphan = { ...whole, links: whole.links.filter((one) => !two.includes(one)) };
    expect(brokenPromises(orphan, size)).toContainEqual(expect.stringContaining('has no parent'));
    const turned = whole.links.map((one) => {
      return one.relation === 'child' ? { ...one, ends: [one.ends[1], one.ends[0]] as const } : one;
    });
    const words = brokenPromises({ ...whole, links: turned }, size).join();
    expect(words).toMatch(/core AS .* has a parent.*too far below/);
    expect(brokenPromises(whole, { ...size, neighbours: 1 }).join()).toMatch(/neighbours/);
    expect(brokenPromises(whole, { ...size, depth: 1 }).join()).toMatch(/too far below/);
  });

  it('is the same for the same seed and another one for another', () => {
    expect(topologyOf({ ases: 50, seed: 3 })).toEqual(topologyOf({ ases: 50, seed: 3 }));
    expect(topologyOf({ ases: 50, seed: 3 })).not.toEqual(topologyOf({ ases: 50, seed: 4 }));
  });

  it('gives most customers to few ASes, two parents to nearly all, and hubs to the core', () => {
    const topology = topologyOf({ ases: 1_000, isds: 2 });
    const customers = new Map<string, number>();
    for (const [a = ''] of endsOf(topology, 'child')) customers.set(a, (customers.get(a) ?? 0) + 1);
    const counts = [...customers.values()].sort((a, b) => b - a);
    const sum = (list: readonly number[]): number => list.reduce((one, other) => one + other, 0);
    // 950 customers with two parents each: a tenth of all ASes have most of them, and half have none.
    expect(sum(counts)).toBeGreaterThan(1_850);
    expect(sum(counts.slice(0, 100))).toBeGreaterThan(sum(counts) / 2);
    expect(counts.length).toBeLessThan(500);
  });

  it('draws delays from shortest to longest, peering links, gateways and control services', () => {
    const size = { ases: 40, peering: 5, shortest: '2ms', longest: '2.001ms', control: true };
    const { nodes, links } = topologyOf(size);
    const delays = links.filter(({ relation }) => relation !== 'internal').map((l) => l.both);
    expect(new Set(delays.map((both) => both?.delayNs))).toEqual(new Set([2_000_000, 2_001_000]));
    const count = (run: string): number => nodes.filter((node) => node.run === run).length;
    expect([count('scion'), count('control-service')]).toEqual([40, 40]);
    const parents = new Set(links.filter((l) => l.relation === 'child').map((l) => l.ends[0]));
    expect(count('gateway')).toBe(38 - [...parents].filter((name) => name.startsWith('br')).length);
    expect(links.filter(({ relation }) => relation === 'peer')).toHaveLength(5);
    expect(topologyOf({ ases: 40, gateways: false }).nodes).toHaveLength(40);
  });

  it.each([
    [{ ases: 3, isds: 4 }, 'is below isds'],
    [{ neighbours: 1 }, 'neighbours'],
    [{ parents: 3 }, 'parents'],
    [{ core: '120%' }, 'is not a share'],
    [{ shortest: '2ms' }, 'stands with longest'],
    [{ leaves: 3 }, 'leaves'],
  ])('refuses %j', (input, words) => {
    expect(() => sizeOf(input)).toThrow(words);
  });

  it.each([
    {},
    { ases: 300, core: 1, neighbours: 100 },
    { ases: 100, control: true, peering: 20, core: 0 },
    { ases: 50, gateways: false },
  ])('is at most as large as it says before it is made, with %j', (input) => {
    const { nodes, links } = topologyOf(input);
    const size = scionInternetGenerator.size(sizeOf(input));
    expect(nodes.length).toBeLessThanOrEqual(size.nodes);
    expect(links.length).toBeLessThanOrEqual(size.links);
    // A bound far above the network would refuse networks that fit.
    expect(size.links).toBeLessThan(16 * links.length + 10);
  });

  it('makes 1,000 ASes in a fraction of a second of processor time', () => {
    const began = process.cpuUsage();
    expect(topologyOf({ ases: 1_000, isds: 10, control: true }).systems).toHaveLength(1_000);
    const { user, system } = process.cpuUsage(began);
    expect(user + system).toBeLessThan(500_000);
  });
});
