/**
 * Generates nodes that walk: each goes straight to a random point in a rectangle, at a speed drawn
 * for this way, rests there, and goes on. Two nodes are linked while they are within range. The
 * instants at which they come into range and leave it are solved from the equations of motion.
 *
 * The walk is stationary from the start: its way, speed and rest at time 0 are drawn as in Navidi and
 * Camp 2004, "Stationary distributions for the random waypoint mobility model". A walk that began at
 * uniform points would slow down for hours, because slow ways last longer.
 *
 * @module
 */
import { z } from 'zod';
import type {
  DrawBelow,
  GeneratedTopology,
  OpenSeededDraws,
  TopologyGenerator,
} from '../../../engine/host/generator.ts';
import { exp, log } from '../../../engine/pure/log-exp.ts';
import { durationNsSchema, metresPerSecondSchema, metresSchema } from '../../_kit/options.ts';
import {
  buildMeetingNetwork,
  eachNodePair,
  meetingParameters,
  nodeNames,
  uniformDraw,
} from './meeting-network.ts';
import { meetingsOfWalks, type WalkLeg } from './walk-meetings.ts';

const NS_PER_S = 1e9;

const side = (): z.ZodType<number> =>
  metresSchema().refine((m) => m >= 1, { message: 'is shorter than 1m' });
const speed = (): z.ZodType<number> =>
  metresPerSecondSchema().refine((mps) => mps > 0, { message: 'is 0' });

const parameters = z
  .strictObject({
    ...meetingParameters,
    width: side().default(1_000),
    height: side().default(1_000),
    range: side().default(100).meta({ description: 'Distance up to which two nodes are linked.' }),
    slowest: speed().default(0.5),
    fastest: speed().default(1.5).meta({ description: 'Speeds are uniform from slowest to this.' }),
    rest: durationNsSchema().default(0).meta({ description: 'Rest at the end of each way.' }),
  })
  .refine(({ slowest, fastest }) => slowest <= fastest, {
    path: ['fastest'],
    message: 'is below slowest',
  });
type Parameters = z.output<typeof parameters>;

/** Nodes that walk from point to point, by `generate: { kind: waypoints }`. */
export const waypointsGenerator: TopologyGenerator<Parameters> = {
  name: 'waypoints',
  parameters,
  size: ({ nodes }) => ({ nodes, links: (nodes * (nodes - 1)) / 2 }),
  generate,
};

interface Point {
  readonly x: number;
  readonly y: number;
}

function generate(own: Parameters, draws: OpenSeededDraws): GeneratedTopology {
  const draw = draws(own.seed);
  const names = nodeNames(own.nodes, own.prefix);
  const walks = names.map(() => walkOf(own, draw));
  const pairs = [...eachNodePair(own.nodes)].map(([a, b]) => ({
    ends: [names[a] ?? '', names[b] ?? ''] as const,
    meetings: meetingsOfWalks(walks[a] ?? [], walks[b] ?? [], own),
  }));
  return buildMeetingNetwork(
    names.map((name) => ({ name })),
    pairs,
    own,
  );
}

/** The ways and rests of one node from time 0 until the end, in seconds and metres. */
function walkOf(own: Parameters, draw: DrawBelow): readonly WalkLeg[] {
  const until = own.until / NS_PER_S;
  const legs: WalkLeg[] = [];
  let { at, from } = begin(own, draw, legs);
  while (at < until) {
    const to = pointIn(own, draw);
    const speedMps = own.slowest + (own.fastest - own.slowest) * uniformDraw(draw);
    const arrival = at + distance(from, to) / speedMps;
    legs.push(legOf({ from, to, at, arrival }));
    at = rest(own.rest / NS_PER_S, { at: arrival, place: to }, legs);
    from = to;
  }
  return legs;
}

/**
 * Draws the way or rest of a node at time 0. At a random instant, a node is more likely to be on a
 * long or slow way.
 */
function begin(
  own: Parameters,
  draw: DrawBelow,
  legs: WalkLeg[],
): { readonly at: number; readonly from: Point } {
  const restS = own.rest / NS_PER_S;
  const { slowest, fastest } = own;
  const meanWay = meanDistance(own);
  const ratio = log(fastest / slowest);
  // The mean of 1 / speed, for uniformly distributed speeds.
  const slowness = fastest === slowest ? 1 / slowest : ratio / (fastest - slowest);
  const resting = restS / (restS + meanWay * slowness);
  if (uniformDraw(draw) <= resting) {
    const place = pointIn(own, draw);
    return { at: rest(restS * uniformDraw(draw), { at: 0, place }, legs), from: place };
  }
  const [from, to] = longWay(own, draw);
  const speedMps = slowest * exp(ratio * uniformDraw(draw));
  const done = uniformDraw(draw);
  const here = { x: from.x + (to.x - from.x) * done, y: from.y + (to.y - from.y) * done };
  const arrival = distance(here, to) / speedMps;
  legs.push(legOf({ from: here, to, at: 0, arrival }));
  return { at: rest(restS, { at: arrival, place: to }, legs), from: to };
}

/** Draws two points with a density that is proportional to their distance. */
function longWay(own: Parameters, draw: DrawBelow): readonly [Point, Point] {
  const longest = distance({ x: 0, y: 0 }, { x: own.width, y: own.height });
  for (;;) {
    const from = pointIn(own, draw);
    const to = pointIn(own, draw);
    if (uniformDraw(draw) * longest <= distance(from, to)) return [from, to];
  }
}

function pointIn({ width, height }: Parameters, draw: DrawBelow): Point {
  return { x: width * uniformDraw(draw), y: height * uniformDraw(draw) };
}

/** Adds a rest, if its length is above 0. @returns the instant at which the rest ends. */
function rest(
  seconds: number,
  { at, place }: { readonly at: number; readonly place: Point },
  legs: WalkLeg[],
): number {
  if (seconds > 0) legs.push(legOf({ from: place, to: place, at, arrival: at + seconds }));
  return at + seconds;
}

interface Way {
  readonly from: Point;
  readonly to: Point;
  readonly at: number;
  readonly arrival: number;
}

function legOf({ from, to, at, arrival }: Way): WalkLeg {
  const duration = Math.max(arrival - at, Number.MIN_VALUE);
  return {
    start: at,
    end: arrival,
    x: from.x,
    y: from.y,
    dx: (to.x - from.x) / duration,
    dy: (to.y - from.y) / duration,
  };
}

function distance(a: Point, b: Point): number {
  return Math.sqrt((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y));
}

/** Mean distance of two uniform points of a rectangle (Ghosh 1951, "Random distances"). */
function meanDistance({ width: a, height: b }: Parameters): number {
  const flat = (b * b) / (a * a);
  const tall = (a * a) / (b * b);
  const diagonal = Math.sqrt(a * a + b * b);
  const inverse = (x: number): number => log(x + Math.sqrt(x * x + 1));
  const direct = (a * tall + b * flat + diagonal * (3 - tall - flat)) / 15;
  return direct + (b * (b / a) * inverse(a / b) + a * (a / b) * inverse(b / a)) / 6;
}
