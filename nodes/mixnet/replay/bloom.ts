/**
 * One Bloom filter over 16-byte elements, with double hashing (spec/mixnet.md 3.5):
 * g_i = h1 + i h2 mod m, where h1 and h2 are the halves of a keyed hash, so that nobody without the
 * key can choose which bits are set.
 *
 * Does not bound how many elements it takes; its owner does.
 *
 * @module
 */
import type { BloomSize } from './bloom-size.ts';
import type { SipHash16 } from './sip-hash.ts';

const WORD_BITS = 32;
const TWO_32 = 0x1_0000_0000;
/** High words are cut to 21 bits, so that a half of the hash is a safe integer of 53. */
const HIGH_MASK = 0x1f_ffff;

/** A set that may contain more than was put in, never less. */
export class Bloom {
  readonly #bits: number;
  readonly #hashes: number;
  readonly #words: Uint32Array;
  #bitsSet = 0;

  constructor(size: BloomSize) {
    this.#bits = size.bits;
    this.#hashes = size.hashes;
    this.#words = new Uint32Array(Math.ceil(size.bits / WORD_BITS));
  }

  /** Memory of the bits, bytes. */
  get bytes(): number {
    return this.#words.byteLength;
  }

  /** Probability that an element that was never added seems to be in: (bits set / m)^k. */
  get falsePositive(): number {
    const fill = this.#bitsSet / this.#bits;
    let product = 1;
    for (let index = 0; index < this.#hashes; index++) product *= fill;
    return product;
  }

  /** Whether the element that was hashed last seems to be in. */
  has(hash: SipHash16): boolean {
    const words = this.#words;
    const step = this.#step(hash);
    let at = this.#first(hash);
    for (let index = 0; index < this.#hashes; index++) {
      // Above 2^32 `at & 31` still takes the low five bits of the integer.
      if (((words[Math.floor(at / WORD_BITS)] as number) & (1 << (at & 31))) === 0) return false;
      at += step;
      if (at >= this.#bits) at -= this.#bits;
    }
    return true;
  }

  /** Adds the element that was hashed last. */
  add(hash: SipHash16): void {
    const words = this.#words;
    const step = this.#step(hash);
    let at = this.#first(hash);
    for (let index = 0; index < this.#hashes; index++) {
      const word = Math.floor(at / WORD_BITS);
      const before = words[word] as number;
      const bit = 1 << (at & 31);
      if ((before & bit) === 0) this.#bitsSet += 1;
      words[word] = before | bit;
      at += step;
      if (at >= this.#bits) at -= this.#bits;
    }
  }

  /** h1 mod m. */
  #first({ out }: SipHash16): number {
    return (((out[1] as number) & HIGH_MASK) * TWO_32 + (out[0] as number)) % this.#bits;
  }

  /** h2 mod m; h2 is odd. */
  #step({ out }: SipHash16): number {
    const low = ((out[2] as number) | 1) >>> 0;
    return (((out[3] as number) & HIGH_MASK) * TWO_32 + low) % this.#bits;
  }
}
