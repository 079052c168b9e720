/** Public bytes compared: the comparison may stop early, so it is not for secrets. @module */

/** True if two arrays have the same bytes. */
export function isSameBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let at = 0; at < left.length; at += 1) if (left[at] !== right[at]) return false;
  return true;
}
