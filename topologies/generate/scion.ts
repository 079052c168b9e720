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
import {
  AS_MTU_DEFAULT,
  type AsDraft,
  type DraftRelation,
  GENERATED_LINK,
  type LinkDraft,
  type NodeDraft,
  type TopologyDraft,
} from '../build/draft.ts';
import { defined } from '../files/defined.ts';
import type { GenerateInput } from '../schema/topology.ts';
import type { GeneratedSize } from './generated-size.ts';
import { type DrawBelow, seededRandom } from './random.ts';

type ScionInput = Extract<GenerateInput, { kind: 'scion' }>;

const PATH = ['generate'] as const;
const DEFAULTS = { isds: 2, cores: 2, leaves: 4, depth: 1, parents: 2, peering: 0, seed: 1 };

interface As {
  readonly isd: number;
  readonly number: number;
  readonly core: boolean;
  /** Number of the client whose gateway the leaf has; absent in a network without clients. */
  readonly client?: number;
}

/** Upper bound of a hierarchy's size, before it is generated. */
export function scionSize(input: ScionInput): GeneratedSize {
  const { isds, cores, parents, peering, ...size } = { ...DEFAULTS, ...defined(input) };
  const leaves = size.clients === undefined ? size.leaves : Math.ceil(size.clients / isds);
  // A gateway beside each leaf.
  const nodes = isds * (cores + 2 * leaves);
  return { nodes, links: isds * (2 * cores + leaves * (parents + 1)) + peering };
}

/** Drafts of a hierarchy. */
export function generateScion(input: ScionInput): TopologyDraft {
  const size = { ...DEFAULTS, ...defined(input) };
  const draw = seededRandom('scion', size.seed);
  const cores: As[][] = [];
  const leaves: As[] = [];
  const links: LinkDraft[] = [];
  for (let isd = 1; isd <= size.isds; isd += 1) {
    const core = range(size.cores).map((index) => ({ isd, number: index + 1, core: true }));
    cores.push(core);
    links.push(...ring(core));
    const levels = leavesOf(isd, size);
    let above: readonly As[] = core;
    for (const level of levels) {
      for (const leaf of level) links.push(...uplinks(leaf, above, size.parents, draw));
      leaves.push(...level);
      above = level;
    }
  }
  links.push(...betweenIsds(cores));
  links.push(...peerings(leaves, size.peering, draw));
  return assemble([...cores.flat(), ...leaves], links, input.gateways ?? true);
}

type Size = typeof DEFAULTS & Pick<ScionInput, 'clients'>;

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
function leafLevels(isd: number, size: typeof DEFAULTS): readonly (readonly As[])[] {
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

function ring(core: readonly As[]): readonly LinkDraft[] {
  const pairs = core.map((as, index) => [as, core[(index + 1) % core.length]] as const);
  // Two core ASes have a single link, not a ring of two.
  const kept = core.length > 2 ? pairs : pairs.slice(0, core.length - 1);
  return kept.flatMap(([a, b]) => (b === undefined ? [] : [link(a, b, 'core')]));
}

function betweenIsds(cores: readonly (readonly As[])[]): readonly LinkDraft[] {
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
): readonly LinkDraft[] {
  const rest = [...above];
  const links: LinkDraft[] = [];
  while (links.length < parents && rest.length > 0) {
    const [parent] = rest.splice(draw(rest.length), 1);
    if (parent !== undefined) links.push(link(parent, leaf, 'child'));
  }
  return links;
}

function peerings(leaves: readonly As[], count: number, draw: DrawBelow): readonly LinkDraft[] {
  // All pairs in the order (0, 1), (0, 2), ... (1, 2), ...: numbered rather than listed, as there
  // may be billions.
  const pairs = (leaves.length * (leaves.length - 1)) / 2;
  const taken: number[] = [];
  const links: LinkDraft[] = [];
  while (taken.length < count && taken.length < pairs) {
    const [a, b] = pairAt(takeFree(taken, draw(pairs - taken.length)), leaves.length);
    links.push(link(leaves[a] as As, leaves[b] as As, 'peer'));
  }
  return links;
}

/** Takes the n-th free number; `taken` stays sorted. */
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

/** The pair with a given number. */
function pairAt(number: number, count: number): readonly [number, number] {
  let first = 0;
  let rest = number;
  while (rest >= count - 1 - first) {
    rest -= count - 1 - first;
    first += 1;
  }
  return [first, first + 1 + rest];
}

function link(a: As, b: As, relation: DraftRelation): LinkDraft {
  const ends = { a: { host: router(a) }, b: { host: router(b) } };
  return { ...ends, relation, fallback: GENERATED_LINK, both: {}, path: PATH };
}

function assemble(
  ases: readonly As[],
  links: readonly LinkDraft[],
  hasGateways: boolean,
): TopologyDraft {
  const parents = new Set(links.filter((l) => l.relation === 'child').map((l) => l.a.host));
  const ends = hasGateways ? ases.filter((as) => !as.core && !parents.has(router(as))) : [];
  const routers = ases.map((as): NodeDraft => node(as, router(as), 'scion'));
  const gateways = ends.map((as): NodeDraft => node(as, gateway(as), 'gateway'));
  const inside = ends.map(
    (as): LinkDraft => ({
      a: { host: gateway(as) },
      b: { host: router(as) },
      relation: 'internal',
      fallback: { ...GENERATED_LINK, delayNs: 100_000 },
      both: {},
      path: PATH,
    }),
  );
  const drafts = ases.map(
    (as): AsDraft => ({ isdAs: isdAs(as), core: as.core, mtu: AS_MTU_DEFAULT, path: PATH }),
  );
  return { ases: drafts, nodes: [...routers, ...gateways], links: [...links, ...inside] };
}

function node(as: As, name: string, run: string): NodeDraft {
  return { name, isdAs: isdAs(as), run, path: PATH };
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

function range(length: number): readonly number[] {
  return Array.from({ length }, (_, index) => index);
}
