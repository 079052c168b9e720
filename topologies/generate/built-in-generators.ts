/**
 * Generators that belong to no protocol: line, ring, star, tree, internet (docs/spec/topology-files.md,
 * "Generated topologies"). `defaults` of the file determines what their nodes run.
 *
 * @module
 */
import { z } from 'zod';
import type {
  GeneratedSize,
  GeneratedTopology,
  OpenSeededDraws,
  TopologyGenerator,
} from '../../engine/host/generator.ts';
import { nameLeaf } from '../files/leaf.ts';
import { wholeNumberLeaf } from '../files/quantity.ts';

const CHILDREN_DEFAULT = 2;
const LINKS_DEFAULT = 3;

const count = (least: number): ReturnType<typeof wholeNumberLeaf> =>
  wholeNumberLeaf('a number of nodes such as 10', { min: least, max: 100_000 });

const prefix = nameLeaf('a name such as node').optional();

const chainParameters = z.strictObject({ nodes: count(2), prefix });
const ringParameters = z.strictObject({ nodes: count(3), prefix });
const treeParameters = z.strictObject({
  nodes: count(2),
  prefix,
  children: wholeNumberLeaf('a number of children such as 2', { min: 1, max: 1_000 })
    .optional()
    .meta({
      description: 'Children of each node. Default 2; with a seed, a random number from 1 to this.',
    }),
  seed: wholeNumberLeaf('a seed such as 1', { min: 0 })
    .optional()
    .meta({ description: 'Draws the number of children of each node.' }),
});

const internetParameters = z.strictObject({
  nodes: count(2),
  prefix,
  links: wholeNumberLeaf('a number of links such as 3', { min: 1, max: 100 }).optional().meta({
    description: 'Links that each node has when it joins. Default 3.',
  }),
  seed: wholeNumberLeaf('a seed such as 1', { min: 0 })
    .optional()
    .meta({ description: 'Draws the neighbours. Default 1.' }),
});

type Chain = z.output<typeof chainParameters>;
type Tree = z.output<typeof treeParameters>;
type Internet = z.output<typeof internetParameters>;
/** Indices of two linked nodes, from 0. */
type Pair = readonly [number, number];

const line: TopologyGenerator<Chain> = {
  name: 'line',
  parameters: chainParameters,
  size: sizeOf,
  generate: (size) =>
    linked(
      size,
      others(size).map((node) => [node - 1, node]),
    ),
};

const ring: TopologyGenerator<Chain> = {
  name: 'ring',
  parameters: ringParameters,
  size: sizeOf,
  generate: (size) =>
    linked(size, [...others(size).map((node): Pair => [node - 1, node]), [size.nodes - 1, 0]]),
};

const star: TopologyGenerator<Chain> = {
  name: 'star',
  parameters: chainParameters,
  size: sizeOf,
  generate: (size) =>
    linked(
      size,
      others(size).map((node) => [0, node]),
    ),
};

const tree: TopologyGenerator<Tree> = {
  name: 'tree',
  parameters: treeParameters,
  size: sizeOf,
  generate: (size, draws) => linked(size, treePairs(size, draws)),
};

/**
 * A few nodes with many links and many nodes with few, as between autonomous systems: each new node links to earlier
 * nodes, chosen with probability in proportion to their number of links (Barabási, Albert 1999, "Emergence of scaling
 * in random networks").
 */
const internet: TopologyGenerator<Internet> = {
  name: 'internet',
  parameters: internetParameters,
  size: (size) => ({ nodes: size.nodes, links: internetLinks(size) }),
  generate: (size, draws) => linked(size, internetPairs(size, draws)),
};

/** The generators that every file can ask for. */
export const BUILT_IN_GENERATORS: readonly TopologyGenerator[] = [line, ring, star, tree, internet];

/** `links`: number of links that each added node makes; `first`: number of initial nodes, all linked to each other. */
function linksOf({ nodes, links = LINKS_DEFAULT }: Internet): {
  readonly links: number;
  readonly first: number;
} {
  return { links, first: Math.min(nodes, links + 1) };
}

function internetLinks(size: Internet): number {
  const { links, first } = linksOf(size);
  return (first * (first - 1)) / 2 + (size.nodes - first) * links;
}

function internetPairs(size: Internet, draws: OpenSeededDraws): readonly Pair[] {
  const { links, first } = linksOf(size);
  const draw = draws(size.seed ?? 1);
  const pairs: Pair[] = [];
  // Contains each node once per link, so that a node is drawn in proportion to its number of links.
  const ends: number[] = [];
  const join = (a: number, b: number): void => {
    pairs.push([a, b]);
    ends.push(a, b);
  };
  for (let node = 1; node < first; node += 1) {
    for (let other = 0; other < node; other += 1) join(other, node);
  }
  for (let node = first; node < size.nodes; node += 1) {
    const chosen = new Set<number>();
    while (chosen.size < links) chosen.add(ends[draw(ends.length)] as number);
    for (const other of chosen) join(other, node);
  }
  return pairs;
}

function sizeOf({ nodes }: Chain): GeneratedSize {
  return { nodes, links: nodes };
}

function linked({ nodes, prefix = 'node' }: Chain, pairs: readonly Pair[]): GeneratedTopology {
  const named = (place: number): string => `${prefix}-${place + 1}`;
  return {
    nodes: Array.from({ length: nodes }, (_, place) => ({ name: named(place) })),
    links: pairs.map(([a, b]) => ({ ends: [named(a), named(b)] as const })),
  };
}

/** Indices of all nodes but the first. */
function others({ nodes }: Chain): readonly number[] {
  return Array.from({ length: nodes - 1 }, (_, index) => index + 1);
}

/**
 * Links of a tree, breadth first: each node gets `children` children or, with a seed, a number drawn
 * from 1 to `children`.
 */
function treePairs(size: Tree, draws: OpenSeededDraws): readonly Pair[] {
  const most = size.children ?? CHILDREN_DEFAULT;
  const draw = size.seed === undefined ? undefined : draws(size.seed);
  const pairs: Pair[] = [];
  let next = 1;
  for (let parent = 0; next < size.nodes; parent += 1) {
    const children = draw === undefined ? most : 1 + draw(most);
    for (let child = 0; child < children && next < size.nodes; child += 1) {
      pairs.push([parent, next]);
      next += 1;
    }
  }
  return pairs;
}
