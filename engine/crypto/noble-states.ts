/**
 * Key streams, AES blocks and running hashes by @noble, for the reference provider.
 *
 * noble has no key stream that continues from call to call, so this file keeps the counter. The AES of noble uses
 * tables and is not constant time.
 *
 * @module
 */
import { unsafe } from '@noble/ciphers/aes.js';
import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { sha3_256 } from '@noble/hashes/sha3.js';
import { assert } from '../core/assert.ts';
import { wipe } from '../core/secrets.ts';
import type {
  BlockCipher,
  CtrStream,
  LegacyHashes,
  RunningHash,
  RunningHashes,
} from '../host/crypto-states.ts';
import { BLOCK_LENGTH, checkAesKey, checkLength, checkRange } from './lengths.ts';

/**
 * Makes an AES-CTR key stream with the library noble.
 * @param key 16 or 32 bytes. @param counter 16 bytes.
 */
export function createNobleCtr(key: Uint8Array, counter: Uint8Array): CtrStream {
  checkAesKey(key);
  checkLength('an AES-CTR counter block', counter, BLOCK_LENGTH);
  return new NobleCtr(key, counter);
}

class NobleCtr implements CtrStream {
  readonly #schedule: Uint32Array;
  readonly #counter: Uint8Array;
  /** The current block of the key stream, and how many of its bytes have been used. */
  readonly #block = new Uint8Array(BLOCK_LENGTH);
  #used = BLOCK_LENGTH;
  #isOpen = true;

  constructor(key: Uint8Array, counter: Uint8Array) {
    this.#schedule = unsafe.expandKeyLE(key);
    this.#counter = new Uint8Array(counter);
  }

  apply(buffer: Uint8Array, offset: number, length: number): void {
    assert(this.#isOpen, 'a wiped key stream is not used again');
    checkRange(buffer, offset, length);
    for (let index = offset; index < offset + length; index++) {
      if (this.#used === BLOCK_LENGTH) this.#makeBlock();
      buffer[index] = (buffer[index] as number) ^ (this.#block[this.#used] as number);
      this.#used += 1;
    }
  }

  wipe(): void {
    this.#isOpen = false;
    wipe(this.#schedule, this.#counter, this.#block);
  }

  /**
   * Makes the next block of the key stream: O_j = CIPH(T_j) (SP 800-38A section 6.5), T_(j+1) = T_j
   * + 1 mod 2^128 (appendix B.1).
   */
  #makeBlock(): void {
    this.#block.set(this.#counter);
    unsafe.encryptBlock(this.#schedule, this.#block);
    this.#used = 0;
    let carry = 1;
    for (let index = BLOCK_LENGTH - 1; index >= 0; index--) {
      carry += this.#counter[index] as number;
      this.#counter[index] = carry;
      carry >>>= 8;
    }
  }
}

/**
 * Makes an AES cipher for single blocks with the library noble.
 * @param key 16 or 32 bytes.
 */
export function createNobleBlockCipher(key: Uint8Array): BlockCipher {
  checkAesKey(key);
  return new NobleBlock(key);
}

class NobleBlock implements BlockCipher {
  readonly #encryption: Uint32Array;
  readonly #decryption: Uint32Array;
  /** noble needs 32-bit alignment, which a caller's block may lack. */
  readonly #aligned = new Uint8Array(BLOCK_LENGTH);
  #isOpen = true;

  constructor(key: Uint8Array) {
    this.#encryption = unsafe.expandKeyLE(key);
    this.#decryption = unsafe.expandKeyDecLE(key);
  }

  encrypt(block: Uint8Array): void {
    this.#load(block);
    block.set(unsafe.encryptBlock(this.#encryption, this.#aligned));
  }

  decrypt(block: Uint8Array): void {
    this.#load(block);
    block.set(unsafe.decryptBlock(this.#decryption, this.#aligned));
  }

  wipe(): void {
    this.#isOpen = false;
    wipe(this.#encryption, this.#decryption, this.#aligned);
  }

  #load(block: Uint8Array): void {
    assert(this.#isOpen, 'a wiped AES key is not used again');
    checkLength('an AES block', block, BLOCK_LENGTH);
    this.#aligned.set(block);
  }
}

/** The running hashes of noble. */
export const nobleRunningHashes: RunningHashes = {
  sha256: () => new NobleHash(sha256.create()),
  sha3_256: () => new NobleHash(sha3_256.create()),
};

/** Running hashes by noble for which collisions are published. */
export const nobleLegacyHashes: LegacyHashes = {
  sha1: () => new NobleHash(sha1.create()),
  md5: () => new NobleHash(md5.create()),
};

/** The methods of noble's hash objects that are used here. */
interface NobleState {
  update(data: Uint8Array): unknown;
  digest(): Uint8Array;
  clone(): NobleState;
  destroy(): void;
}

class NobleHash implements RunningHash {
  readonly #state: NobleState;
  #isOpen = true;

  constructor(state: NobleState) {
    this.#state = state;
  }

  update(data: Uint8Array): void {
    this.#opened.update(data);
  }

  /** The digest of a clone, because noble ends and wipes the object that gives a digest. */
  digest(): Uint8Array {
    return this.#opened.clone().digest();
  }

  copy(): RunningHash {
    return new NobleHash(this.#opened.clone());
  }

  wipe(): void {
    this.#isOpen = false;
    this.#state.destroy();
  }

  get #opened(): NobleState {
    assert(this.#isOpen, 'a wiped hash is not used again');
    return this.#state;
  }
}
