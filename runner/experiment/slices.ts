/**
 * Slices of virtual time, between which a run can be followed and stopped.
 *
 * @module
 */

/** Slices are long enough to cost nothing and short enough to stop within a blink. */
export const SLICE_NS = 20_000_000;

/** The end of the slice to which an instant belongs, ns; Infinity for Infinity. */
export function sliceEnd(atNs: number): number {
  return SLICE_NS * Math.ceil(atNs / SLICE_NS);
}
