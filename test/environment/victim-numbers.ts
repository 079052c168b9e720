/**
 * Sizes shared by the process that is killed and the test that judges it.
 *
 * @module
 */

/** Sequence numbers per write of the window's limit. */
export const RESERVE = 64;
/** Size of the window, bits. */
export const WINDOW = 128;
/** How many earlier numbers each run of the process offers again. */
export const AGAIN = 400;
