import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadTopology } from '../../../topologies/load.ts';
import type { LinkSpec, Topology } from '../../../topologies/model.ts';
import { registry } from '../../bad-files/fixture.ts';

const folder = (name: string): string =>
  fileURLToPath(new URL(`../../../${name}`, import.meta.url));
const folders = { scenarios: folder('scenarios'), topologies: folder('topologies') };
const load = (path: string): Topology => loadTopology({ path, folders, registry });

/** All simple paths between two hosts, as lists of links. */
function ways(topology: Topology, from: string, to: string): readonly (readonly LinkSpec[])[] {
  const found: LinkSpec[][] = [];
  const walk = (at: string, seen: readonly string[], links: readonly LinkSpec[]): void => {
    if (at === to) {
      found.push([...links]);
      return;
    }
    for (const link of topology.links) {
      const next = link.a.host === at ? link.b.host : link.b.host === at ? link.a.host : undefined;
      if (next !== undefined && !seen.includes(next)) walk(next, [...seen, next], [...links, link]);
    }
  };
  walk(from, [from], []);
  return found;
}

describe('scion-default.yaml', () => {
  const topology = load('scion-default.yaml');
  const paths = ways(topology, 'gateway-111', 'gateway-211');

  it('has 17 nodes, two of them gateways in AS 1-ff00:0:111 and 2-ff00:0:211', () => {
    expect(topology.hosts).toHaveLength(17);
    const gateways = topology.hosts.filter((host) => host.protocol === 'gateway');
    expect(gateways.map((host) => [host.name, host.area])).toEqual([
      ['gateway-111', '1-ff00:0:111'],
      ['gateway-211', '2-ff00:0:211'],
    ]);
  });

  it('has exactly three paths of five routers that share no router and no link', () => {
    expect(paths).toHaveLength(3);
    expect(paths.map((path) => path.length)).toEqual([6, 6, 6]);
    const ids = paths.flat().map((link) => link.id);
    expect(new Set(ids).size).toBe(18);
    const routers = paths.flatMap((path) => [
      ...new Set(path.flatMap((link) => [link.a.host, link.b.host])),
    ]);
    const inner = routers.filter((name) => !name.startsWith('gateway'));
    expect(inner).toHaveLength(15);
    expect(new Set(inner).size).toBe(15);
  });

  it('has one-way delays of exactly 10, 12 and 15 ms, both ways, at 1 Gbit/s', () => {
    const sum = (way: 'forward' | 'backward'): readonly number[] =>
      paths.map((path) => path.reduce((total, link) => total + link[way].delayNs, 0)).sort();
    expect(sum('forward')).toEqual([10_000_000, 12_000_000, 15_000_000]);
    expect(sum('backward')).toEqual([10_000_000, 12_000_000, 15_000_000]);
    for (const link of topology.links) {
      expect([link.forward.rateBps, link.backward.rateBps]).toEqual([1e9, 1e9]);
      expect(link.forward.mtu).toBe(1_472);
    }
  });

  it('climbs to a core AS, crosses the core, and descends on each path', () => {
    for (const path of paths) {
      const relations = path.map((link) => link.attributes?.['relation']);
      expect(relations).toEqual([
        undefined,
        'parent-child',
        'core',
        'core',
        'parent-child',
        undefined,
      ]);
    }
  });

  it('gives every node its own address of 127/8 by the readable plan', () => {
    const byName = new Map(topology.hosts.map((host) => [host.name, host.address]));
    expect(new Set(byName.values()).size).toBe(17);
    expect([...byName.values()].every((address) => address.startsWith('127.'))).toBe(true);
    expect(byName.get('gateway-111')).toBe('127.1.0.111');
    expect(byName.get('br-111-1')).toBe('127.1.0.1');
    expect(byName.get('br-111-3')).toBe('127.1.0.3');
    expect(byName.get('core-110')).toBe('127.1.1.1');
    expect(byName.get('gateway-211')).toBe('127.1.4.111');
  });

  it('numbers ports from 50000 at each node and interfaces from 1 in each AS', () => {
    const ends = topology.links.flatMap((link) => [link.a, link.b]);
    const ports = ends.filter((end) => end.host === 'gateway-111').map((end) => end.port);
    expect(ports).toEqual([50_000, 50_001, 50_002]);
    expect(new Set(ends.map((end) => `${end.host}:${end.port}`)).size).toBe(36);
    const ifIds = topology.links
      .flatMap((link) => [link.a, link.b])
      .filter((end) => end.host.startsWith('br-111'))
      .map((end) => end.attributes?.['interface']);
    expect(ifIds).toEqual([undefined, undefined, undefined, 1, 2, 3]);
  });
});

describe('two-nodes.yaml', () => {
  it('joins two nodes that run ping', () => {
    const topology = load('two-nodes');
    expect(topology.hosts.map((host) => [host.name, host.protocol, host.address])).toEqual([
      ['alice', 'ping', '127.192.0.1'],
      ['bob', 'ping', '127.192.0.2'],
    ]);
    expect(topology.links.map((link) => [link.id, link.attributes])).toEqual([
      ['alice--bob', undefined],
    ]);
  });
});
