/**
 * AEZ v5: authenticated encryption by enciphering, and the wide-block cipher of Sphinx payloads
 * (Hoang, Krovetz, Rogaway: AEZ v5, 2017, section 1.5).
 *
 * Sphinx uses 48-byte keys, a 16-byte nonce, no associated data and no tag; everything else exists so that
 * the published vectors can be run. Not constant time: AES rounds are table look-ups.
 *
 * @module
 */
import type { CryptoProvider, WideBlockCipher } from '../../host/crypto.ts';
import {
  BLOCK_LENGTH,
  BLOCK_WORDS,
  loadBlock,
  paddedBlock,
  storeBlock,
  xorBlock,
} from './block.ts';
import { BLOCK_PAIR_LENGTH, type CipherDirection, runAezCore } from './core.ts';
import { runAezTiny } from './tiny.ts';
import { AEZ_KEY_LENGTH, TweakedAes } from './tweaked-aes.ts';

/** Nonce, associated data and tag length of a message. */
export interface AezMessageParameters {
  readonly nonce: Uint8Array;
  /** A list of byte strings; a list with one empty string differs from an empty list. */
  readonly associatedData?: readonly Uint8Array[];
  /** Length of the tag (tau), in bytes; 0 gives a length-preserving cipher. */
  readonly tagLength?: number;
}

/** The function Extract of AEZ: a key of 48 bytes is used unchanged, any other is hashed to 48 bytes. */
export function extractKey(crypto: Pick<CryptoProvider, 'blake2b'>, key: Uint8Array): Uint8Array {
  return key.length === AEZ_KEY_LENGTH ? key : crypto.blake2b(key, AEZ_KEY_LENGTH);
}

/** The cipher AEZ v5 with one key. */
export class Aez implements WideBlockCipher {
  readonly #cipher: TweakedAes;

  /** @param key 48 bytes; see {@link extractKey} for others. */
  constructor(key: Uint8Array) {
    this.#cipher = new TweakedAes(key);
  }

  /** Enciphers `text` in place, without a tag: the wide-block cipher of Sphinx. */
  encipher(nonce: Uint8Array, text: Uint8Array): void {
    this.#run(0, this.hash(0, [nonce]), text);
  }

  /** Undoes {@link encipher} in place. */
  decipher(nonce: Uint8Array, text: Uint8Array): void {
    this.#run(1, this.hash(0, [nonce]), text);
  }

  /** Encrypts and adds a tag. @returns a new array, longer than `message` by the length of the tag. */
  encrypt(context: AezMessageParameters, message: Uint8Array): Uint8Array {
    const { tagLength = 0 } = context;
    const delta = this.#delta(context);
    if (message.length === 0) return this.stream(delta, tagLength);
    const text = new Uint8Array(message.length + tagLength);
    text.set(message);
    this.#run(0, delta, text);
    return text;
  }

  /** Decrypts. @returns a new array, or undefined if the tag is wrong. */
  decrypt(context: AezMessageParameters, ciphertext: Uint8Array): Uint8Array | undefined {
    const { tagLength = 0 } = context;
    if (ciphertext.length < tagLength) return undefined;
    const delta = this.#delta(context);
    const text = ciphertext.slice();
    const length = ciphertext.length - tagLength;
    if (length === 0) xorInto(text, this.stream(delta, tagLength));
    else this.#run(1, delta, text);
    return isZero(text.subarray(length)) ? text.slice(0, length) : undefined;
  }

  /**
   * AEZ-hash of the length of the tag and of byte strings, the first of which is the nonce.
   * @param tagBits tau, in bits.
   * @returns delta, a block.
   */
  hash(tagBits: number, strings: readonly Uint8Array[]): Int32Array {
    const sum = new Int32Array(BLOCK_WORDS);
    sum[BLOCK_WORDS - 1] = tagBits;
    this.#cipher.four(3, 1, sum);
    strings.forEach((string, index) => {
      this.#addString(sum, 4 + index, string);
    });
    return sum;
  }

  /** AEZ-prf: `length` bytes from delta, for the empty message. */
  stream(delta: Int32Array, length: number): Uint8Array {
    const bytes = new Uint8Array(Math.ceil(length / BLOCK_LENGTH) * BLOCK_LENGTH);
    for (let at = 0; at < length; at += BLOCK_LENGTH) {
      const block = delta.slice();
      block[BLOCK_WORDS - 1] = (block[BLOCK_WORDS - 1] as number) ^ (at / BLOCK_LENGTH);
      this.#cipher.ten(3, block);
      storeBlock(bytes, at, block);
    }
    return bytes.slice(0, length);
  }

  /** Overwrites the key. */
  wipe(): void {
    this.#cipher.wipe();
  }

  #delta({ nonce, associatedData = [], tagLength = 0 }: AezMessageParameters): Int32Array {
    return this.hash(8 * tagLength, [nonce, ...associatedData]);
  }

  #addString(sum: Int32Array, j: number, string: Uint8Array): void {
    const fullBlocks = Math.floor(string.length / BLOCK_LENGTH);
    const block = new Int32Array(BLOCK_WORDS);
    for (let index = 0; index < fullBlocks; index++) {
      loadBlock(block, string, index * BLOCK_LENGTH);
      this.#cipher.four(j, index + 1, block);
      xorBlock(sum, block);
    }
    // A string of full blocks (at least one) has no padded block.
    const rest = string.subarray(fullBlocks * BLOCK_LENGTH);
    if (rest.length === 0 && string.length > 0) return;
    const padded = paddedBlock(rest);
    this.#cipher.four(j, 0, padded);
    xorBlock(sum, padded);
  }

  #run(direction: CipherDirection, delta: Int32Array, text: Uint8Array): void {
    if (text.length === 0) return;
    const run = text.length < BLOCK_PAIR_LENGTH ? runAezTiny : runAezCore;
    run({ cipher: this.#cipher, direction, delta, input: text, output: text });
  }
}

function xorInto(text: Uint8Array, other: Uint8Array): void {
  for (let index = 0; index < text.length; index++) {
    text[index] = (text[index] as number) ^ (other[index] as number);
  }
}

/** True if all bytes are zero; always reads all of them. */
function isZero(bytes: Uint8Array): boolean {
  let bits = 0;
  for (const byte of bytes) bits |= byte;
  return bits === 0;
}
