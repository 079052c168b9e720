/**
 * When two walking nodes are within range of each other. Each moves in straight legs: while neither
 * changes its leg, the square of their distance is a quadratic function of time. The instants at which
 * they enter and leave the range are the roots of an equation.
 *
 * @module
 */
import type { Meeting } from './meeting-network.ts';

/** A straight way, or a rest; seconds, metres, metres per second. */
export interface WalkLeg {
  readonly start: number;
  readonly end: number;
  /** Position at the start. */
  readonly x: number;
  readonly y: number;
  /** Speed along each axis. */
  readonly dx: number;
  readonly dy: number;
}

/**
 * Distance up to which two nodes are in range of each other, m, and the end of the time that
 * counts, ns.
 */
export interface MeetingLimits {
  readonly range: number;
  readonly until: number;
}

/** An interval between two instants, in seconds. */
interface Span {
  readonly from: number;
  readonly to: number;
}

const NS_PER_S = 1e9;
const ALWAYS: Span = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
const NEVER: Span = { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY };

/**
 * The meetings of two walks.
 * @param a Legs from time 0 on, without gaps, at least until the end of the limits; `b` likewise.
 */
export function meetingsOfWalks(
  a: readonly WalkLeg[],
  b: readonly WalkLeg[],
  { range, until }: MeetingLimits,
): readonly Meeting[] {
  const meetings: Meeting[] = [];
  const end = until / NS_PER_S;
  let [atA, atB, now] = [0, 0, 0];
  while (now < end) {
    const legA = a[atA] as WalkLeg;
    const legB = b[atB] as WalkLeg;
    const stop = Math.min(legA.end, legB.end, end);
    const span = inRangeOf(legA, legB, now, range);
    add(meetings, Math.max(now, span.from), Math.min(stop, span.to));
    now = stop;
    if (legA.end <= now) atA += 1;
    if (legB.end <= now) atB += 1;
  }
  return meetings;
}

/** The interval in which two nodes would be in range if they kept their courses. */
function inRangeOf(a: WalkLeg, b: WalkLeg, now: number, range: number): Span {
  const x = a.x + a.dx * (now - a.start) - b.x - b.dx * (now - b.start);
  const y = a.y + a.dy * (now - a.start) - b.y - b.dy * (now - b.start);
  const [dx, dy] = [a.dx - b.dx, a.dy - b.dy];
  const square = dx * dx + dy * dy;
  const excess = x * x + y * y - range * range;
  if (square === 0) {
    return excess <= 0 ? ALWAYS : NEVER;
  }
  const half = x * dx + y * dy;
  const discriminant = half * half - square * excess;
  if (discriminant <= 0) return NEVER;
  const root = Math.sqrt(discriminant);
  return { from: now + (-half - root) / square, to: now + (-half + root) / square };
}

/** Adds an interval in range. If it begins where the last meeting ends, it extends that meeting. */
function add(meetings: Meeting[], from: number, to: number): void {
  if (from >= to) return;
  const startNs = Math.round(from * NS_PER_S);
  const endNs = Math.round(to * NS_PER_S);
  const last = meetings.at(-1);
  // A meeting may continue over several legs, and rounding can leave a gap of one nanosecond
  // between its parts.
  const isSame = last !== undefined && startNs <= last.endNs + 1;
  if (isSame) meetings[meetings.length - 1] = { startNs: last.startNs, endNs };
  else if (endNs > startNs) meetings.push({ startNs, endNs });
}
