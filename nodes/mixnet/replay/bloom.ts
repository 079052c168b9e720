/**
 * A Bloom filter over 16-byte elements with double hashing (Kirsch and Mitzenmacher, ESA 2006): the
 * bit positions of an element are g_i = h1 + i h2 mod m, where h1 and h2 are the halves of a keyed
 * hash of the element, so that nobody without the key can choose which bits are set.
 *
 * The owner of the filter must bound the number of elements.
 *
 * @module
 */
import type { BloomSize } from './bloom-size.ts';
import type { SipHash16 } from './sip-hash.ts';

const WORD_BITS = 32;
const TWO_32 = 0x1_0000_0000;
/**
 * Masks the upper word of a half of the hash so that 52 bits of the half remain: then the half
 * divided by 2^52 is exact and below 1.
 */
const HIGH_MASK = 0xf_ffff;
const TWO_52 = 0x10_0000 * TWO_32;

/**
 * A set that may seem to contain elements that were not added, but always contains every element
 * that was added.
 */
export class BloomFilter {
  readonly #bits: number;
  readonly #hashes: number;
  readonly #words: Uint32Array;
  #bitsSet = 0;
  #first = 0;
  #step = 0;

  constructor(size: BloomSize) {
    this.#bits = size.bits;
    this.#hashes = size.hashes;
    this.#words = new Uint32Array(Math.ceil(size.bits / WORD_BITS));
  }

  /** Memory of the bit array, bytes. */
  get bytes(): number {
    return this.#words.byteLength;
  }

  /** Probability that an element that was never added seems to be in the set: (bits set / m)^k. */
  get falsePositive(): number {
    const fill = this.#bitsSet / this.#bits;
    let product = 1;
    for (let index = 0; index < this.#hashes; index++) product *= fill;
    return product;
  }

  /**
   * Computes the bit positions of the element whose hash is in `hash.out`; must be called before
   * `has` and `add`.
   */
  place(hash: SipHash16): void {
    const { out } = hash;
    this.#first = this.#reduce(out[1] as number, out[0] as number);
    this.#step = this.#reduce(out[3] as number, out[2] as number);
  }

  /** True if the element of the last call of `place` seems to be in the set. */
  has(): boolean {
    const words = this.#words;
    const bits = this.#bits;
    const step = this.#step;
    let at = this.#first;
    for (let index = 0; index < this.#hashes; index++) {
      // `at & 31` is the low five bits of the integer even if `at` exceeds 2^32.
      if (((words[Math.floor(at / WORD_BITS)] as number) & (1 << (at & 31))) === 0) return false;
      at += step;
      if (at >= bits) at -= bits;
    }
    return true;
  }

  /** Adds the element of the last call of `place` to the set. */
  add(): void {
    const words = this.#words;
    const bits = this.#bits;
    const step = this.#step;
    let at = this.#first;
    for (let index = 0; index < this.#hashes; index++) {
      const word = Math.floor(at / WORD_BITS);
      const before = words[word] as number;
      const bit = 1 << (at & 31);
      if ((before & bit) === 0) this.#bitsSet += 1;
      words[word] = before | bit;
      at += step;
      if (at >= bits) at -= bits;
    }
  }

  /**
   * Maps half of the hash, given as two words, to a uniform integer in 0..m-1; faster than the
   * remainder modulo m.
   */
  #reduce(high: number, low: number): number {
    return Math.floor((((high & HIGH_MASK) * TWO_32 + low) / TWO_52) * this.#bits);
  }
}
