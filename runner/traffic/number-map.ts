/**
 * Maps large integers to small ones in typed columns: open addressing with linear probing. The built-in
 * Map allocates an object for each large key, which slows a run with a million hops.
 *
 * @module
 */
import { InvariantError } from '../../engine/core/assert.ts';

const FREE = -1;
const SLOTS_AT_FIRST = 1_024;
/** A table that is fuller than this is enlarged, so that probe sequences stay short. */
const LOAD_FACTOR_MAX = 0.6;

/**
 * A map from safe integers to 32-bit integers in typed arrays. Keys are safe integers from 0, values in 0..2^31 - 1.
 */
export class NumberMap {
  #keys = new Float64Array(SLOTS_AT_FIRST).fill(FREE);
  #values = new Int32Array(SLOTS_AT_FIRST);
  #size = 0;

  /** Number of entries. */
  get size(): number {
    return this.#size;
  }

  /** The value for a key; -1 if there is none. */
  get(key: number): number {
    const slot = this.#slotOf(key);
    return this.#keys[slot] === key ? (this.#values[slot] as number) : -1;
  }

  /** Sets the value of a key; returns the previous one, or -1. */
  set(key: number, value: number): number {
    if (!(key >= 0) || !Number.isSafeInteger(key)) {
      throw new InvariantError(`key ${key} is no safe integer from 0`);
    }
    if (this.#size + 1 > this.#keys.length * LOAD_FACTOR_MAX) this.#grow();
    const slot = this.#slotOf(key);
    const isKnown = this.#keys[slot] === key;
    const before = isKnown ? (this.#values[slot] as number) : -1;
    if (!isKnown) this.#size += 1;
    this.#keys[slot] = key;
    this.#values[slot] = value;
    return before;
  }

  /** Removes a key; following entries move up, so no tombstones remain. */
  delete(key: number): void {
    const keys = this.#keys;
    let hole = this.#slotOf(key);
    if (keys[hole] !== key) return;
    this.#size -= 1;
    const mask = keys.length - 1;
    for (let at = (hole + 1) & mask; keys[at] !== FREE; at = (at + 1) & mask) {
      const home = this.#home(keys[at] as number);
      // An entry may be moved into the hole unless its home slot is cyclically after the hole.
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      keys[hole] = keys[at] as number;
      this.#values[hole] = this.#values[at] as number;
      hole = at;
    }
    keys[hole] = FREE;
  }

  /** The slot of a key, or the slot where it would be inserted. */
  #slotOf(key: number): number {
    const keys = this.#keys;
    const mask = keys.length - 1;
    let slot = this.#home(key);
    while (keys[slot] !== FREE && keys[slot] !== key) slot = (slot + 1) & mask;
    return slot;
  }

  #home(key: number): number {
    const high = Math.floor(key / 0x1_0000_0000);
    let mixed = Math.imul((key | 0) ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) & (this.#keys.length - 1);
  }

  #grow(): void {
    const [keys, values] = [this.#keys, this.#values];
    this.#keys = new Float64Array(keys.length * 2).fill(FREE);
    this.#values = new Int32Array(keys.length * 2);
    for (let i = 0; i < keys.length; i += 1) {
      const key = keys[i] as number;
      if (key === FREE) continue;
      const slot = this.#slotOf(key);
      this.#keys[slot] = key;
      this.#values[slot] = values[i] as number;
    }
  }
}
