/**
 * Staircases: a share holds until the next value that was measured, so that no sample is drawn where there
 * was none. No DOM.
 *
 * @module
 */

/** A corner, px. */
export interface Corner {
  readonly x: number;
  readonly y: number;
}

/** Corners of the staircase over points from left to right: along first, then up. */
export function stairsOf(points: readonly Corner[]): readonly Corner[] {
  return points.flatMap((point, at) => {
    const before = points[at - 1];
    return before === undefined ? [point] : [{ x: point.x, y: before.y }, point];
  });
}

/** The path through corners. */
export function pathThrough(corners: readonly Corner[]): string {
  return corners
    .map(({ x, y }, at) => `${at === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`)
    .join('');
}
