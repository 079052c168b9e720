/**
 * Slices of virtual time, between which a run can be followed and stopped.
 *
 * @module
 */

/**
 * Length of a slice, ns: long enough to cost nearly nothing, short enough that a run stops at once for
 * a person.
 */
export const SLICE_NS = 20_000_000;

/** The end of the slice that contains an instant, ns; Infinity for Infinity. */
export function sliceEnd(atNs: number): number {
  return SLICE_NS * Math.ceil(atNs / SLICE_NS);
}
