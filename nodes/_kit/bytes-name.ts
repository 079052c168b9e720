/**
 * Names bytes by a number for observers: two FNV-1a hashes of their beginning. Not for security.
 *
 * @module
 */

/** Start values of the lower and the upper hash. */
const LOWER_SEED = 0x811c_9dc5;
const UPPER_SEED = 0x0c4e_a5a1;
const PRIME = 0x0100_0193;
const UPPER = 2 ** 21;
const LOWER = 2 ** 32;

/**
 * A 53-bit hash (FNV-1a, not secure) of the length and the first `limit` bytes, by which observers tell messages
 * apart.
 * @param limit Number of bytes from the beginning that are hashed, together with the length of the whole array.
 */
export function hashBytesTo53Bits(bytes: Uint8Array, limit: number): number {
  let upper = Math.imul(UPPER_SEED ^ bytes.length, PRIME);
  let lower = Math.imul(LOWER_SEED ^ bytes.length, PRIME);
  const end = Math.min(limit, bytes.length);
  for (let at = 0; at < end; at += 1) {
    const byte = bytes[at] as number;
    upper = Math.imul(upper ^ byte, PRIME);
    lower = Math.imul(lower ^ byte, PRIME);
  }
  return ((upper >>> 0) % UPPER) * LOWER + (lower >>> 0);
}
