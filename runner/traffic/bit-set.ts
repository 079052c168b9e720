/**
 * A growing set of small non-negative integers, one bit each.
 *
 * @module
 */

/**
 * A set of integers from 0 to 2^31 - 1. Its memory is one bit for each integer up to the largest
 * element.
 */
export class BitSet {
  #words = new Uint32Array(64);

  /** Adds a value; returns true if it was already in the set. */
  add(value: number): boolean {
    const word = Math.floor(value / 32);
    if (word >= this.#words.length) this.#grow(word + 1);
    const bit = 1 << (value % 32);
    const old = this.#words[word] as number;
    if ((old & bit) !== 0) return true;
    this.#words[word] = old | bit;
    return false;
  }

  has(value: number): boolean {
    const word = Math.floor(value / 32);
    return ((this.#words[word] ?? 0) & (1 << (value % 32))) !== 0;
  }

  #grow(words: number): void {
    let length = this.#words.length;
    while (length < words) length *= 2;
    const grown = new Uint32Array(length);
    grown.set(this.#words);
    this.#words = grown;
  }
}
