/**
 * Key streams, AES blocks and running hashes by `node:crypto`, for every provider but the
 * reference. Each is one object of Node that keeps its state; making the object costs several times as
 * much as a call of it (bench/crypto.ts).
 *
 * OpenSSL clears the memory of an object when it is released: of a cipher when it is wiped, of a
 * hash when the collector finds it.
 *
 * @module
 */
import { type Cipher, createCipheriv, createDecipheriv, createHash, type Hash } from 'node:crypto';
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
 * Makes an AES-CTR key stream with OpenSSL.
 * @param key 16 or 32 bytes. @param counter 16 bytes.
 */
export function createOpensslCtr(key: Uint8Array, counter: Uint8Array): CtrStream {
  checkAesKey(key);
  checkLength('an AES-CTR counter block', counter, BLOCK_LENGTH);
  return new OpensslCtr(createCipheriv(`aes-${8 * key.length}-ctr`, key, counter));
}

class OpensslCtr implements CtrStream {
  #cipher: Cipher | undefined;

  constructor(cipher: Cipher) {
    this.#cipher = cipher;
  }

  // hot: once per cell and layer of a circuit.
  apply(buffer: Uint8Array, offset: number, length: number): void {
    assert(this.#cipher !== undefined, 'a wiped key stream is not used again');
    checkRange(buffer, offset, length);
    buffer.set(this.#cipher.update(buffer.subarray(offset, offset + length)), offset);
  }

  wipe(): void {
    // Node releases OpenSSL's object, which is cleared, when a cipher is finished.
    this.#cipher?.final();
    this.#cipher = undefined;
  }
}

/**
 * Makes an AES cipher for single blocks with OpenSSL.
 * @param key 16 or 32 bytes.
 */
export function createOpensslBlockCipher(key: Uint8Array): BlockCipher {
  checkAesKey(key);
  return new OpensslBlock(key);
}

class OpensslBlock implements BlockCipher {
  readonly #key: Uint8Array;
  readonly #algorithm: string;
  #isOpen = true;
  /** One cipher object for each direction, made when it is first needed: many users need only one. */
  #encryptor: Cipher | undefined;
  #decryptor: Cipher | undefined;

  constructor(key: Uint8Array) {
    this.#key = new Uint8Array(key);
    this.#algorithm = `aes-${8 * key.length}-ecb`;
  }

  encrypt(block: Uint8Array): void {
    this.#check(block);
    this.#encryptor ??= createCipheriv(this.#algorithm, this.#key, null).setAutoPadding(false);
    block.set(this.#encryptor.update(block));
  }

  decrypt(block: Uint8Array): void {
    this.#check(block);
    this.#decryptor ??= createDecipheriv(this.#algorithm, this.#key, null).setAutoPadding(false);
    block.set(this.#decryptor.update(block));
  }

  wipe(): void {
    this.#isOpen = false;
    this.#encryptor?.final();
    this.#decryptor?.final();
    this.#encryptor = undefined;
    this.#decryptor = undefined;
    wipe(this.#key);
  }

  #check(block: Uint8Array): void {
    assert(this.#isOpen, 'a wiped AES key is not used again');
    checkLength('an AES block', block, BLOCK_LENGTH);
  }
}

/** The running hashes of OpenSSL. */
export const opensslRunningHashes: RunningHashes = {
  sha256: () => new OpensslHash(createHash('sha256')),
  sha3_256: () => new OpensslHash(createHash('sha3-256')),
};

/** Running hashes by OpenSSL for which collisions are published. */
export const opensslLegacyHashes: LegacyHashes = {
  sha1: () => new OpensslHash(createHash('sha1')),
  md5: () => new OpensslHash(createHash('md5')),
};

class OpensslHash implements RunningHash {
  #hash: Hash | undefined;

  constructor(hash: Hash) {
    this.#hash = hash;
  }

  // hot: once per cell at the ends of a circuit.
  update(data: Uint8Array): void {
    this.#opened.update(data);
  }

  /** The digest of a copy, because Node ends the object that gives a digest. */
  digest(): Uint8Array {
    return new Uint8Array(this.#opened.copy().digest());
  }

  copy(): RunningHash {
    return new OpensslHash(this.#opened.copy());
  }

  wipe(): void {
    this.#hash = undefined;
  }

  get #opened(): Hash {
    assert(this.#hash !== undefined, 'a wiped hash is not used again');
    return this.#hash;
  }
}
