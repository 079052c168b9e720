/**
 * The position of a node.
 *
 * @module
 */

/** A position in the unit square, or in px; the origin is the upper left corner. */
export interface NodePosition {
  readonly x: number;
  readonly y: number;
}
