/**
 * A network from the times at which its nodes meet: a link for each pair that meets at all, open in
 * both directions while the two are together.
 *
 * @module
 */
import { z } from 'zod';
import type {
  DrawBelow,
  GeneratedLink,
  GeneratedNode,
  GeneratedTopology,
} from '../../../engine/host/generator.ts';
import { bitsPerSecondSchema, durationNsSchema } from '../../_kit/options.ts';
import { wholeNumberSchema } from '../../_kit/whole-number.ts';

/** A time that two nodes spend together. */
export interface Meeting {
  readonly startNs: number;
  readonly endNs: number;
  /** One-way delay, ns; if absent, the delay of all links. */
  readonly delayNs?: number;
}

/** Two nodes and their meetings, which are in ascending order and do not overlap. */
export interface MeetingPair {
  readonly ends: readonly [string, string];
  readonly meetings: readonly Meeting[];
}

/** Largest number of nodes: pairs of more nodes would exceed the limit of generated links. */
export const MEETING_NODES_MAX = 775;
/** Number of steps into which the range of a uniform draw is divided. */
const DRAW_BELOW = 2 ** 53;
/** Longest run, ns: the end of virtual time, 104 days. */
export const LONGEST_RUN_NS: number = 104 * 86_400e9;
const HOUR_NS = 3_600e9;

/** Parameters that all generators of meetings have. */
export const meetingParameters = {
  nodes: wholeNumberSchema('a number of nodes such as 20', { min: 2, max: MEETING_NODES_MAX }),
  prefix: z.string().default('node').meta({ description: 'Nodes are PREFIX-1, PREFIX-2, ...' }),
  until: durationNsSchema()
    .refine((ns) => ns > 0 && ns <= LONGEST_RUN_NS, { message: 'is not between 1 ns and 104 days' })
    .default(HOUR_NS)
    .meta({ description: 'Meetings begin before this time of the run. Default 1h.' }),
  seed: wholeNumberSchema('a seed such as 1', { min: 0 })
    .default(1)
    .meta({ description: 'Seed of the generator.' }),
  rate: bitsPerSecondSchema()
    .refine((bps) => bps > 0, { message: 'is 0' })
    .default(1e6)
    .meta({ description: 'Rate of each link. Default 1Mbit/s.' }),
  delay: durationNsSchema()
    .default(0)
    .meta({ description: 'One-way delay of each link. Default 0s.' }),
};

/** Rate, bit/s, and one-way delay, ns, of all links. */
export interface LinkRateAndDelay {
  readonly rate: number;
  readonly delay: number;
}

/** Names of `count` nodes. */
export function nodeNames(count: number, prefix: string): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index + 1}`);
}

/** All pairs of `count` nodes; nodes are given by their indices, from 0. */
export function* eachNodePair(count: number): Generator<readonly [number, number]> {
  for (let a = 0; a < count; a += 1) for (let b = a + 1; b < count; b += 1) yield [a, b];
}

/** Makes the network of nodes that meet; pairs without meetings get no link. */
export function buildMeetingNetwork(
  nodes: readonly GeneratedNode[],
  pairs: readonly MeetingPair[],
  { rate, delay }: LinkRateAndDelay,
): GeneratedTopology {
  const links = pairs
    .filter(({ meetings }) => meetings.length > 0)
    .map(({ ends, meetings }): GeneratedLink => {
      return { ends, both: { rateBps: rate, delayNs: delay, contacts: { windows: meetings } } };
    });
  return { nodes, links };
}

/** Draws a uniform random number above 0 and at most 1. */
export function uniformDraw(draw: DrawBelow): number {
  return (draw(DRAW_BELOW) + 1) / DRAW_BELOW;
}
