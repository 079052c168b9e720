/**
 * Draws of nodes in live runs, from the operating system's generator (ADR 0034). The seed of a
 * scenario is known to every process and every reader of the file, so anybody could repeat a draw that is derived from
 * it. The samplers are those of virtual time.
 *
 * Not for draws of the scenario itself (impairments, faults, traffic), which are derived from the seed in all worlds.
 *
 * @module
 */
import { randomFillSync } from 'node:crypto';
import * as sampling from '../core/sampling.ts';
import type { Random } from '../host/random.ts';

/** Number of words that one call of the system's generator fills; a call alone costs as much as 100 words. */
const POOL_WORDS = 1_024;

/** A stream of draws that nobody can repeat. */
export class SystemRandom implements Random {
  /** Random words; the words before `#next` are used and erased. */
  readonly #pool = new Uint32Array(POOL_WORDS);
  #next = POOL_WORDS;

  /** 32 uniform bits. Uses one 32-bit word. */
  u32(): number {
    return this.nextU32();
  }

  /** Unbiased integer in [0, n), 1 <= n <= 2^32. Uses one 32-bit word, rarely more. */
  below(n: number): number {
    return sampling.drawBelow(this, n);
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

  /** Shuffles in place. Uses n - 1 unbiased draws. */
  shuffle<T>(items: T[]): void {
    sampling.shuffle(this, items);
  }

  // hot: a mixnet client draws some twenty words per packet.
  /** The next 32 bits, for samplers. */
  nextU32(): number {
    const pool = this.#pool;
    if (this.#next === POOL_WORDS) {
      randomFillSync(pool);
      this.#next = 0;
    }
    const word = pool[this.#next] as number;
    // Erased, so that a used word cannot be found in memory later.
    pool[this.#next] = 0;
    this.#next += 1;
    return word;
  }
}

/** The random streams of a live host, one for each purpose. */
export class SystemRandomStreams {
  readonly #streams = new Map<string, SystemRandom>();

  /** The stream for a purpose; every call with the same purpose returns the same object. */
  of(purpose: string): SystemRandom {
    const stream = this.#streams.get(purpose) ?? new SystemRandom();
    this.#streams.set(purpose, stream);
    return stream;
  }
}
