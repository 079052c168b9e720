/**
 * The size of a Bloom filter (Bloom, CACM 13(7), 1970): m = -n ln p / (ln 2)^2 bits and k = m/n ln
 * 2 hashes for n elements, and probability p of a false positive once n are in.
 *
 * @module
 */

const LN_2 = Math.LN2;

/** Bits and hashes of one Bloom filter. */
export interface BloomSize {
  readonly bits: number;
  readonly hashes: number;
}

/**
 * Size for `elements` and a given share of false positives.
 * @param elements n, >= 1.
 * @param falsePositive p, 0 < p < 1.
 */
export function bloomSize(elements: number, falsePositive: number): BloomSize {
  const bits = Math.ceil((elements * negativeLog(falsePositive)) / (LN_2 * LN_2));
  return { bits, hashes: Math.max(1, Math.floor((bits / elements) * LN_2 + 0.5)) };
}

/** -ln p for 0 < p <= 1: p = 2^-e f with 1/2 < f <= 1, and -ln f = 2 artanh((1 - f)/(1 + f)). */
function negativeLog(p: number): number {
  let fraction = p;
  let halvings = 0;
  for (; fraction <= 0.5; halvings++) fraction *= 2;
  const ratio = (1 - fraction) / (1 + fraction);
  let power = ratio;
  let sum = 0;
  for (let odd = 1; sum + power / odd !== sum; odd += 2) {
    sum += power / odd;
    power *= ratio * ratio;
  }
  return halvings * LN_2 + 2 * sum;
}
