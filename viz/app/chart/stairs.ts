/**
 * Curves of cumulative distributions as staircases: the share stays level until the next measured
 * value, so that the chart shows no samples between measured values. Uses no DOM.
 *
 * @module
 */

/** A corner of a polyline, px. */
export interface Corner {
  readonly x: number;
  readonly y: number;
}

/**
 * Returns the corners of a staircase through points that are sorted from left to right. Between two
 * points the line goes first to the right and then up.
 */
export function staircaseCorners(points: readonly Corner[]): readonly Corner[] {
  return points.flatMap((point, at) => {
    const before = points[at - 1];
    return before === undefined ? [point] : [{ x: point.x, y: before.y }, point];
  });
}

/** Returns the SVG path data of a line through these corners. */
export function svgPathThrough(corners: readonly Corner[]): string {
  return corners
    .map(({ x, y }, at) => `${at === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`)
    .join('');
}
