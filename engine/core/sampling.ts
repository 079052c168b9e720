/**
 * Samplers, bit-exact on every machine (docs/spec/random-streams.md): they use only + - * /, floor,
 * imul, sqrt and our own log and exp. Each comment says how many 32-bit words a draw takes.
 *
 * Memoryless draws only; loss and queue models, which have state, are in engine/net.
 *
 * @module
 */

import { exp, log } from '../pure/log-exp.ts';
import { normalQuantile } from '../pure/normal-quantile.ts';
import { assert, InvariantError } from './assert.ts';

/** A source of uniform 32-bit words. */
export interface RandomWordSource {
  nextU32(): number;
}

const TWO_32 = 4_294_967_296;
const TWO_26 = 67_108_864;
const TWO_53 = 9_007_199_254_740_992;
/** Below this n, the product of n and a 32-bit word is exact in a double. */
const EXACT_PRODUCT = 2_097_152;

/** Probabilities of the standard normal distribution at -3 and +3 (docs/spec/random-streams.md). */
const MINUS_3_SIGMA = 0.001_349_898_031_630_093_3;
const PLUS_3_SIGMA = 0.998_650_101_968_369_9;

/** Unbiased integer in [0, n), 1 <= n <= 2^32 (Lemire). Uses one 32-bit word, rarely more. */
export function drawBelow(words: RandomWordSource, n: number): number {
  if (!(n >= 1 && n <= TWO_32 && n === Math.floor(n))) {
    throw new InvariantError(`below(${n}): 1..2^32 is allowed`);
  }
  const threshold = TWO_32 % n;
  for (;;) {
    const word = words.nextU32();
    const low = Math.imul(word, n) >>> 0;
    if (low >= threshold) return highProduct(word, n);
  }
}

/** floor(word * n / 2^32), computed within the exact range of doubles. */
function highProduct(word: number, n: number): number {
  if (n < EXACT_PRODUCT) return Math.floor((word * n) / TWO_32);
  const lowPart = Math.floor(((word & 65_535) * n) / 65_536);
  return Math.floor(((word >>> 16) * n + lowPart) / 65_536);
}

/** Uniform in [0, 1) with 53 bits. Uses two 32-bit words, the high one first. */
export function drawUniform(words: RandomWordSource): number {
  const a = words.nextU32();
  const b = words.nextU32();
  return ((a >>> 5) * TWO_26 + (b >>> 6)) / TWO_53;
}

/** Draws an integer in [0, n) with a bias below n / 2^53; uses exactly two 32-bit words, as impairments must. */
export function drawBelowInTwoWords(words: RandomWordSource, n: number): number {
  return Math.floor(drawUniform(words) * n);
}

/** True with probability `p`; exact for 0 and 1. Always uses two 32-bit words. */
export function drawBernoulli(words: RandomWordSource, p: number): boolean {
  return drawUniform(words) < p;
}

/** Exponential with the given mean. Uses two 32-bit words. */
export function drawExponential(words: RandomWordSource, mean: number): number {
  // 1 - u is exact and never 0.
  return -log(1 - drawUniform(words)) * mean;
}

/** Geometric on 1, 2, 3, ... with the given mean > 1. Uses two 32-bit words. */
export function drawGeometric(words: RandomWordSource, mean: number): number {
  if (!(mean > 1)) throw new InvariantError(`geometric mean ${mean} must exceed 1`);
  return 1 + Math.floor(log(1 - drawUniform(words)) / log(1 - 1 / mean));
}

/**
 * Normal by inversion. Uses two 32-bit words. A uniform of exactly 0 is replaced by half of the smallest step.
 */
export function drawNormal(words: RandomWordSource, mean: number, sd: number): number {
  const u = drawUniform(words);
  return mean + sd * normalQuantile(u === 0 ? 0.5 / TWO_53 : u);
}

/** Standard normal truncated at -3 and +3, times `sd`. Uses two 32-bit words. */
export function drawTruncatedNormal(words: RandomWordSource, sd: number): number {
  const p = MINUS_3_SIGMA + drawUniform(words) * (PLUS_3_SIGMA - MINUS_3_SIGMA);
  return normalQuantile(p) * sd;
}

/** Uniform integer in [-half, half]. Uses two 32-bit words. */
export function drawUniformJitter(words: RandomWordSource, half: number): number {
  return Math.floor(drawUniform(words) * (2 * half + 1)) - half;
}

/** Excess of a Pareto law over its scale: scale * ((1 - u)^(-1 / shape) - 1). Uses two 32-bit words. */
export function drawParetoExcess(words: RandomWordSource, scale: number, shape: number): number {
  return scale * (exp(-log(1 - drawUniform(words)) / shape) - 1);
}

/** Linear interpolation in a table of quantiles at equal steps. Uses two 32-bit words. */
export function drawFromQuantiles(words: RandomWordSource, table: ArrayLike<number>): number {
  assert(table.length > 0, 'an empirical table needs at least one value');
  const index = drawUniform(words) * (table.length - 1);
  const left = Math.floor(index);
  const from = table[left] as number;
  const to = table[Math.min(left + 1, table.length - 1)] as number;
  return from + (to - from) * (index - left);
}

/**
 * Rounds a drawn duration to whole ns by floor(x + 0.5) (docs/spec/event-order.md#time), which
 * unlike `Math.round` never gives -0.
 */
export function roundToNanoseconds(x: number): number {
  return Math.floor(x + 0.5);
}

/** Shuffles in place, Fisher-Yates from the top. Uses n - 1 unbiased draws. */
export function shuffle<T>(words: RandomWordSource, items: T[]): void {
  for (let top = items.length - 1; top > 0; top -= 1) {
    const other = drawBelow(words, top + 1);
    const item = items[top] as T;
    items[top] = items[other] as T;
    items[other] = item;
  }
}

/** k different integers of [0, n), ascending (Floyd). Uses k unbiased draws. */
export function sampleWithoutReplacement(words: RandomWordSource, k: number, n: number): number[] {
  assert(k >= 0 && k <= n, `cannot choose ${k} of ${n}`);
  const chosen = new Set<number>();
  for (let top = n - k; top < n; top += 1) {
    const candidate = drawBelow(words, top + 1);
    chosen.add(chosen.has(candidate) ? top : candidate);
  }
  return [...chosen].sort((a, b) => a - b);
}
