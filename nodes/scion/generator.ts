/**
 * Generates a SCION hierarchy: ISDs, each with a ring of core ASes, leaf ASes in levels below them,
 * and peering links between leaf ASes (docs/spec/topology-files.md, "Generated topologies").
 *
 * One border router per AS; with `gateways`, one gateway in each leaf AS without customers. All
 * core ASes are connected: by a ring inside each ISD, and by as many links between neighbouring
 * ISDs as they have core ASes.
 *
 * @module
 */
import { z } from 'zod';
import type {
  DrawBelow,
  GeneratedLink,
  GeneratedNode,
  GeneratedSize,
  GeneratedTopology,
  OpenSeededDraws,
  TopologyGenerator,
} from '../../engine/host/generator.ts';
import { durationNsSchema } from '../_kit/options.ts';
import { wholeNumberSchema } from '../_kit/whole-number.ts';
import { CONTROL_PROTOCOL } from './network.ts';

/** Delay of a link inside an AS, ns, unless the file gives one. */
const INTERNAL_DELAY_NS = 100_000;
const MICROSECOND_NS = 1_000;

const parameters = z
  .strictObject({
    isds: wholeNumberSchema('a number of ISDs such as 2', { min: 1, max: 100 }).default(2),
    cores: wholeNumberSchema('core ASes of each ISD such as 2', { min: 1, max: 100 }).default(2),
    leaves: wholeNumberSchema('leaf ASes of each ISD such as 4', { min: 0, max: 1_000 }).default(4),
    depth: wholeNumberSchema('levels of leaf ASes such as 2', { min: 1, max: 8 }).default(1),
    parents: wholeNumberSchema('parents of each leaf AS such as 2', { min: 1, max: 16 }).default(2),
    peering: wholeNumberSchema('peering links such as 1', { min: 0, max: 10_000 }).default(0),
    gateways: z.boolean().default(true),
    clients: wholeNumberSchema('a number of clients such as 12', { min: 1, max: 100_000 })
      .optional()
      .meta({
        description:
          'Instead of leaves: this many leaf ASes below the core, with gateways client-1, client-2 …',
      }),
    control: z.boolean().default(false).meta({
      description: 'A control service in each AS, by which paths are discovered.',
    }),
    shortest: durationNsSchema().optional(),
    longest: durationNsSchema()
      .optional()
      .meta({ description: 'Delays between ASes are uniform from shortest to this.' }),
    seed: wholeNumberSchema('a seed such as 1', { min: 0 })
      .default(1)
      .meta({ description: 'Seed of the generator.' }),
  })
  .refine(({ shortest, longest }) => (shortest === undefined) === (longest === undefined), {
    path: ['shortest'],
    message: 'stands with longest: delays are drawn between the two',
  })
  .refine(({ shortest = 0, longest = 0 }) => shortest <= longest, {
    path: ['longest'],
    message: 'is below shortest',
  });
type Size = z.output<typeof parameters>;

/** SCION hierarchies, by `generate: { kind: scion }`. */
export const scionTopologyGenerator: TopologyGenerator<Size> = {
  name: 'scion',
  parameters,
  size: sizeOf,
  generate: hierarchy,
};

interface As {
  readonly isd: number;
  readonly number: number;
  readonly core: boolean;
  /** Number of the client whose gateway the leaf has; absent in a network without clients. */
  readonly client?: number;
}

/** Upper bounds of the numbers of nodes and links. */
function sizeOf({ isds, cores, parents, peering, ...size }: Size): GeneratedSize {
  const leaves = size.clients === undefined ? size.leaves : Math.ceil(size.clients / isds);
  // Each leaf has a router, and beside it at most one gateway.
  const services = size.control ? isds * (cores + leaves) : 0;
  const links = isds * (2 * cores + leaves * (parents + 1)) + peering;
  return { nodes: isds * (cores + 2 * leaves) + services, links: links + 2 * services };
}

function hierarchy(size: Size, draws: OpenSeededDraws): GeneratedTopology {
  const draw = draws(size.seed);
  const cores: As[][] = [];
  const leaves: As[] = [];
  const links: GeneratedLink[] = [];
  for (let isd = 1; isd <= size.isds; isd += 1) {
    const core = range(size.cores).map((index) => ({ isd, number: index + 1, core: true }));
    cores.push(core);
    for (const one of ring(core)) links.push(one);
    const levels = leavesOf(isd, size);
    let above: readonly As[] = core;
    for (const level of levels) {
      for (const leaf of level) {
        leaves.push(leaf);
        for (const link of uplinks(leaf, above, size.parents, draw)) links.push(link);
      }
      above = level;
    }
  }
  const across = [...betweenIsds(cores), ...peerings(leaves, size.peering, draw)];
  const between = [...links, ...across].map((one) => withDelay(one, size, draw));
  return assemble([...cores.flat(), ...leaves], between, size);
}

/** The link with a delay drawn in whole microseconds, if the file says between which. */
function withDelay(own: GeneratedLink, size: Size, draw: DrawBelow): GeneratedLink {
  const { shortest, longest } = size;
  if (shortest === undefined || longest === undefined) return own;
  const delayNs =
    shortest + MICROSECOND_NS * draw(Math.floor((longest - shortest) / MICROSECOND_NS) + 1);
  return { ...own, both: { delayNs } };
}

/** Leaf ASes of an ISD by level: as many as asked, or one level with its part of the clients. */
function leavesOf(isd: number, size: Size): readonly (readonly As[])[] {
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

/** Leaves are spread evenly over the levels; the remainder goes to the upper ones. */
function leafLevels(isd: number, size: Size): readonly (readonly As[])[] {
  const levels: As[][] = [];
  for (const index of range(size.leaves)) {
    const level = index % Math.min(size.depth, Math.max(1, size.leaves));
    const leaf = { isd, number: size.cores + index + 1, core: false };
    const known = levels[level];
    if (known === undefined) levels[level] = [leaf];
    else known.push(leaf);
  }
  return levels;
}

function ring(core: readonly As[]): readonly GeneratedLink[] {
  const pairs = core.map((as, index) => [as, core[(index + 1) % core.length]] as const);
  // Two core ASes have a single link, not a ring of two.
  const kept = core.length > 2 ? pairs : pairs.slice(0, core.length - 1);
  return kept.flatMap(([a, b]) => (b === undefined ? [] : [link(a, b, 'core')]));
}

function betweenIsds(cores: readonly (readonly As[])[]): readonly GeneratedLink[] {
  return cores.slice(1).flatMap((core, index) => {
    const before = cores[index] ?? [];
    return core.flatMap((as, at) => {
      const other = before[at];
      return other === undefined ? [] : [link(other, as, 'core')];
    });
  });
}

/** Distinct parents, drawn without replacement. */
function uplinks(
  leaf: As,
  above: readonly As[],
  parents: number,
  draw: DrawBelow,
): readonly GeneratedLink[] {
  const rest = [...above];
  const links: GeneratedLink[] = [];
  while (links.length < parents && rest.length > 0) {
    const [parent] = rest.splice(draw(rest.length), 1);
    if (parent !== undefined) links.push(link(parent, leaf, 'child'));
  }
  return links;
}

function peerings(leaves: readonly As[], count: number, draw: DrawBelow): readonly GeneratedLink[] {
  // All pairs in the order (0, 1), (0, 2), ... (1, 2), ...: numbered rather than listed, as there
  // may be billions.
  const pairs = (leaves.length * (leaves.length - 1)) / 2;
  const taken: number[] = [];
  const links: GeneratedLink[] = [];
  while (taken.length < count && taken.length < pairs) {
    const [a, b] = pairAt(takeFree(taken, draw(pairs - taken.length)), leaves.length);
    links.push(link(leaves[a] as As, leaves[b] as As, 'peer'));
  }
  return links;
}

/** Takes the free number above exactly `rank` other free numbers; `taken` stays sorted. */
function takeFree(taken: number[], rank: number): number {
  let number = rank;
  let at = 0;
  while (at < taken.length && (taken[at] ?? 0) <= number) {
    number += 1;
    at += 1;
  }
  taken.splice(at, 0, number);
  return number;
}

/** The pair with this number in the order (0, 1), (0, 2), ... (1, 2), ... of `count` elements. */
function pairAt(number: number, count: number): readonly [number, number] {
  let first = 0;
  let rest = number;
  while (rest >= count - 1 - first) {
    rest -= count - 1 - first;
    first += 1;
  }
  return [first, first + 1 + rest];
}

type Relation = NonNullable<GeneratedLink['relation']>;

function link(a: As, b: As, relation: Relation): GeneratedLink {
  return { ends: [router(a), router(b)], relation };
}

function assemble(
  ases: readonly As[],
  links: readonly GeneratedLink[],
  { gateways: hasGateways, control: hasControl }: Size,
): GeneratedTopology {
  const parents = new Set(links.filter((l) => l.relation === 'child').map((l) => l.ends[0]));
  const ends = hasGateways ? ases.filter((as) => !as.core && !parents.has(router(as))) : [];
  const routers = ases.map((as): GeneratedNode => node(as, router(as), 'scion'));
  const gateways = ends.map((as): GeneratedNode => node(as, gateway(as), 'gateway'));
  const services = hasControl ? ases.map((as) => node(as, control(as), CONTROL_PROTOCOL)) : [];
  const routerOf = new Map(routers.map(({ as, name }) => [as, name]));
  const inside = [...gateways, ...services].map(({ name, as }) =>
    between(name, routerOf.get(as) ?? ''),
  );
  // Streams go over links: hosts reach the control service of their AS over one of their own.
  const hosts = hasControl ? ends.map((as) => between(gateway(as), control(as))) : [];
  const systems = ases.map((as) => ({ id: isdAs(as), core: as.core }));
  return {
    systems,
    nodes: [...routers, ...gateways, ...services],
    links: [...links, ...inside, ...hosts],
  };
}

/** A link inside an AS. */
function between(one: string, other: string): GeneratedLink {
  return { ends: [one, other], relation: 'internal', usual: { delayNs: INTERNAL_DELAY_NS } };
}

function node(as: As, name: string, run: string): GeneratedNode {
  return { name, as: isdAs(as), run };
}

/** ISD 1, AS number 17 is 1-ff00:1:11, its router br-1-17. */
function isdAs(as: As): string {
  return `${as.isd}-ff00:${as.isd.toString(16)}:${as.number.toString(16)}`;
}

function router(as: As): string {
  return `${as.core ? 'core' : 'br'}-${as.isd}-${as.number}`;
}

function gateway(as: As): string {
  if (as.client !== undefined) return `client-${as.client}`;
  return `gateway-${as.isd}-${as.number}`;
}

function control(as: As): string {
  return `control-${as.isd}-${as.number}`;
}

function range(length: number): readonly number[] {
  return Array.from({ length }, (_, index) => index);
}
