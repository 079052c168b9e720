/**
 * The constants of SHA-512 and BLAKE2b, computed from their definition: the first 64 fraction bits
 * of
 * square and cube roots of the first primes (FIPS 180-4 sections 4.2.3 and 5.3.5).
 *
 * Computed once, when the module is loaded; no hash function here.
 *
 * @module
 */

const FRACTION_BITS = 64n;
const WORD_MASK = 0xffff_ffff_ffff_ffffn;

/** 64-bit constants as pairs of words: high word, low word, high word … */
export type Words64 = Int32Array;

/** The first `count` primes. */
function primes(count: number): bigint[] {
  const found: bigint[] = [];
  for (let candidate = 2n; found.length < count; candidate++) {
    if (found.every((prime) => candidate % prime !== 0n)) found.push(candidate);
  }
  return found;
}

/** The largest integer whose `degree`-th power is not above `value`, by bisection. */
function integerRoot(value: bigint, degree: bigint): bigint {
  let low = 0n;
  let high = 1n << 72n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** degree <= value) low = middle;
    else high = middle;
  }
  return low;
}

function fractions(count: number, degree: bigint): Words64 {
  const words = new Int32Array(2 * count);
  primes(count).forEach((prime, index) => {
    const root = integerRoot(prime << (FRACTION_BITS * degree), degree) & WORD_MASK;
    words[2 * index] = Number(root >> 32n);
    words[2 * index + 1] = Number(root & 0xffff_ffffn);
  });
  return words;
}

/**
 * Fractions of the square roots of the first 8 primes: the initial state of SHA-512 and BLAKE2b.
 */
export const SQUARE_ROOT_FRACTIONS: Words64 = fractions(8, 2n);

/** Fractions of the cube roots of the first 80 primes: K of SHA-512. */
export const CUBE_ROOT_FRACTIONS: Words64 = fractions(80, 3n);
