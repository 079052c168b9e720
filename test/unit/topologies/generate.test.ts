import { createHash } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { Connectivity } from '../../../topologies/assemble/connectivity.ts';
import { loadTopology } from '../../../topologies/load.ts';
import type { Topology } from '../../../topologies/model.ts';
import { FileFolder, registry } from '../../bad-files/fixture.ts';

const files = new FileFolder();
afterAll(() => files.remove());

function generate(entry: string): Topology {
  const text = `name: g\ndefaults: { node: { run: ping } }\ngenerate: { ${entry} }\n`;
  const path = files.write('topologies/g.yaml', text);
  return loadTopology({ path, folders: files.folders, registry });
}

const pairs = (topology: Topology): readonly string[] =>
  topology.links.map(({ a, b }) => `${a.host.slice(5)}-${b.host.slice(5)}`);

const isWhole = (topology: Topology): boolean => {
  const connectivity = new Connectivity(topology);
  const [first] = topology.hosts;
  return topology.hosts.every((host) => connectivity.isReachable(first?.name ?? '', host.name));
};

describe('generators', () => {
  it('make a line, a ring and a star', () => {
    expect(pairs(generate('kind: line, nodes: 4'))).toEqual(['1-2', '2-3', '3-4']);
    expect(pairs(generate('kind: ring, nodes: 4'))).toEqual(['1-2', '2-3', '3-4', '4-1']);
    expect(pairs(generate('kind: star, nodes: 4'))).toEqual(['1-2', '1-3', '1-4']);
  });

  it('make a tree breadth first, and a drawn one that is the same for the same seed', () => {
    expect(pairs(generate('kind: tree, nodes: 6'))).toEqual(['1-2', '1-3', '2-4', '2-5', '3-6']);
    const drawn = (seed: number): readonly string[] =>
      pairs(generate(`kind: tree, nodes: 40, children: 5, seed: ${seed}`));
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(1)).not.toEqual(drawn(2));
    expect(drawn(1)).toHaveLength(39);
  });

  it('make a network as between autonomous systems: few with many links, by the law', () => {
    const nodes = 4_000;
    const topology = generate(`kind: internet, nodes: ${nodes}`);
    // Four that are all linked, and three links for each of the others, to different ones.
    expect(topology.links).toHaveLength(6 + 3 * (nodes - 4));
    expect(new Set(pairs(topology)).size).toBe(topology.links.length);
    expect(isWhole(topology)).toBe(true);
    const degrees = new Map<string, number>();
    for (const { a, b } of topology.links) {
      for (const { host } of [a, b]) degrees.set(host, (degrees.get(host) ?? 0) + 1);
    }
    const share = (degree: number): number =>
      [...degrees.values()].filter((one) => one === degree).length / nodes;
    // Krapivsky, Redner, Leyvraz 2000: 2 m (m + 1) / (k (k + 1) (k + 2)); four standard errors.
    for (const [degree, wanted] of [
      [3, 24 / 60],
      [4, 24 / 120],
      [5, 24 / 210],
    ] as const) {
      const error = 4 * Math.sqrt((wanted * (1 - wanted)) / nodes);
      expect(Math.abs(share(degree) - wanted), `${degree} links`).toBeLessThan(error);
    }
    expect(Math.max(...degrees.values())).toBeGreaterThan(60);
    expect(Math.min(...degrees.values())).toBe(3);
  });

  it('draw the same internet from the same seed, with as many links as are asked for', () => {
    const drawn = (seed: number, links: number): readonly string[] =>
      pairs(generate(`kind: internet, nodes: 50, links: ${links}, seed: ${seed}`));
    expect(drawn(1, 2)).toEqual(drawn(1, 2));
    expect(drawn(1, 2)).not.toEqual(drawn(2, 2));
    expect(drawn(1, 1)).toHaveLength(49);
    expect(drawn(1, 2)).toHaveLength(3 + 2 * 47);
    expect(pairs(generate('kind: internet, nodes: 3, links: 9'))).toEqual(['1-2', '1-3', '2-3']);
  });

  it('make a SCION hierarchy that hangs together, with relations that fit the levels', () => {
    const topology = generate(
      'kind: scion, isds: 3, cores: 3, leaves: 6, depth: 2, parents: 2, peering: 4, seed: 7',
    );
    expect(topology.areas).toHaveLength(27);
    expect(topology.areas.filter(({ attributes }) => attributes?.['core'] === true)).toHaveLength(
      9,
    );
    const count = (relation?: string): number =>
      topology.links.filter((link) => link.attributes?.['relation'] === relation).length;
    expect(count('core')).toBe(3 * 3 + 2 * 3);
    expect(count('parent-child')).toBe(18 * 2);
    expect(count('peer')).toBe(4);
    expect(isWhole(topology)).toBe(true);
    const gateways = topology.hosts.filter((host) => host.protocol === 'gateway');
    expect(gateways.length).toBeGreaterThanOrEqual(9);
    expect(count()).toBe(gateways.length);
  });

  it('draw the same hierarchy from the same seed and another one from another', () => {
    const ends = (seed: number): unknown =>
      generate(`kind: scion, leaves: 8, cores: 3, seed: ${seed}`).links.map((link) => link.id);
    expect(ends(1)).toEqual(ends(1));
    expect(ends(1)).not.toEqual(ends(2));
  });

  it('take delays from the defaults of the file and add its own lists', () => {
    const path = files.write(
      'topologies/g.yaml',
      `name: g
defaults: { node: { run: ping }, link: { rate: 5Mbit/s, delay: 9ms } }
generate: { kind: line, nodes: 2 }
nodes: [{ name: extra }]
links: [{ ends: extra <-> node-1 }]
`,
    );
    const topology = loadTopology({ path, folders: files.folders, registry });
    expect(topology.links.map((link) => link.forward)).toEqual([
      { rateBps: 5e6, delayNs: 9e6 },
      { rateBps: 5e6, delayNs: 9e6 },
    ]);
    expect(isWhole(topology)).toBe(true);
  });

  // These digests change only with a reason: all scenarios on such networks change with them.
  it.each([
    ['kind: tree, nodes: 50, children: 5, seed: 3', 'f3a8cb596495c562'],
    [
      'kind: scion, isds: 3, cores: 3, leaves: 6, depth: 2, peering: 4, seed: 7',
      'f0f3732d85d16f28',
    ],
    ['kind: scion, clients: 12', '549f237decfafaa0'],
  ])('make the same network as ever: %s', (entry, digest) => {
    const { hosts, links } = generate(entry);
    const nodes = hosts.map(({ name, address, protocol }) => `${name} ${address} ${protocol}`);
    const text = [...nodes, ...links.map(({ id }) => id)].join('\n');
    expect(createHash('sha256').update(text).digest('hex').slice(0, 16)).toBe(digest);
  });

  it('make 10,000 nodes within two seconds of processor time', () => {
    const began = process.cpuUsage();
    expect(generate('kind: tree, nodes: 10000').links).toHaveLength(9_999);
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1_000).toBeLessThan(2_000);
  });
});
