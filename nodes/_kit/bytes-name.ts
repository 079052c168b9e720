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
 * The name of some bytes: a safe integer >= 0.
 * @param limit How many bytes from the beginning count, together with the length of all.
 */
export function bytesName(bytes: Uint8Array, limit: number): number {
  const upper = hash(bytes, limit, UPPER_SEED);
  return (upper % UPPER) * LOWER + hash(bytes, limit, LOWER_SEED);
}

function hash(bytes: Uint8Array, limit: number, seed: number): number {
  let value = Math.imul(seed ^ bytes.length, PRIME);
  for (const byte of bytes.subarray(0, limit)) value = Math.imul(value ^ byte, PRIME);
  return value >>> 0;
}
