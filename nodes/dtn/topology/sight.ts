/**
 * When two bodies that turn about the centre of the Earth see each other: while the angle between
 * them is small enough. The cosine of that angle changes no faster than the two bodies turn together.
 * So the search can skip times at which it is far from the limit, and misses nothing.
 *
 * @module
 */
import type { Meeting } from './meeting-network.ts';

/** A satellite, or a place on the ground. */
export interface SightedBody {
  /** Distance from the centre of the Earth, m. */
  readonly radius: number;
  /** Angular speed about the centre, radians per second. */
  readonly turn: number;
  /** Direction from the centre of the Earth, of length 1. */
  at(seconds: number): Float64Array;
}

/**
 * Cosine of the largest angle at which two bodies see each other, and the instant at which the
 * search ends, ns.
 */
export interface SightLimits {
  readonly cosineLeast: number;
  readonly until: number;
}

const NS_PER_S = 1e9;
const LIGHT_MPS = 299_792_458;
/** Shortest step of the search, s; passes that last at least this long are certain to be found. */
const STRIDE_S = 1;
/** Number of times that a step is halved: from days to below a nanosecond. */
const HALVINGS = 50;

/** The times at which two bodies see each other; the delay of each is the light time at its middle. */
export function meetingsOfBodies(
  a: SightedBody,
  b: SightedBody,
  sight: SightLimits,
): readonly Meeting[] {
  const end = sight.until / NS_PER_S;
  const excess = (seconds: number): number => cosineBetween(a, b, seconds) - sight.cosineLeast;
  const fastest = a.turn + b.turn;
  const meetings: Meeting[] = [];
  let now = 0;
  let height = excess(0);
  let since = height > 0 ? 0 : -1;
  while (now < end) {
    const next = Math.min(end, now + Math.max(STRIDE_S, Math.abs(height) / fastest));
    const heightThen = excess(next);
    if (heightThen > 0 !== height > 0) {
      const edge = crossing(excess, now, next);
      if (since >= 0) meetings.push(meetingOf({ a, b, since, until: edge }));
      since = since >= 0 ? -1 : edge;
    }
    [now, height] = [next, heightThen];
  }
  if (since >= 0 && since < end) meetings.push(meetingOf({ a, b, since, until: end }));
  return meetings;
}

function cosineBetween(a: SightedBody, b: SightedBody, seconds: number): number {
  const [ax = 0, ay = 0, az = 0] = a.at(seconds);
  const [bx = 0, by = 0, bz = 0] = b.at(seconds);
  return ax * bx + ay * by + az * bz;
}

/** Finds the instant between two others at which a function changes its sign. */
function crossing(excess: (seconds: number) => number, from: number, to: number): number {
  const isUp = excess(from) > 0;
  let [low, high] = [from, to];
  for (let step = 0; step < HALVINGS; step += 1) {
    const middle = (low + high) / 2;
    if (excess(middle) > 0 === isUp) low = middle;
    else high = middle;
  }
  return high;
}

interface Pass {
  readonly a: SightedBody;
  readonly b: SightedBody;
  readonly since: number;
  readonly until: number;
}

function meetingOf({ a, b, since, until }: Pass): Meeting {
  const c = cosineBetween(a, b, (since + until) / 2);
  const metres = Math.sqrt(a.radius * a.radius + b.radius * b.radius - 2 * a.radius * b.radius * c);
  return {
    startNs: Math.round(since * NS_PER_S),
    endNs: Math.round(until * NS_PER_S),
    delayNs: Math.round((metres / LIGHT_MPS) * NS_PER_S),
  };
}
