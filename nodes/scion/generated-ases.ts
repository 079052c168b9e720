/**
 * What generators of SCION networks share: ASes with a border router each, links between them with drawn
 * delays, peering links, and gateways and control services inside.
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

/** Between which delays are drawn, ns; not drawn if absent. */
export interface DelayRange {
  readonly shortest?: number | undefined;
  readonly longest?: number | undefined;
}

/** Refuses a range of delays with one end, or with its ends in the wrong order. */
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
  /** Number of the client whose gateway the leaf has; absent in a network without clients. */
  readonly client?: number;
}

/** The link with a delay drawn in whole microseconds, if the file says between which. */
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

/** Peering links between as many drawn pairs of leaf ASes, each pair once. */
export function peerings(
  leaves: readonly GeneratedAs[],
  count: number,
  draw: DrawBelow,
): readonly GeneratedLink[] {
  // All pairs in the order (0, 1), (0, 2), ... (1, 2), ...: numbered rather than listed, as there
  // may be billions.
  const pairs = (leaves.length * (leaves.length - 1)) / 2;
  const taken: number[] = [];
  const links: GeneratedLink[] = [];
  while (taken.length < count && taken.length < pairs) {
    const [a, b] = pairAt(takeFree(taken, draw(pairs - taken.length)), leaves.length);
    links.push(link(leaves[a] as GeneratedAs, leaves[b] as GeneratedAs, 'peer'));
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

/** What the ASes of a network have inside. */
interface Inside {
  readonly gateways: boolean;
  readonly control: boolean;
}

type Relation = NonNullable<GeneratedLink['relation']>;

/** A link between the routers of two ASes. */
export function link(a: GeneratedAs, b: GeneratedAs, relation: Relation): GeneratedLink {
  return { ends: [router(a), router(b)], relation };
}

/** ASes with their routers and the links between these, and what is inside them. */
export function assemble(
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

function node(as: GeneratedAs, name: string, run: string): GeneratedNode {
  return { name, as: isdAs(as), run };
}

/** ISD 1, AS number 17 is 1-ff00:1:11, its router br-1-17. */
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

/** The whole numbers below `length`. */
export function range(length: number): readonly number[] {
  return Array.from({ length }, (_, index) => index);
}
