/**
 * Sizes that the killed process and its judge agree on.
 *
 * @module
 */

/** Numbers per write of the window's bound. */
export const RESERVE = 64;
/** Bits of the window. */
export const WINDOW = 128;
/** Numbers of the past that each life offers again. */
export const AGAIN = 400;
