/**
 * Stands in for `d3-interpolate` in the built page (tools/build-viz.ts): scales of the pages go from
 * numbers to numbers. Colours, dates and texts, which nothing here interpolates, are a tenth of the script.
 *
 * @module
 */

/** From `from` at 0 to `to` at 1. */
export function interpolateNumber(from: number, to: number): (share: number) => number {
  return (share) => from * (1 - share) + to * share;
}

/** The same to whole numbers. */
export function interpolateRound(from: number, to: number): (share: number) => number {
  return (share) => Math.round(from * (1 - share) + to * share);
}

/** Refuses what it cannot do, so that a scale of colours is noticed where it is made. */
export function interpolate(from: unknown, to: unknown): (share: number) => number {
  if (typeof from !== 'number' || typeof to !== 'number') {
    throw new TypeError(`scales of the pages have numbers, not ${String(from)} and ${String(to)}`);
  }
  return interpolateNumber(from, to);
}

/** Of scales of pieces, which no page has. */
export function piecewise(): never {
  throw new TypeError('the pages have no scale of pieces');
}
