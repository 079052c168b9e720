/**
 * The common parts of generators of SCION networks: ASes with one border router each, links between
 * them with drawn delays, peering links, and gateways and control services in the ASes.
 *
 * @module
 */
import { z } from 'zod';
import type {
  DrawBelow,
  GeneratedLink,
  GeneratedNode,
  GeneratedTopology,
} from '../../engine/host/generator.ts';
import { durationNsSchema } from '../_kit/options.ts';
import { wholeNumberSchema } from '../_kit/whole-number.ts';
import { CONTROL_PROTOCOL } from './network.ts';

/** Delay of a link inside an AS, ns, unless the file gives one. */
const INTERNAL_DELAY_NS = 100_000;
const MICROSECOND_NS = 1_000;

/** Parameters that all generators of SCION networks have. */
export const generatedAsParameters = {
  peering: wholeNumberSchema('peering links such as 1', { min: 0, max: 10_000 }).default(0),
  gateways: z.boolean().default(true),
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
};

/** The range from which delays of links are drawn, ns; if absent, no delays are drawn. */
export interface DelayRange {
  readonly shortest?: number | undefined;
  readonly longest?: number | undefined;
}

/**
 * Extends a schema so that it refuses a range of delays with only one end, or with its ends in the
 * wrong order.
 */
export function withDelayRange<Schema extends z.ZodType<DelayRange>>(schema: Schema): Schema {
  return schema
    .refine(({ shortest, longest }) => (shortest === undefined) === (longest === undefined), {
      path: ['shortest'],
      message: 'stands with longest: delays are drawn between the two',
    })
    .refine(({ shortest = 0, longest = 0 }) => shortest <= longest, {
      path: ['longest'],
      message: 'is below shortest',
    });
}

/** An AS that a generator makes. */
export interface GeneratedAs {
  readonly isd: number;
  readonly number: number;
  readonly core: boolean;
  /** Number of the client whose gateway is in this AS; absent in a network without clients. */
  readonly client?: number;
}

/**
 * Returns the link with a delay in whole microseconds, drawn from the range; without a range, the
 * link itself.
 */
export function withDelay(
  own: GeneratedLink,
  { shortest, longest }: DelayRange,
  draw: DrawBelow,
): GeneratedLink {
  if (shortest === undefined || longest === undefined) return own;
  const delayNs =
    shortest + MICROSECOND_NS * draw(Math.floor((longest - shortest) / MICROSECOND_NS) + 1);
  return { ...own, both: { delayNs } };
}

/** Makes peering links between `count` drawn pairs of leaf ASes, each pair at most once. */
export function drawPeerings(
  leaves: readonly GeneratedAs[],
  count: number,
  draw: DrawBelow,
): readonly GeneratedLink[] {
  // The pairs are numbered in the order (0, 1), (0, 2), ... (1, 2), ... instead of being listed,
  // since there may be billions.
  const pairs = (leaves.length * (leaves.length - 1)) / 2;
  const taken: number[] = [];
  const links: GeneratedLink[] = [];
  while (taken.length < count && taken.length < pairs) {
    const [a, b] = pairAt(takeFree(taken, draw(pairs - taken.length)), leaves.length);
    links.push(linkAses(leaves[a] as GeneratedAs, leaves[b] as GeneratedAs, 'peer'));
  }
  return links;
}

/**
 * Takes the free number with exactly `rank` free numbers below it, and adds it to `taken`, which
 * stays sorted.
 */
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

/**
 * Returns the pair with this number in the order (0, 1), (0, 2), ... (1, 2), ... of the pairs of
 * `count` elements.
 */
function pairAt(number: number, count: number): readonly [number, number] {
  let first = 0;
  let rest = number;
  while (rest >= count - 1 - first) {
    rest -= count - 1 - first;
    first += 1;
  }
  return [first, first + 1 + rest];
}

/** Whether leaf ASes have a gateway, and whether all ASes have a control service. */
interface Inside {
  readonly gateways: boolean;
  readonly control: boolean;
}

type Relation = NonNullable<GeneratedLink['relation']>;

/** Makes a link between the routers of two ASes. */
export function linkAses(a: GeneratedAs, b: GeneratedAs, relation: Relation): GeneratedLink {
  return { ends: [router(a), router(b)], relation };
}

/**
 * Assembles the topology: the ASes with their routers, the links between routers, and the nodes
 * inside the ASes.
 */
export function assembleTopology(
  ases: readonly GeneratedAs[],
  links: readonly GeneratedLink[],
  { gateways: hasGateways, control: hasControl }: Inside,
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
  // Streams go over links, so a gateway needs a link to the control service of its AS.
  const hosts = hasControl ? ends.map((as) => between(gateway(as), control(as))) : [];
  const systems = ases.map((as) => ({ id: isdAs(as), core: as.core }));
  return {
    systems,
    nodes: [...routers, ...gateways, ...services],
    links: [...links, ...inside, ...hosts],
  };
}

/** Makes a link inside an AS. */
function between(one: string, other: string): GeneratedLink {
  return { ends: [one, other], relation: 'internal', usual: { delayNs: INTERNAL_DELAY_NS } };
}

function node(as: GeneratedAs, name: string, run: string): GeneratedNode {
  return { name, as: isdAs(as), run };
}

/** Formats the ISD-AS number: number 17 of ISD 1 is 1-ff00:1:11, and its router is br-1-17. */
function isdAs(as: GeneratedAs): string {
  return `${as.isd}-ff00:${as.isd.toString(16)}:${as.number.toString(16)}`;
}

function router(as: GeneratedAs): string {
  return `${as.core ? 'core' : 'br'}-${as.isd}-${as.number}`;
}

function gateway(as: GeneratedAs): string {
  if (as.client !== undefined) return `client-${as.client}`;
  return `gateway-${as.isd}-${as.number}`;
}

function control(as: GeneratedAs): string {
  return `control-${as.isd}-${as.number}`;
}

/** The whole numbers from 0 to `length` - 1. */
export function range(length: number): readonly number[] {
  return Array.from({ length }, (_, index) => index);
}
