/**
 * Chooses on which side of its node each name is written, so that it overlaps no other node or
 * name. In a crowded column or row, some names are not written; such a name appears when the
 * pointer or the focus is on its node.
 *
 * @module
 */
import type { NodePosition } from './node-position.ts';

/** Radius of a node, px. */
export const NODE_RADIUS_PX = 7;
/** Distance from a node to the base line of a name below it, px. */
const BELOW = NODE_RADIUS_PX + 16;
/** Distance from a node to a name beside it, px. */
const BESIDE = NODE_RADIUS_PX + 5;
/** Width of an average letter, px. */
const CHARACTER = 6.6;
/** Height of a name above its base line, px. */
const ASCENT = 11;
/** Height of a name below its base line, px. */
const DESCENT = 3;
/** A name fits between two nodes of a column if they are at least so far apart, px. */
const COLUMN_PITCH = BELOW + DESCENT + NODE_RADIUS_PX;

/** The side of a node on which its name is written; undefined if no side is free. */
export type Side = 'below' | 'left' | 'right' | undefined;

/** Position of the base line of a name, px from the middle of its node, and the text anchor. */
export interface LabelPosition {
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'middle' | 'end';
}

/** Returns the position of a name on a given side of its node. */
export function labelPosition(side: Exclude<Side, undefined>): LabelPosition {
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
 * Chooses the sides of all names.
 * @param places Middles of the nodes, px.
 * @param names Names of the nodes, in the same order.
 * @param first The side to try first; it should not be the side on which most links are.
 * @returns a side for each node; the sides of earlier nodes are chosen first.
 */
export function labelSides(
  places: readonly NodePosition[],
  names: readonly string[],
  first: 'below' | 'right',
): readonly Side[] {
  const rings = places.map(({ x, y }) => ({
    left: x - NODE_RADIUS_PX,
    right: x + NODE_RADIUS_PX,
    top: y - NODE_RADIUS_PX,
    bottom: y + NODE_RADIUS_PX,
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
 * True if another node of the same column is so near that a name between the two nodes would
 * overlap one of them.
 */
function isCrowded(places: readonly NodePosition[], node: number): boolean {
  const here = places[node];
  return places.some(
    (there, other) =>
      here !== undefined &&
      other !== node &&
      Math.abs(there.x - here.x) < NODE_RADIUS_PX &&
      Math.abs(there.y - here.y) < COLUMN_PITCH,
  );
}

/** Returns the box that a name covers, px. */
export function labelBox(place: NodePosition, name: string, side: Exclude<Side, undefined>): Box {
  const { x, y, anchor } = labelPosition(side);
  const width = name.length * CHARACTER;
  const share = anchor === 'start' ? 0 : anchor === 'middle' ? 0.5 : 1;
  const left = place.x + x - share * width;
  const base = place.y + y;
  return { left, right: left + width, top: base - ASCENT, bottom: base + DESCENT };
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
