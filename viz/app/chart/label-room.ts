/**
 * Where labels of a chart stand: beside their marks, not upon each other, not upon the curves, and inside
 * the drawing. No DOM.
 *
 * @module
 */
import type { Corner } from './stairs.ts';

/** A place for a label: its base line. */
export interface LabelSpot {
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'end';
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** An average letter of 12 px, the height above the base line and below it, px. */
const CHARACTER = 6.9;
const ASCENT = 11;
const DESCENT = 4;

/** Hands out places, one after the other. */
export class LabelRoom {
  readonly #bounds: Box;
  readonly #taken: Box[] = [];
  readonly #lines: readonly Box[];

  /** @param curves Polylines that labels keep off. */
  constructor(bounds: Box, curves: readonly (readonly Corner[])[]) {
    this.#bounds = bounds;
    this.#lines = curves.flatMap((corners) =>
      corners.slice(1).map((to, at) => boxAround(corners[at] as Corner, to)),
    );
  }

  /** The first of the spots that is free, else the one on which least lies; it is taken from then on. */
  take(text: string, spots: readonly LabelSpot[]): LabelSpot {
    const costs = spots.map((spot) => this.#cost(boxOf(text, spot)));
    const spot = spots[costs.indexOf(Math.min(...costs))];
    if (spot === undefined) throw new Error(`no place was offered for "${text}"`);
    this.#taken.push(boxOf(text, spot));
    return spot;
  }

  /** 0 where it is free; another label weighs more than a line. */
  #cost(box: Box): number {
    const { left, right, top, bottom } = this.#bounds;
    const isOutside = box.left < left || box.right > right || box.top < top || box.bottom > bottom;
    const labels = this.#taken.filter((one) => meet(one, box)).length;
    const lines = this.#lines.filter((one) => meet(one, box)).length;
    return (isOutside ? 1_000 : 0) + 100 * labels + Math.min(99, lines);
  }
}

/** What a label covers. */
function boxOf(text: string, { x, y, anchor }: LabelSpot): Box {
  const width = text.length * CHARACTER;
  const left = anchor === 'start' ? x : x - width;
  return { left, right: left + width, top: y - ASCENT, bottom: y + DESCENT };
}

function boxAround(a: Corner, b: Corner): Box {
  return {
    left: Math.min(a.x, b.x),
    right: Math.max(a.x, b.x),
    top: Math.min(a.y, b.y),
    bottom: Math.max(a.y, b.y),
  };
}

function meet(a: Box, b: Box): boolean {
  return a.left <= b.right && b.left <= a.right && a.top <= b.bottom && b.top <= a.bottom;
}
