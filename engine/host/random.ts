/**
 * Named random streams: in virtual time one per (seed, node, purpose), so that a draw from one stream does not change
 * the others; live, draws that nobody can repeat (docs/spec/random-streams.md). Each comment says how many 32-bit words
 * of the stream a draw takes.
 *
 * @module
 */

/** A stream of draws, reproducible in virtual time. */
export interface Random {
  /** 32 uniform bits; uses one word of the stream. */
  u32(): number;
  /** Unbiased integer in [0, n), 1 <= n <= 2^32 (Lemire). One word, rarely more. */
  below(n: number): number;
  /** Uniform in [0, 1) with 53 bits. Two words. */
  uniform(): number;
  /** True with probability `p`. Two words. */
  chance(p: number): boolean;
  /** Exponential with the given mean. Two words. */
  exponential(mean: number): number;
  /** Shuffles in place (Fisher-Yates). n - 1 words. */
  shuffle<T>(items: T[]): void;
}
