/**
 * Generates topologies by rule: line, ring, star, tree, SCION hierarchy, mixnet
 * (docs/spec/topology-files.md, "Generated topologies").
 *
 * Random choices come from one seeded stream, so the same entry gives the same topology on every
 * machine. `defaults` determines the nodes' protocol and the links' properties.
 *
 * @module
 */

import {
  GENERATED_LINK,
  type LinkDraft,
  type NodeDraft,
  type TopologyDraft,
} from '../build/draft.ts';
import type { GenerateInput } from '../schema/topology.ts';
import { tooLarge } from './generated-size.ts';
import { generateMixnet, mixnetSize } from './mixnet.ts';
import { seededRandom } from './random.ts';
import { generateScion, scionSize } from './scion.ts';

type Flat = Exclude<GenerateInput, { kind: 'scion' | 'mixnet' }>;

const PATH = ['generate'] as const;
const CHILDREN_DEFAULT = 2;

/** Why the `generate` entry of a file makes too much; undefined when it does not. */
export function excessOf(input: GenerateInput): string | undefined {
  switch (input.kind) {
    case 'scion':
      return tooLarge(scionSize(input));
    case 'mixnet':
      return tooLarge(mixnetSize(input));
    default:
      return tooLarge({ nodes: input.nodes, links: input.nodes });
  }
}

/** Drafts of the `generate` entry of a file. */
export function draftOfGenerator(input: GenerateInput): TopologyDraft {
  switch (input.kind) {
    case 'scion':
      return generateScion(input);
    case 'mixnet':
      return generateMixnet(input);
    default:
      return flat(input);
  }
}

function flat(input: Flat): TopologyDraft {
  const prefix = input.prefix ?? 'node';
  const nodes = Array.from(
    { length: input.nodes },
    (_, index): NodeDraft => ({ name: `${prefix}-${index + 1}`, path: PATH }),
  );
  const links = pairsOf(input).map(
    ([a, b]): LinkDraft => ({
      a: { host: `${prefix}-${a + 1}` },
      b: { host: `${prefix}-${b + 1}` },
      fallback: GENERATED_LINK,
      both: {},
      path: PATH,
    }),
  );
  return { ases: [], nodes, links };
}

type Pair = readonly [number, number];

function pairsOf(input: Flat): readonly Pair[] {
  const others = Array.from({ length: input.nodes - 1 }, (_, index) => index + 1);
  switch (input.kind) {
    case 'line':
      return others.map((node) => [node - 1, node]);
    case 'ring':
      return [...others.map((node): Pair => [node - 1, node]), [input.nodes - 1, 0]];
    case 'star':
      return others.map((node) => [0, node]);
    case 'tree':
      return treePairs(input);
    default:
      return input satisfies never;
  }
}

/**
 * Breadth first: each node gets the same number of children, or a number drawn from 1 to
 * `children`.
 */
function treePairs(input: Extract<Flat, { kind: 'tree' }>): readonly Pair[] {
  const most = input.children ?? CHILDREN_DEFAULT;
  const random = input.seed === undefined ? undefined : seededRandom('tree', input.seed);
  const pairs: Pair[] = [];
  let next = 1;
  for (let parent = 0; next < input.nodes; parent += 1) {
    const count = random === undefined ? most : 1 + random(most);
    for (let child = 0; child < count && next < input.nodes; child += 1) {
      pairs.push([parent, next]);
      next += 1;
    }
  }
  return pairs;
}
