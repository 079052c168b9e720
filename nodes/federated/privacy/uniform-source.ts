/**
 * Unbiased whole numbers from random words, by rejection: the only source of randomness of the exact
 * samplers.
 *
 * In virtual time the words are those of a named stream; for real noise they come from a
 * cryptographic key stream, because anybody who can guess the words can subtract the noise.
 *
 * @module
 */

/** Random words, such as those of a node's `Random`. */
export interface RandomWordSource {
  /** 32 uniform bits. */
  u32(): number;
}

/** The source of random words of an exact sampler. */
export interface UniformSource {
  /** A whole number in [0, m), 1 <= m < 2^53. */
  below(m: number): number;
  /** A whole number in [0, m), for any m of at least 1. */
  belowBig(m: bigint): bigint;
}

const WORD = 4_294_967_296;
const TWO_27 = 134_217_728;
const TWO_53 = 9_007_199_254_740_992;
const WORD_BITS = 32n;

/**
 * Draws from words. A bound of 1 takes no word, a bound up to 2^32 one or more.
 * @param words Independent and uniform.
 */
export function uniformSourceFrom(words: RandomWordSource): UniformSource {
  return {
    below: (m) => (m <= WORD ? belowWord(words, m) : Number(belowBig(words, BigInt(m)))),
    belowBig: (m) => belowBig(words, m),
  };
}

/**
 * A uniform number in the open interval (0, 1), from two words: multiples of 2^-53, and 2^-54 instead
 * of 0.
 */
export function drawOpenUniform(words: RandomWordSource): number {
  const high = words.u32() >>> 6;
  const low = words.u32() >>> 5;
  const value = (high * TWO_27 + low) / TWO_53;
  return value === 0 ? 0.5 / TWO_53 : value;
}

// hot: thirty times per draw of a discrete Gaussian.
function belowWord(words: RandomWordSource, m: number): number {
  if (m === 1) return 0;
  // Words up to a multiple of m are used, larger ones drawn again, so that no number is likelier.
  const limit = WORD - (WORD % m);
  let word = words.u32();
  while (word >= limit) word = words.u32();
  return word % m;
}

function belowBig(words: RandomWordSource, m: bigint): bigint {
  if (m === 1n) return 0n;
  let count = 0;
  for (let rest = m - 1n; rest > 0n; rest >>= WORD_BITS) count += 1;
  const range = 1n << (BigInt(count) * WORD_BITS);
  const limit = range - (range % m);
  for (;;) {
    let value = 0n;
    for (let word = 0; word < count; word += 1) {
      value = (value << WORD_BITS) | BigInt(words.u32());
    }
    if (value < limit) return value % m;
  }
}
