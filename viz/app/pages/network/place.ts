/**
 * The position of a node.
 *
 * @module
 */

/** A place in the unit square, from its upper left corner. */
export interface Place {
  readonly x: number;
  readonly y: number;
}
