/**
 * Replaces `d3-interpolate` in the built page (tools/build-viz.ts). The scales of the pages map
 * numbers to numbers; the code of d3 for colours, dates and texts would be a tenth of the page's
 * script.
 *
 * @module
 */

/** Makes the function that interpolates linearly from `from` at 0 to `to` at 1. */
export function interpolateNumber(from: number, to: number): (share: number) => number {
  return (share) => from * (1 - share) + to * share;
}

/** Makes the function that interpolates linearly and rounds to whole numbers. */
export function interpolateRound(from: number, to: number): (share: number) => number {
  return (share) => Math.round(from * (1 - share) + to * share);
}

/**
 * Makes the function that interpolates linearly between two numbers. Throws for other values, so
 * that an unsupported scale fails where it is made.
 */
export function interpolate(from: unknown, to: unknown): (share: number) => number {
  if (typeof from !== 'number' || typeof to !== 'number') {
    throw new TypeError(`scales of the pages have numbers, not ${String(from)} and ${String(to)}`);
  }
  return interpolateNumber(from, to);
}

/** Throws: d3 calls this for scales with more than two points, which no page has. */
export function piecewise(): never {
  throw new TypeError('the pages have no scale of pieces');
}
