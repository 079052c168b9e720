/**
 * The size of a Bloom filter (Bloom, CACM 13(7), 1970): m = -n ln p / (ln 2)^2 bits and k = m/n ln
 * 2 hashes for n elements, where p is the probability of a false positive once n elements are in
 * the filter.
 *
 * @module
 */
import { log } from '../../../engine/pure/log-exp.ts';

const LN_2 = Math.LN2;

/** Number of bits and of hash functions of a Bloom filter. */
export interface BloomSize {
  readonly bits: number;
  readonly hashes: number;
}

/**
 * Computes the size of a filter for a number of elements and a share of false positives.
 * @param elements n, >= 1.
 * @param falsePositive p, 0 < p < 1.
 */
export function bloomSize(elements: number, falsePositive: number): BloomSize {
  const bits = Math.ceil((-elements * log(falsePositive)) / (LN_2 * LN_2));
  return { bits, hashes: Math.max(1, Math.floor((bits / elements) * LN_2 + 0.5)) };
}
