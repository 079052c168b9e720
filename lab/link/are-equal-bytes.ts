/**
 * Comparison of files.
 *
 * @module
 */

/** True if both have the same bytes; false if there is no second one. */
export function areEqualBytes(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((byte, at) => byte === b[at]);
}
