/**
 * Places the labels of a chart beside their marks, so that they overlap neither each other nor the
 * curves and stay inside the drawing. Uses no DOM.
 *
 * @module
 */
import { leastOf } from '../../../engine/pure/extremes.ts';
import type { Corner } from './stairs.ts';

/**
 * A possible position of a label, px: the left (`start`) or right (`end`) end of the text's base
 * line.
 */
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

/** Width of an average letter in a font of 12 px, px. */
const CHARACTER = 6.9;
/** Height of a text above its base line, px. */
const ASCENT = 11;
/** Height of a text below its base line, px. */
const DESCENT = 4;

/** Gives each label of a chart a position that is free, and then treats this position as taken. */
export class LabelPlacer {
  readonly #bounds: Box;
  readonly #taken: Box[] = [];
  readonly #lines: readonly Box[];

  /** @param curves Polylines that labels should not cover, px. */
  constructor(bounds: Box, curves: readonly (readonly Corner[])[]) {
    this.#bounds = bounds;
    this.#lines = curves.flatMap((corners) =>
      corners.slice(1).map((to, at) => boxAround(corners[at] as Corner, to)),
    );
  }

  /**
   * Chooses the first free position of `spots` or, if none is free, the one with the least overlap,
   * and marks it as taken.
   */
  take(text: string, spots: readonly LabelSpot[]): LabelSpot {
    const costs = spots.map((spot) => this.#cost(boxOf(text, spot)));
    const spot = spots[costs.indexOf(leastOf(costs))];
    if (spot === undefined) throw new Error(`no place was offered for "${text}"`);
    this.#taken.push(boxOf(text, spot));
    return spot;
  }

  /**
   * Returns how much a label in this box would overlap other labels and lines; 0 if the box is
   * free. An overlap with a label costs more than one with a line.
   */
  #cost(box: Box): number {
    const { left, right, top, bottom } = this.#bounds;
    const isOutside = box.left < left || box.right > right || box.top < top || box.bottom > bottom;
    const labels = this.#taken.filter((one) => meet(one, box)).length;
    const lines = this.#lines.filter((one) => meet(one, box)).length;
    return (isOutside ? 1_000 : 0) + 100 * labels + Math.min(99, lines);
  }
}

/** Returns the box that a label covers. */
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
