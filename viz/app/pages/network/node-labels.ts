/**
 * On which side of its node a name is written: where it touches no other node and no other name. In
 * a column or row too crowded for all names, some are left out; pointer and keyboard still show
 * them.
 *
 * @module
 */
import type { Place } from './place.ts';

/** Radius of a node, px. */
export const NODE_RADIUS = 7;
/** Distance of a name's base line below its node, px. */
const BELOW = NODE_RADIUS + 16;
/** Gap between a node and a name beside it, px. */
const BESIDE = NODE_RADIUS + 5;
/** Width of an average letter, and height of a line, px. */
const CHARACTER = 6.6;
const ASCENT = 11;
const DESCENT = 3;
/** Names below their nodes need this much room between two nodes of a column, px. */
const COLUMN_PITCH = BELOW + DESCENT + NODE_RADIUS;

/** A side; undefined if no side is free. */
export type Side = 'below' | 'left' | 'right' | undefined;

/** Base line and anchor of a name, from the middle of its node. */
export interface LabelPlace {
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'middle' | 'end';
}

/** Place of a name on a side. */
export function labelPlace(side: Exclude<Side, undefined>): LabelPlace {
  if (side === 'below') return { x: 0, y: BELOW, anchor: 'middle' };
  return side === 'left'
    ? { x: -BESIDE, y: 4, anchor: 'end' }
    : { x: BESIDE, y: 4, anchor: 'start' };
}

const WIDE = ['below', 'left', 'right'] as const;
const CROWDED = ['left', 'right', 'below'] as const;
const TALL = ['right', 'below', 'left'] as const;

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/**
 * The sides of all names.
 *
 * @param places Middles of the nodes, px.
 * @param names In the same order.
 * @param first The side to try first: not the one on which most links leave.
 * @returns a side for each node; earlier nodes choose first.
 */
export function labelSides(
  places: readonly Place[],
  names: readonly string[],
  first: 'below' | 'right',
): readonly Side[] {
  const rings = places.map(({ x, y }) => ({
    left: x - NODE_RADIUS,
    right: x + NODE_RADIUS,
    top: y - NODE_RADIUS,
    bottom: y + NODE_RADIUS,
  }));
  const taken: Box[] = [];
  return places.map((place, node) => {
    const order = first === 'right' ? TALL : isCrowded(places, node) ? CROWDED : WIDE;
    return order.find((side) => {
      const box = labelBox(place, names[node] ?? '', side);
      const meets = (other: Box): boolean => overlap(box, other);
      if (rings.some((ring, other) => other !== node && meets(ring))) return false;
      if (taken.some(meets)) return false;
      taken.push(box);
      return true;
    });
  });
}

/**
 * True if the next node of its column is in the way of a name below, or a name would be in the way
 * above.
 */
function isCrowded(places: readonly Place[], node: number): boolean {
  const here = places[node];
  return places.some(
    (there, other) =>
      here !== undefined &&
      other !== node &&
      Math.abs(there.x - here.x) < NODE_RADIUS &&
      Math.abs(there.y - here.y) < COLUMN_PITCH,
  );
}

/** The area that a name covers, px. */
export function labelBox(place: Place, name: string, side: Exclude<Side, undefined>): Box {
  const { x, y, anchor } = labelPlace(side);
  const width = name.length * CHARACTER;
  const share = anchor === 'start' ? 0 : anchor === 'middle' ? 0.5 : 1;
  const left = place.x + x - share * width;
  const base = place.y + y;
  return { left, right: left + width, top: base - ASCENT, bottom: base + DESCENT };
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
