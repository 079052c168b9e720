/**
 * Generates a SCION hierarchy: ISDs, each with a ring of core ASes, leaf ASes in levels below them,
 * and peering links between leaf ASes (docs/spec/topology-files.md, "Generated topologies").
 *
 * Each AS has one border router; with `gateways`, each leaf AS without customers has a gateway. All
 * core ASes are connected: in each ISD by a ring, and between neighbouring ISDs by as many links as
 * an ISD has core ASes.
 *
 * @module
 */
import { z } from 'zod';
import type {
  DrawBelow,
  GeneratedLink,
  GeneratedSize,
  GeneratedTopology,
  OpenSeededDraws,
  TopologyGenerator,
} from '../../engine/host/generator.ts';
import { wholeNumberSchema } from '../_kit/whole-number.ts';
import {
  assembleTopology,
  drawPeerings,
  type GeneratedAs,
  generatedAsParameters,
  linkAses,
  range,
  withDelay,
  withDelayRange,
} from './generated-ases.ts';

const parameters = withDelayRange(
  z.strictObject({
    isds: wholeNumberSchema('a number of ISDs such as 2', { min: 1, max: 100 }).default(2),
    cores: wholeNumberSchema('core ASes of each ISD such as 2', { min: 1, max: 100 }).default(2),
    leaves: wholeNumberSchema('leaf ASes of each ISD such as 4', { min: 0, max: 1_000 }).default(4),
    depth: wholeNumberSchema('levels of leaf ASes such as 2', { min: 1, max: 8 }).default(1),
    parents: wholeNumberSchema('parents of each leaf AS such as 2', { min: 1, max: 16 }).default(2),
    clients: wholeNumberSchema('a number of clients such as 12', { min: 1, max: 100_000 })
      .optional()
      .meta({
        description:
          'Instead of leaves: this many leaf ASes below the core, with gateways client-1, client-2 …',
      }),
    ...generatedAsParameters,
  }),
);
type Size = z.output<typeof parameters>;

/** Generates the SCION hierarchies of `generate: { kind: scion }`. */
export const scionTopologyGenerator: TopologyGenerator<Size> = {
  name: 'scion',
  parameters,
  size: sizeOf,
  generate: hierarchy,
};

/** Returns upper bounds of the numbers of nodes and links. */
function sizeOf({ isds, cores, parents, peering, ...size }: Size): GeneratedSize {
  const leaves = size.clients === undefined ? size.leaves : Math.ceil(size.clients / isds);
  // Each leaf AS has a router and at most one gateway.
  const services = size.control ? isds * (cores + leaves) : 0;
  const links = isds * (2 * cores + leaves * (parents + 1)) + peering;
  return { nodes: isds * (cores + 2 * leaves) + services, links: links + 2 * services };
}

function hierarchy(size: Size, draws: OpenSeededDraws): GeneratedTopology {
  const draw = draws(size.seed);
  const cores: GeneratedAs[][] = [];
  const leaves: GeneratedAs[] = [];
  const links: GeneratedLink[] = [];
  for (let isd = 1; isd <= size.isds; isd += 1) {
    const core = range(size.cores).map((index) => ({ isd, number: index + 1, core: true }));
    cores.push(core);
    for (const one of ring(core)) links.push(one);
    const levels = leavesOf(isd, size);
    let above: readonly GeneratedAs[] = core;
    for (const level of levels) {
      for (const leaf of level) {
        leaves.push(leaf);
        for (const link of uplinks(leaf, above, size.parents, draw)) links.push(link);
      }
      above = level;
    }
  }
  const across = [...betweenIsds(cores), ...drawPeerings(leaves, size.peering, draw)];
  const between = [...links, ...across].map((one) => withDelay(one, size, draw));
  return assembleTopology([...cores.flat(), ...leaves], between, size);
}

/**
 * Leaf ASes of an ISD by level: as many as the options say or, with clients, one level with a leaf
 * for each client of the ISD.
 */
function leavesOf(isd: number, size: Size): readonly (readonly GeneratedAs[])[] {
  const { clients } = size;
  if (clients === undefined) return leafLevels(isd, size);
  // Client i belongs to ISD ((i - 1) mod isds) + 1.
  const own = range(clients).filter((index) => index % size.isds === isd - 1);
  return [
    own.map((index, at) => ({
      isd,
      number: size.cores + at + 1,
      core: false,
      client: index + 1,
    })),
  ];
}

/** Distributes leaf ASes evenly over the levels; the upper levels get the remainder. */
function leafLevels(isd: number, size: Size): readonly (readonly GeneratedAs[])[] {
  const levels: GeneratedAs[][] = [];
  for (const index of range(size.leaves)) {
    const level = index % Math.min(size.depth, Math.max(1, size.leaves));
    const leaf = { isd, number: size.cores + index + 1, core: false };
    const known = levels[level];
    if (known === undefined) levels[level] = [leaf];
    else known.push(leaf);
  }
  return levels;
}

function ring(core: readonly GeneratedAs[]): readonly GeneratedLink[] {
  const pairs = core.map((as, index) => [as, core[(index + 1) % core.length]] as const);
  // Two core ASes get a single link, not a ring of two links.
  const kept = core.length > 2 ? pairs : pairs.slice(0, core.length - 1);
  return kept.flatMap(([a, b]) => (b === undefined ? [] : [linkAses(a, b, 'core')]));
}

function betweenIsds(cores: readonly (readonly GeneratedAs[])[]): readonly GeneratedLink[] {
  return cores.slice(1).flatMap((core, index) => {
    const before = cores[index] ?? [];
    return core.flatMap((as, at) => {
      const other = before[at];
      return other === undefined ? [] : [linkAses(other, as, 'core')];
    });
  });
}

/** Makes the links of a leaf AS to distinct parents, which are drawn without replacement. */
function uplinks(
  leaf: GeneratedAs,
  above: readonly GeneratedAs[],
  parents: number,
  draw: DrawBelow,
): readonly GeneratedLink[] {
  const rest = [...above];
  const links: GeneratedLink[] = [];
  while (links.length < parents && rest.length > 0) {
    const [parent] = rest.splice(draw(rest.length), 1);
    if (parent !== undefined) links.push(linkAses(parent, leaf, 'child'));
  }
  return links;
}
