/**
 * Random draws that several nodes make identically from a shared secret, for the data of a
 * simulated federation. The generator is xoshiro128** 1.1 (Blackman and Vigna, 2021).
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { Random } from '../../../engine/host/random.ts';
import { log } from '../../../engine/pure/log-exp.ts';
import { normalQuantile } from '../../../engine/pure/normal-quantile.ts';
import { concatBytes, readUint32 } from '../../_kit/bytes.ts';

const WORD = 2 ** 32;
/** Factor of the upper 32 bits of a uniform number, which stand above its 21 lower bits. */
const LOW_BITS = 2 ** 21;
/** Range of all 53 bits of a uniform number. */
const DOUBLE_STEPS = 2 ** 53;
const encoder = new TextEncoder();

/** A stream of random draws that is the same on every node with the seed. */
export interface SharedDraws extends Random {
  /** A standard normal number, from one word of the stream. */
  normal(): number;
}

/** Makes the stream with a name from a seed. */
export function makeSharedDraws(
  crypto: Pick<CryptoProvider, 'sha256'>,
  seed: Uint8Array,
  name: string,
): SharedDraws {
  const state = crypto.sha256(concatBytes(seed, encoder.encode(name)));
  return new SeededDraws(new Uint32Array([0, 4, 8, 12].map((at) => readUint32(state, at))));
}

class SeededDraws implements SharedDraws {
  readonly #state: Uint32Array;

  /** @param state Four words, not all zero. */
  constructor(state: Uint32Array) {
    this.#state = state;
  }

  u32(): number {
    const state = this.#state;
    const [s0, s1, s2, s3] = state as unknown as readonly [number, number, number, number];
    const product = Math.imul(s1, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const t2 = s2 ^ s0;
    const t3 = s3 ^ s1;
    state[1] = s1 ^ t2;
    state[0] = s0 ^ t3;
    state[2] = t2 ^ (s1 << 9);
    state[3] = (t3 << 11) | (t3 >>> 21);
    return result;
  }

  below(n: number): number {
    // Words above the largest multiple of n would make small numbers more likely.
    const limit = WORD - (WORD % n);
    let word = this.u32();
    while (word >= limit) word = this.u32();
    return word % n;
  }

  uniform(): number {
    const high = this.u32();
    return (high * LOW_BITS + (this.u32() >>> 11)) / DOUBLE_STEPS;
  }

  chance(p: number): boolean {
    return this.uniform() < p;
  }

  exponential(mean: number): number {
    return -mean * log(1 - this.uniform());
  }

  normal(): number {
    return normalQuantile((this.u32() + 0.5) / WORD);
  }

  shuffle<T>(items: T[]): void {
    for (let at = items.length - 1; at > 0; at -= 1) {
      const other = this.below(at + 1);
      const item = items[at] as T;
      items[at] = items[other] as T;
      items[other] = item;
    }
  }
}
