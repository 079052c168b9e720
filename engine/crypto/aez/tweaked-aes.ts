/**
 * The tweakable block cipher of AEZ v5: E(j, i) of AES rounds under keys I, J and L (AEZ v5,
 * section 1.5, "E").
 *
 * One instance per AEZ key. The round keys are the parts of the key; nothing is expanded.
 *
 * @module
 */
import { wipe } from '../../core/secrets.ts';
import {
  BLOCK_LENGTH,
  BLOCK_WORDS,
  doubleBlock,
  loadBlock,
  multiplyBlock,
  xorBlock,
} from './block.ts';
import { runAesRounds } from './rounds.ts';

/** Length of an AEZ key after extraction, in bytes: I, J and L. */
export const AEZ_KEY_LENGTH = 48;

/** Number of multiples of L that offsets use: i mod 8 is 0 … 7. */
const MULTIPLES_OF_L = 8;

/** The tweakable block cipher E(j, i) of AEZ with one key. */
export class TweakedAes {
  readonly keyI: Int32Array = new Int32Array(BLOCK_WORDS);
  /** Round keys J, I, L, 0 of four rounds. */
  readonly fourRounds: Int32Array = new Int32Array(4 * BLOCK_WORDS);
  readonly #keyJ = new Int32Array(BLOCK_WORDS);
  /** The multiples 0, L, 2L … 7L of the key part L. */
  readonly #multiplesOfL: readonly Int32Array[];
  /** Round keys I, J, L, I, J, L, I, J, L, I of ten rounds. */
  readonly #tenRounds = new Int32Array(10 * BLOCK_WORDS);

  /** @param key 48 bytes: I, J, L. */
  constructor(key: Uint8Array) {
    const keyL = new Int32Array(BLOCK_WORDS);
    loadBlock(this.keyI, key, 0);
    loadBlock(this.#keyJ, key, BLOCK_LENGTH);
    loadBlock(keyL, key, 2 * BLOCK_LENGTH);
    this.fourRounds.set(this.#keyJ);
    this.fourRounds.set(this.keyI, BLOCK_WORDS);
    this.fourRounds.set(keyL, 2 * BLOCK_WORDS);
    const keys = [this.keyI, this.#keyJ, keyL] as const;
    for (let round = 0; round < 10; round++) {
      this.#tenRounds.set(keys[round % 3] as Int32Array, round * BLOCK_WORDS);
    }
    this.#multiplesOfL = multiplesOf(keyL);
  }

  /** E(j, i) over `block`, in place: four rounds for j >= 0. */
  four(j: number, i: number, block: Int32Array): void {
    xorBlock(block, this.offset(j, i));
    runAesRounds(block, this.fourRounds);
  }

  /** E(-1, i) over `block`, in place: ten rounds. @param i 0 … 7. */
  ten(i: number, block: Int32Array): void {
    xorBlock(block, this.multipleOfL(i));
    runAesRounds(block, this.#tenRounds);
  }

  /** The offset of E(j, i): j*J + 2^ceil(i/8) * I + (i mod 8) * L. */
  offset(j: number, i: number): Int32Array {
    const offset = multiplyBlock(j, this.#keyJ);
    const power = this.keyI.slice();
    for (let octet = Math.ceil(i / MULTIPLES_OF_L); octet > 0; octet--) doubleBlock(power);
    xorBlock(offset, power);
    xorBlock(offset, this.multipleOfL(i % MULTIPLES_OF_L));
    return offset;
  }

  /** `factor` times L. @param factor 0 … 7. */
  multipleOfL(factor: number): Int32Array {
    return this.#multiplesOfL[factor] as Int32Array;
  }

  /** Overwrites the key. */
  wipe(): void {
    wipe(this.keyI, this.#keyJ, this.fourRounds, this.#tenRounds);
    for (const multiple of this.#multiplesOfL) wipe(multiple);
  }
}

function multiplesOf(keyL: Int32Array): readonly Int32Array[] {
  const multiples = [new Int32Array(BLOCK_WORDS), keyL];
  for (let factor = 2; factor < MULTIPLES_OF_L; factor++) {
    const half = (multiples[factor >> 1] as Int32Array).slice();
    doubleBlock(half);
    if (factor & 1) xorBlock(half, keyL);
    multiples.push(half);
  }
  return multiples;
}

/**
 * Steps through the offsets of E(j, 1), E(j, 2) … for a fixed j, one step per pair of blocks, so
 * that the power of two is not recomputed.
 */
export class OffsetStepper {
  /** The offset of E(j, i) for the present index i. */
  readonly offset: Int32Array = new Int32Array(BLOCK_WORDS);
  readonly #cipher: TweakedAes;
  /** The part of the offset without L: j*J + 2^ceil(i/8) * I. */
  readonly #base: Int32Array;
  readonly #power: Int32Array;
  #index = 0;

  constructor(cipher: TweakedAes, j: number) {
    this.#cipher = cipher;
    this.#power = cipher.keyI.slice();
    this.#base = cipher.offset(j, 0);
  }

  /** Moves to the next index; the first call gives index 1. */
  next(): void {
    this.#index++;
    const rest = this.#index % MULTIPLES_OF_L;
    // ceil(i/8) increases at i = 1, 9, 17 …: there the base loses the old power of two times I and gets the next one.
    if (rest === 1) {
      xorBlock(this.#base, this.#power);
      doubleBlock(this.#power);
      xorBlock(this.#base, this.#power);
    }
    const multiple = this.#cipher.multipleOfL(rest);
    const base = this.#base;
    const { offset } = this;
    offset[0] = (base[0] as number) ^ (multiple[0] as number);
    offset[1] = (base[1] as number) ^ (multiple[1] as number);
    offset[2] = (base[2] as number) ^ (multiple[2] as number);
    offset[3] = (base[3] as number) ^ (multiple[3] as number);
  }
}
