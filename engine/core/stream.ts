/**
 * Named random streams: one state per (seed, node, purpose), so that adding a node, a purpose or a
 * draw elsewhere changes no other numbers (docs/spec/random-streams.md).
 *
 * Not for key material, which comes from seeded-bytes.ts in virtual time and from the operating system's generator in
 * live runs.
 *
 * @module
 */
import type { Random } from '../host/random.ts';
import { assert } from './assert.ts';
import { Xoshiro128, type XoshiroState } from './random.ts';
import * as sampling from './sampling.ts';
import { sha256 } from './sha256.ts';

/** A run's seed: a non-negative integer. */
export type Seed = number | bigint;

const DOMAIN = 'orrery-stream-1';

/**
 * State of a stream: the first 16 bytes of SHA-256 over domain, seed, node and purpose, separated by
 * zero bytes, as four little-endian words.
 *
 * @param node Name of the node, or of another user of random numbers (`link/<id>/<a->b>`, `faults`).
 * @throws InvariantError when a name holds a zero byte or the seed is not a non-negative integer.
 */
export function initialRandomState(seed: Seed, node: string, purpose: string): XoshiroState {
  assert(typeof seed === 'bigint' || Number.isSafeInteger(seed), `seed ${seed} is not an integer`);
  assert(seed >= 0, `seed ${seed} is negative`);
  assert(!node.includes('\0'), 'a node name contains a zero byte');
  assert(!purpose.includes('\0'), 'a purpose contains a zero byte');
  const name = [DOMAIN, seed.toString(10), node, purpose].join('\0');
  const digest = sha256(new TextEncoder().encode(name));
  const view = new DataView(digest.buffer);
  const word = (index: number): number => view.getUint32(4 * index, true);
  const isZero = (word(0) | word(1) | word(2) | word(3)) === 0;
  return [isZero ? 1 : word(0), word(1), word(2), word(3)];
}

/**
 * A stream of reproducible draws; each comment says how many 32-bit words a draw takes.
 *
 * @example
 * const backoff = openRandomStream(1, 'gateway-111', 'backoff');
 * const delayNs = roundToNanoseconds(backoff.exponential(5_000_000));
 */
export class RandomStream extends Xoshiro128 implements Random {
  /** 32 uniform bits. Uses one 32-bit word. */
  u32(): number {
    return this.nextU32();
  }

  /** Unbiased integer in [0, n), 1 <= n <= 2^32. Uses one 32-bit word, rarely more. */
  below(n: number): number {
    return sampling.drawBelow(this, n);
  }

  /** Draws an integer in [0, n) with exactly two 32-bit words, as impairments must. */
  belowFixed(n: number): number {
    return sampling.drawBelowInTwoWords(this, n);
  }

  /** Uniform in [0, 1) with 53 bits. Uses two 32-bit words. */
  uniform(): number {
    return sampling.drawUniform(this);
  }

  /** True with probability `p`. Uses two 32-bit words. */
  chance(p: number): boolean {
    return sampling.drawBernoulli(this, p);
  }

  /** Exponential with the given mean. Uses two 32-bit words. */
  exponential(mean: number): number {
    return sampling.drawExponential(this, mean);
  }

  /** Geometric on 1, 2, 3, ... with the given mean > 1. Uses two 32-bit words. */
  geometric(mean: number): number {
    return sampling.drawGeometric(this, mean);
  }

  /** Normal with the given mean and standard deviation. Uses two 32-bit words. */
  normal(mean: number, sd: number): number {
    return sampling.drawNormal(this, mean, sd);
  }

  /** Normal around 0, truncated at 3 standard deviations. Uses two 32-bit words. */
  truncatedNormal(sd: number): number {
    return sampling.drawTruncatedNormal(this, sd);
  }

  /** Uniform integer in [-half, half]. Uses two 32-bit words. */
  uniformJitter(half: number): number {
    return sampling.drawUniformJitter(this, half);
  }

  /** Excess over the scale of a Pareto law. Uses two 32-bit words. */
  paretoExcess(scale: number, shape: number): number {
    return sampling.drawParetoExcess(this, scale, shape);
  }

  /** Interpolated draw from a table of quantiles at equal steps. Uses two 32-bit words. */
  empirical(table: ArrayLike<number>): number {
    return sampling.drawFromQuantiles(this, table);
  }

  /** Shuffles in place. Uses n - 1 unbiased draws. */
  shuffle<T>(items: T[]): void {
    sampling.shuffle(this, items);
  }

  /** k different integers of [0, n), ascending. Uses k unbiased draws. */
  choose(k: number, n: number): number[] {
    return sampling.sampleWithoutReplacement(this, k, n);
  }

  /** Draws `length` bytes, four per 32-bit word, little-endian. Not for keys. */
  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i += 4) {
      const word = this.nextU32();
      bytes[i] = word;
      if (i + 1 < length) bytes[i + 1] = word >>> 8;
      if (i + 2 < length) bytes[i + 2] = word >>> 16;
      if (i + 3 < length) bytes[i + 3] = word >>> 24;
    }
    return bytes;
  }
}

/** Opens the stream of a (seed, node, purpose) at its start. */
export function openRandomStream(seed: Seed, node: string, purpose: string): RandomStream {
  return new RandomStream(initialRandomState(seed, node, purpose));
}
