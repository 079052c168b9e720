/**
 * The parts into which a packet's delay is divided, with their labels and colours; every page uses
 * the same ones.
 *
 * @module
 */

/** The parts in the order in which they are drawn; `colour` is the number of a palette colour. */
export const DELAY_PARTS = [
  { name: 'propagation', colour: 1 },
  { name: 'serialisation', colour: 5 },
  { name: 'jitter', colour: 4 },
  { name: 'queue', colour: 2 },
  { name: 'processing', colour: 3 },
] as const;

/** Name of a part of a packet's delay, such as `queue`. */
export type DelayPart = (typeof DELAY_PARTS)[number]['name'];
