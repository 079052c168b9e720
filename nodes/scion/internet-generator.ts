/**
 * Generates SCION networks that grow as the internet does: few ASes with many links and many with few
 * (docs/spec/topology-files.md, "Generated topologies").
 *
 * Each new core AS is linked to earlier core ASes, each new customer to providers of its ISD. The
 * chance of an AS to be chosen is in proportion to the links or customers that it already has
 * (Barabási, Albert 1999, "Emergence of scaling in random networks"). All core ASes are connected,
 * and each customer reaches a core AS of its ISD over its parents.
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
import { greatestOf } from '../../engine/pure/extremes.ts';
import { shareSchema } from '../_kit/options.ts';
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

/**
 * A new core AS gets only a quarter of the neighbours that it may have (one divided by this
 * number), so that later ASes can still be linked to it.
 */
const JOINED_PART = 4;

const parameters = withDelayRange(
  z.strictObject({
    ases: wholeNumberSchema('a number of ASes such as 100', { min: 1, max: 65_535 }).default(100),
    isds: wholeNumberSchema('a number of ISDs such as 2', { min: 1, max: 100 }).default(1),
    core: shareSchema()
      .default(0.05)
      .meta({ description: 'Share of core ASes; each ISD has one at least.' }),
    neighbours: wholeNumberSchema('core ASes such as 8', { min: 2, max: 100 })
      .default(8)
      .meta({ description: 'Core ASes to which a core AS has links at most.' }),
    parents: wholeNumberSchema('parents of each other AS such as 2', { min: 1, max: 2 }).default(2),
    depth: wholeNumberSchema('levels below the core such as 4', { min: 1, max: 8 }).default(4),
    ...generatedAsParameters,
  }),
).refine(({ ases, isds }) => ases >= isds, {
  path: ['ases'],
  message: 'is below isds: each ISD has a core AS',
});
type Size = z.output<typeof parameters>;

/** Generates the SCION networks of `generate: { kind: scion-internet }`. */
export const scionInternetGenerator: TopologyGenerator<Size> = {
  name: 'scion-internet',
  parameters,
  size: sizeOf,
  generate: internet,
};

/** Returns upper bounds of the numbers of nodes and links. */
function sizeOf({ ases, parents, peering, ...size }: Size): GeneratedSize {
  const services = size.control ? ases : 0;
  const gateways = size.gateways ? ases : 0;
  const between = ases * Math.max(parents, joinedLinks(size)) + peering;
  return {
    nodes: ases + gateways + services,
    links: between + gateways + services + Math.min(gateways, services),
  };
}

function joinedLinks({ neighbours }: Pick<Size, 'neighbours'>): number {
  return Math.max(1, Math.floor(neighbours / JOINED_PART));
}

function internet(size: Size, draws: OpenSeededDraws): GeneratedTopology {
  const draw = draws(size.seed);
  const isds = range(size.isds).map((index) => asesOf(index + 1, size));
  // The core ASes of all ISDs are added in rotation, so that each can have neighbours in all ISDs.
  const cores = inTurns(isds.map(({ core }) => core));
  const links = coreLinks(cores, size, draw);
  for (const { core, others } of isds) {
    for (const one of customerLinks(core, others, size, draw)) links.push(one);
  }
  const others = isds.flatMap((isd) => isd.others);
  for (const one of drawPeerings(others, size.peering, draw)) links.push(one);
  const delayed = links.map((one) => withDelay(one, size, draw));
  return assembleTopology([...cores, ...others], delayed, size);
}

/** The ASes of an ISD: AS i of the network belongs to ISD ((i - 1) mod isds) + 1. */
function asesOf(
  isd: number,
  { ases, isds, core }: Size,
): { readonly core: readonly GeneratedAs[]; readonly others: readonly GeneratedAs[] } {
  const count = Math.floor((ases - isd) / isds) + 1;
  const cores = Math.max(1, Math.round(count * core));
  const all = range(count).map((index) => ({ isd, number: index + 1, core: index < cores }));
  return { core: all.slice(0, cores), others: all.slice(cores) };
}

function inTurns(lists: readonly (readonly GeneratedAs[])[]): readonly GeneratedAs[] {
  const longest = lists.reduce((most, { length }) => Math.max(most, length), 0);
  return range(longest).flatMap((at) => lists.flatMap((list) => list[at] ?? []));
}

/**
 * Makes the links between core ASes. Each core AS adds links to at most a quarter of the neighbours
 * that it may have, and each link counts for two ASes: so at most half of the earlier ASes have all
 * their neighbours, and there is always one to which a new AS can be linked.
 */
function coreLinks(cores: readonly GeneratedAs[], size: Size, draw: DrawBelow): GeneratedLink[] {
  const tickets = new Tickets(draw);
  const neighbours = new Map<GeneratedAs, number>();
  const links: GeneratedLink[] = [];
  const count = (one: GeneratedAs): void => {
    const own = (neighbours.get(one) ?? 0) + 1;
    neighbours.set(one, own);
    if (own === size.neighbours) tickets.close(one);
    else tickets.add(one);
  };
  for (const core of cores) {
    for (const other of tickets.take(joinedLinks(size))) {
      links.push(linkAses(other, core, 'core'));
      count(other);
      count(core);
    }
    // The first core AS has no link yet.
    if (!neighbours.has(core)) tickets.add(core);
  }
  return links;
}

/**
 * Makes the links from providers of an ISD to customers, none of which is more than `depth` levels
 * below the core.
 */
function customerLinks(
  core: readonly GeneratedAs[],
  others: readonly GeneratedAs[],
  { parents, depth }: Size,
  draw: DrawBelow,
): readonly GeneratedLink[] {
  const tickets = new Tickets(draw);
  const levels = new Map<GeneratedAs, number>();
  const links: GeneratedLink[] = [];
  for (const one of core) tickets.add(one);
  for (const customer of others) {
    const providers = tickets.take(parents);
    for (const provider of providers) {
      links.push(linkAses(provider, customer, 'child'));
      tickets.add(provider);
    }
    const above = providers.map((one) => levels.get(one) ?? 0);
    const level = 1 + greatestOf(above, 0);
    levels.set(customer, level);
    if (level < depth) tickets.add(customer);
  }
  return links;
}

/** The ASes to which new ASes can be linked. An AS with more tickets is drawn more often. */
class Tickets {
  readonly #draw: DrawBelow;
  readonly #tickets: GeneratedAs[] = [];
  readonly #open = new Set<GeneratedAs>();
  readonly #closed = new Set<GeneratedAs>();

  constructor(draw: DrawBelow) {
    this.#draw = draw;
  }

  add(one: GeneratedAs): void {
    this.#tickets.push(one);
    if (!this.#closed.has(one)) this.#open.add(one);
  }

  /** Excludes an AS from further draws. */
  close(one: GeneratedAs): void {
    this.#closed.add(one);
    this.#open.delete(one);
  }

  /** Draws different ASes in proportion to their tickets: `count`, or all if there are fewer. */
  take(count: number): readonly GeneratedAs[] {
    const taken = new Set<GeneratedAs>();
    while (taken.size < Math.min(count, this.#open.size)) {
      const one = this.#tickets[this.#draw(this.#tickets.length)] as GeneratedAs;
      if (this.#open.has(one)) taken.add(one);
    }
    return [...taken];
  }
}
