/**
 * A random rotation that spreads a vector evenly over its coordinates, so that no coordinate wraps
 * around the ring: random signs, then the Walsh-Hadamard transform (Kairouz, Liu, Steinke 2021,
 * arXiv 2102.06387, section 4; Ailon and Chazelle 2006).
 *
 * All clients and the aggregator use the same signs, from a seed of the round; the signs are not
 * secret.
 *
 * @module
 */
import type { RandomWordSource } from './uniform-source.ts';

const WORD_BITS = 32;

/** The smallest power of two that is at least `dimension`. */
export function paddedDimension(dimension: number): number {
  let padded = 1;
  while (padded < dimension) padded *= 2;
  return padded;
}

/** Signs of a rotation: 1 or -1 each. */
export function rotationSigns(words: RandomWordSource, dimension: number): Int8Array {
  const signs = new Int8Array(paddedDimension(dimension));
  let word = 0;
  for (let at = 0; at < signs.length; at += 1) {
    if (at % WORD_BITS === 0) word = words.u32();
    signs[at] = ((word >>> (at % WORD_BITS)) & 1) === 0 ? 1 : -1;
  }
  return signs;
}

/** Rotates a vector, padded with zeros to the length of the signs; norms stay the same. */
export function rotateVector(values: Float64Array, signs: Int8Array): Float64Array {
  const rotated = new Float64Array(signs.length);
  for (let at = 0; at < values.length; at += 1) {
    rotated[at] = (values[at] as number) * (signs[at] as number);
  }
  walshHadamard(rotated);
  return rotated;
}

/**
 * The inverse of {@link rotateVector}.
 * @param dimension Length before the padding.
 */
export function unrotateVector(
  rotated: Float64Array,
  signs: Int8Array,
  dimension: number,
): Float64Array {
  const values = rotated.slice();
  walshHadamard(values);
  for (let at = 0; at < dimension; at += 1) {
    values[at] = (values[at] as number) * (signs[at] as number);
  }
  return values.subarray(0, dimension);
}

/** Walsh-Hadamard transform, divided by the root of the length: its own inverse. */
function walshHadamard(values: Float64Array): void {
  const { length } = values;
  for (let half = 1; half < length; half *= 2) {
    for (let start = 0; start < length; start += 2 * half) {
      for (let low = start; low < start + half; low += 1) {
        const first = values[low] as number;
        const second = values[low + half] as number;
        values[low] = first + second;
        values[low + half] = first - second;
      }
    }
  }
  const root = Math.sqrt(length);
  for (let at = 0; at < length; at += 1) values[at] = (values[at] as number) / root;
}
