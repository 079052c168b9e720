/**
 * Named random streams: in virtual time one per (seed, node, purpose), so that a draw from one stream does not change
 * the others; live, draws that nobody can repeat (docs/spec/random-streams.md). Each comment says how many 32-bit words
 * of the stream a draw takes.
 *
 * @module
 */

/** A stream of draws, reproducible in virtual time. */
export interface Random {
  /** 32 uniform bits; uses one 32-bit word. */
  u32(): number;
  /** Unbiased integer in [0, n), 1 <= n <= 2^32 (Lemire). Uses one 32-bit word, rarely more. */
  below(n: number): number;
  /** Uniform in [0, 1) with 53 bits. Uses two 32-bit words. */
  uniform(): number;
  /** True with probability `p`. Uses two 32-bit words. */
  chance(p: number): boolean;
  /** Exponential with the given mean. Uses two 32-bit words. */
  exponential(mean: number): number;
  /** Shuffles in place (Fisher-Yates). Uses n - 1 unbiased draws. */
  shuffle<T>(items: T[]): void;
}
