/**
 * Where the label of a horizontal limit goes: below or above its line, where no curve crosses it.
 *
 * @module
 */
import { greatestOf, leastOf } from '../../engine/pure/extremes.ts';

/** A corner of a curve, px. */
export interface CurveCorner {
  readonly x: number;
  readonly y: number;
}

/** Where a label goes: the left end of its base line, px. */
export type LabelPosition = CurveCorner;

interface Room {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Width of an average letter of 12 px, px. */
const LETTER = 6.9;
/** Height of a letter above the base line, px. */
const ASCENT = 11;
/** Depth of a letter below the base line, px. */
const DESCENT = 4;
const STEP = 24;
const INSET = 6;

/**
 * Finds the first free place for the label, from left to right, at each step below the line and
 * then above it. If no place is free, takes the place that the fewest pieces of curves cross.
 * @param lineY The height of the limit, px.
 * @param curves The corners of each curve, from left to right.
 */
export function limitLabelPosition(
  { text, lineY }: { readonly text: string; readonly lineY: number },
  room: Room,
  curves: readonly (readonly CurveCorner[])[],
): LabelPosition {
  const width = text.length * LETTER;
  const heights = [lineY + ASCENT + DESCENT + 1, lineY - DESCENT - 2].filter(
    (y) => y - ASCENT >= room.top && y + DESCENT <= room.bottom,
  );
  const places: LabelPosition[] = [];
  for (let x = room.left + INSET; x + width <= room.right; x += STEP) {
    for (const y of heights) places.push({ x, y });
  }
  let best: LabelPosition = places[0] ?? { x: room.left + INSET, y: lineY + ASCENT + DESCENT + 1 };
  let fewest = Number.POSITIVE_INFINITY;
  for (const place of places) {
    const box = boxAt(place, width);
    const count = curves.reduce((sum, curve) => sum + crossings(curve, box), 0);
    if (count < fewest) [best, fewest] = [place, count];
  }
  return best;
}

function boxAt({ x, y }: LabelPosition, width: number): Room {
  return { left: x, right: x + width, top: y - ASCENT, bottom: y + DESCENT };
}

function crossings(curve: readonly CurveCorner[], box: Room): number {
  const pieces = curve.slice(1).map((to, at) => [curve[at] as CurveCorner, to] as const);
  return pieces.filter(([from, to]) => meets(from, to, box)).length;
}

/** Whether a straight piece of a curve passes through the box. */
function meets(from: CurveCorner, to: CurveCorner, box: Room): boolean {
  const left = Math.max(box.left, Math.min(from.x, to.x));
  const right = Math.min(box.right, Math.max(from.x, to.x));
  if (left > right) return false;
  const heightAt = (x: number): number =>
    to.x === from.x ? from.y : from.y + ((to.y - from.y) * (x - from.x)) / (to.x - from.x);
  const ends = to.x === from.x ? [from.y, to.y] : [heightAt(left), heightAt(right)];
  return leastOf(ends) <= box.bottom && greatestOf(ends) >= box.top;
}
