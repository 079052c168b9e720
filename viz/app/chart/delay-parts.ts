/**
 * The parts of a packet's delay with their labels and colours, the same on every page, in drawing
 * order.
 *
 * @module
 */

/** The parts in drawing order, each with the number of its palette colour. */
export const DELAY_PARTS = [
  { name: 'propagation', colour: 1 },
  { name: 'serialisation', colour: 5 },
  { name: 'jitter', colour: 4 },
  { name: 'queue', colour: 2 },
  { name: 'processing', colour: 3 },
] as const;

/** Name of a part of a packet's delay, such as `queue`. */
export type DelayPart = (typeof DELAY_PARTS)[number]['name'];
