/**
 * Tests tags, versions and padding for zero.
 *
 * @module
 */

/** True when all bytes from `start` to `end` are zero; always reads all of them. */
// hot: several times per packet. By index: an iterator costs more than reading the bytes.
export function isZero(bytes: Uint8Array, start = 0, end: number = bytes.length): boolean {
  let bits = 0;
  for (let index = start; index < end; index++) bits |= bytes[index] as number;
  return bits === 0;
}
