/**
 * The layouts of every shipped network: no node stands on a link that is not its own, where its
 * packets would seem to pass through it. @module
 */
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadTopology } from '../../../../topologies/load.ts';
import type { Topology as LoadedTopology } from '../../../../topologies/model.ts';
import { Arrangement } from '../../../../viz/app/pages/network/arrangement.ts';
import { listEdges, minNodeLinkDistance } from '../../../../viz/app/pages/network/clearance.ts';
import type { Topology } from '../../../../viz/app/pages/network/layout.ts';
import { NODE_RADIUS_PX } from '../../../../viz/app/pages/network/node-labels.ts';
import { folders, load, registry } from '../../runner/fixture.ts';

/** A network as a trace has it. */
function traced({ hosts, links }: LoadedTopology, flows: readonly string[]): Topology {
  const numberOf = new Map(hosts.map(({ name }, number) => [name, number]));
  return {
    nodes: hosts.map(({ name, protocol, place }) => ({
      ...{ name, protocol, address: '' },
      ...(place && { place }),
    })),
    links: links.flatMap(({ id, a, b }) => {
      const [from, to] = [numberOf.get(a.host) ?? -1, numberOf.get(b.host) ?? -1];
      const name = `${a.host}->${b.host}`;
      return [
        { id, name, from, to },
        { id, name, from: to, to: from },
      ];
    }),
    flows: ['none', ...flows],
  };
}

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder).filter((name) => name.endsWith('.yaml'));

/** Every shipped network with its flows, each once. */
function shipped(): ReadonlyMap<string, Topology> {
  const found = new Map<string, Topology>();
  const seen = new Set<string>();
  const used = new Set<string>();
  const add = (file: string, topology: Topology): void => {
    const key = JSON.stringify(topology);
    if (!seen.has(key)) found.set(file, topology);
    seen.add(key);
  };
  for (const file of filesIn(folders.scenarios)) {
    const { topology, traffic } = load(file);
    used.add(basename(topology.file));
    add(
      `scenarios/${file}`,
      traced(
        topology,
        traffic.map(({ from, to }) => `${from} -> ${to}`),
      ),
    );
  }
  // What a scenario uses may need it to be complete.
  for (const file of filesIn(folders.topologies).filter((one) => !used.has(one))) {
    const topology = loadTopology({ path: file, folders, registry, overrides: {} });
    add(`topologies/${file}`, traced(topology, []));
  }
  return found;
}

/** What each offered layout leaves between nodes and foreign links, px. */
function clearances(topology: Topology): Readonly<Record<string, number>> {
  const arrangement = Arrangement.of(topology);
  const edges = listEdges(arrangement.network.topology.links);
  return Object.fromEntries(
    arrangement.layouts.flatMap((name) =>
      name === 'map' ? [] : [[name, minNodeLinkDistance(arrangement.places(name), edges)]],
    ),
  );
}

const star = (leaves: number): Topology => ({
  nodes: Array.from({ length: leaves + 1 }, (_, n) => ({
    ...{ name: `client-${n + 1}`, protocol: 'p', address: '' },
  })),
  links: Array.from({ length: leaves }, (_, n) => ({
    ...{ id: `l${n}`, name: '', from: 0, to: n + 1 },
  })),
  flows: ['none'],
});

/** Sixty ASes with two parents each: no layout keeps every node off the links of others, grouped or not. */
const TOO_DENSE: readonly string[] = ['scenarios/scion-isd.yaml'];

describe('a layout', () => {
  it.each([...shipped()].filter(([file]) => !TOO_DENSE.includes(file)))(
    'keeps each node off foreign links: %s',
    (_, topology) => {
      for (const [layout, px] of Object.entries(clearances(topology))) {
        expect([layout, px > NODE_RADIUS_PX + 1]).toEqual([layout, true]);
      }
    },
  );

  it('was a chain for a star without flows, whose packets passed through others', () => {
    const { layouts, places } = spread(Arrangement.of(star(5)));
    expect(layouts[0]).toBe('ring');
    expect(places[0]).toEqual({ x: 0.5, y: 0.5 });
    expect(new Set(places.map(({ x }) => x.toFixed(3))).size).toBeGreaterThan(3);
  });

  it('had no room for a hundred clients: equal nodes stand as one, or each by itself', () => {
    const { network, places } = spread(Arrangement.of(star(100)));
    expect(network.dots.map(({ label }) => label)).toEqual(['client-1', '100 × client']);
    expect(network.dotOf.slice(0, 3)).toEqual([0, 1, 1]);
    expect(places).toHaveLength(2);
    expect(Arrangement.ofEach(star(100)).network.dots).toHaveLength(101);
    expect(Arrangement.of(star(20)).network.dots).toHaveLength(21);
  });

  it('draws the clients of a mixnet by provider, and its mixes as they are', () => {
    const { topology } = load('mixnet.yaml');
    const { network } = Arrangement.of(traced(topology, []));
    const groups = network.dots.filter(({ members }) => members.length > 1);
    expect(groups.map(({ label }) => label)).toEqual(['50 × client', '50 × client']);
    expect(network.dots).toHaveLength(14);
  });
});

function spread(arrangement: Arrangement): Pick<Arrangement, 'layouts' | 'network'> & {
  readonly places: ReturnType<Arrangement['places']>;
} {
  const { layouts, network } = arrangement;
  const [first = 'layers'] = layouts;
  return { layouts, network, places: arrangement.places(first === 'map' ? 'layers' : first) };
}
