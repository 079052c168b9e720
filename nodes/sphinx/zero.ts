/**
 * The test of tags, versions and fillings for zero.
 *
 * @module
 */

/** True when all bytes from `start` to `end` are zero; reads all of them whatever they are. */
// hot: several times for each packet. By index: an iterator costs more than the bytes.
export function isZero(bytes: Uint8Array, start = 0, end: number = bytes.length): boolean {
  let bits = 0;
  for (let index = start; index < end; index++) bits |= bytes[index] as number;
  return bits === 0;
}
