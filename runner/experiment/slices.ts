/**
 * Slices of virtual time, between which a run can be followed and stopped.
 *
 * @module
 */

/**
 * Length of a slice, ns: long enough to cost nearly nothing, short enough that a person who stops a
 * run notices no delay.
 */
export const SLICE_NS = 20_000_000;

/** The end of the slice that contains an instant, ns; Infinity for Infinity. */
export function sliceEnd(atNs: number): number {
  return SLICE_NS * Math.ceil(atNs / SLICE_NS);
}
