/**
 * A {@link CryptoProvider} without cryptography, for sweeps of many large runs: an AEAD copies the
 * bytes and adds a cheap keyed checksum, a MAC and POLYVAL are the same checksum, and a key stream
 * that continues from call to call (`aesCtrStream`) is made by a cheap generator.
 *
 * Corrupted bytes, a wrong nonce and a wrong key still fail with overwhelming probability, and
 * sizes are the real ones; but anyone can forge and read. The group for verifiable random functions
 * (`modelled-group.ts`), encapsulation (`modelled-ml-kem.ts`) and signatures other than Ed25519
 * (`modelled-signatures.ts`) are modelled too. The following are real: Ed25519 and X25519; key streams of one call
 * (`aesCtr`, `chacha20`); hashes, because different inputs must have different digests; and single blocks of AES, because
 * masks that a protocol adds before and after a linear permutation would cancel out. A run that uses this provider says so
 * in its verdict.
 *
 * @module
 */
import { assert } from '../core/assert.ts';
import { isSecretAt, wipe } from '../core/secrets.ts';
import type { AeadKey, CryptoProvider, MacKey } from '../host/crypto.ts';
import type { CtrStream } from '../host/crypto-states.ts';
import {
  AEAD_KEY_LENGTH,
  BLOCK_LENGTH,
  checkAesKey,
  checkBlocks,
  checkLength,
  checkRange,
  checkTargetRoom,
  NONCE_LENGTH,
  TAG_LENGTH,
} from './lengths.ts';
import { createModelledGroup } from './modelled-group.ts';
import { createModelledMlKem } from './modelled-ml-kem.ts';
import { createModelledSignatures } from './modelled-signatures.ts';

/**
 * Makes the crypto provider whose groups, encapsulation and signatures are modelled, for sweeps.
 * @param real The provider of everything that is not modelled.
 */
export function createModelledCrypto(real: CryptoProvider): CryptoProvider {
  return {
    ...real,
    name: 'modelled',
    mlKem768: createModelledMlKem(real),
    ...createModelledSignatures(real),
    edwards25519: createModelledGroup(real),
    aead: (name, key): AeadKey => {
      checkLength(`a key of ${name}`, key, AEAD_KEY_LENGTH[name]);
      return new ModelledAead(name.length, key);
    },
    aesCmac: (key): MacKey => {
      checkLength('an AES-CMAC key', key, 16);
      return new ModelledMac(key);
    },
    aesCtrStream: (key, counter): CtrStream => {
      checkAesKey(key);
      checkLength('an AES-CTR counter block', counter, BLOCK_LENGTH);
      return new ModelledStream(key, counter);
    },
    polyval: (key, blocks): Uint8Array => {
      checkLength('a POLYVAL key', key, BLOCK_LENGTH);
      checkBlocks(blocks);
      return new Checksum(key, DOMAIN_KEY).of(blocks, DOMAIN_POLYVAL);
    },
  };
}

// Odd multipliers with good avalanche, from MurmurHash3 x86_128 and xxHash32.
const PRIMES = [0x239b961b, 0xab0e9789 | 0, 0x9e3779b1 | 0, 0x85ebca77 | 0] as const;

/** Words for the checksum; grows to the longest message so far. */
let scratch = new Uint8Array(4_096);
let scratchWords = new Int32Array(scratch.buffer);

/** A checksum in four lanes, each over every fourth word of the message; every step is a bijection of its lane. */
class Checksum {
  readonly #seed = new Int32Array(4);
  readonly #state = new Int32Array(4);
  readonly #tag = new Uint8Array(this.#state.buffer);

  constructor(key: Uint8Array, domain: number) {
    this.#state.set(PRIMES);
    this.absorb(key, domain);
    this.#seed.set(this.#state);
  }

  restart(): void {
    this.#state.set(this.#seed);
  }

  /** The checksum of one message, in an array of its own; wipes itself. */
  of(bytes: Uint8Array, domain: number): Uint8Array {
    this.absorb(bytes, domain);
    const checksum = this.#tag.slice();
    this.wipe();
    return checksum;
  }

  wipe(): void {
    wipe(this.#seed, this.#state);
  }

  // hot: all bytes of a packet, 16 per turn.
  absorb(bytes: Uint8Array, domain: number): void {
    const paddedLength = (bytes.length + 15) & ~15;
    growScratch(paddedLength);
    scratch.set(bytes);
    scratch.fill(0, bytes.length, paddedLength);
    const state = this.#state;
    let a = (state[0] as number) ^ bytes.length;
    let b = (state[1] as number) ^ domain;
    let c = state[2] as number;
    let d = state[3] as number;
    for (let index = 0; index < paddedLength >> 2; index += 4) {
      a = Math.imul(a ^ (scratchWords[index] as number), PRIMES[0]);
      b = Math.imul(b ^ (scratchWords[index + 1] as number), PRIMES[1]);
      c = Math.imul(c ^ (scratchWords[index + 2] as number), PRIMES[2]);
      d = Math.imul(d ^ (scratchWords[index + 3] as number), PRIMES[3]);
      // A multiplication moves bits upwards only; the shifts let high bits change low ones.
      a ^= a >>> 15;
      b ^= b >>> 15;
      c ^= c >>> 15;
      d ^= d >>> 15;
    }
    state[0] = a;
    state[1] = b;
    state[2] = c;
    state[3] = d;
    this.#mixLanes();
  }

  /** The 16 bytes of the checksum; valid until the next call. */
  get tag(): Uint8Array {
    return this.#tag;
  }

  /** Mixes every lane into every other one. */
  #mixLanes(): void {
    const state = this.#state;
    for (let turn = 0; turn < 8; turn++) {
      const from = turn & 3;
      const to = (turn + 1) & 3;
      const mixed = Math.imul((state[to] as number) ^ (state[from] as number), PRIMES[2]);
      state[to] = mixed ^ (mixed >>> 13);
    }
  }
}

function growScratch(length: number): void {
  if (length <= scratch.length) return;
  scratch = new Uint8Array(2 * length);
  scratchWords = new Int32Array(scratch.buffer, 0, scratch.length >> 2);
}

const DOMAIN_KEY = 1;
const DOMAIN_NONCE = 2;
const DOMAIN_ASSOCIATED = 3;
const DOMAIN_TEXT = 4;
const DOMAIN_MAC = 5;
const DOMAIN_POLYVAL = 6;
const DOMAIN_COUNTER = 7;

class ModelledAead implements AeadKey {
  readonly #checksum: Checksum;

  constructor(algorithm: number, key: Uint8Array) {
    this.#checksum = new Checksum(key, DOMAIN_KEY + 8 * algorithm);
  }

  seal(
    nonce: Uint8Array,
    associatedData: Uint8Array,
    plaintext: Uint8Array,
    target: Uint8Array,
  ): number {
    const length = plaintext.length;
    checkTargetRoom(target, length + TAG_LENGTH);
    target.set(plaintext);
    target.set(this.#tagOf(nonce, associatedData, plaintext), length);
    return length + TAG_LENGTH;
  }

  open(
    nonce: Uint8Array,
    associatedData: Uint8Array,
    sealed: Uint8Array,
    target: Uint8Array,
  ): number {
    const length = sealed.length - TAG_LENGTH;
    if (length < 0) {
      checkLength('a nonce', nonce, NONCE_LENGTH);
      return -1;
    }
    checkTargetRoom(target, length);
    const text = sealed.subarray(0, length);
    const tag = this.#tagOf(nonce, associatedData, text);
    if (!isSecretAt(tag, TAG_LENGTH, sealed, length)) return -1;
    target.set(text);
    return length;
  }

  wipe(): void {
    this.#checksum.wipe();
  }

  #tagOf(nonce: Uint8Array, associatedData: Uint8Array, text: Uint8Array): Uint8Array {
    checkLength('a nonce', nonce, NONCE_LENGTH);
    const checksum = this.#checksum;
    checksum.restart();
    checksum.absorb(nonce, DOMAIN_NONCE);
    checksum.absorb(associatedData, DOMAIN_ASSOCIATED);
    checksum.absorb(text, DOMAIN_TEXT);
    return checksum.tag;
  }
}

class ModelledMac implements MacKey {
  readonly #checksum: Checksum;

  constructor(key: Uint8Array) {
    this.#checksum = new Checksum(key, DOMAIN_KEY);
  }

  tag(message: Uint8Array, out: Uint8Array): void {
    checkTargetRoom(out, TAG_LENGTH);
    this.#checksum.restart();
    this.#checksum.absorb(message, DOMAIN_MAC);
    out.set(this.#checksum.tag);
  }
}

/**
 * A cheap key stream that depends on key, counter and position, so that a wrong key, or a lost or
 * changed cell, makes the same bytes unreadable as with AES. Its bytes differ from those of the
 * stream of `aesCtr`.
 */
class ModelledStream implements CtrStream {
  /** Four words that depend on key and counter. */
  readonly #seed: Int32Array;
  /** Bytes of the stream used so far. */
  #position = 0;
  #isOpen = true;

  constructor(key: Uint8Array, counter: Uint8Array) {
    const sum = new Checksum(key, DOMAIN_KEY).of(counter, DOMAIN_COUNTER);
    this.#seed = new Int32Array(sum.buffer);
  }

  // hot: once per cell and layer; 4 bytes per turn, from the start of the word in which the last call ended.
  apply(buffer: Uint8Array, offset: number, length: number): void {
    assert(this.#isOpen, 'a wiped key stream is not used again');
    checkRange(buffer, offset, length);
    const skipped = this.#position & 3;
    growScratch(skipped + length + 3);
    scratch.set(buffer.subarray(offset, offset + length), skipped);
    const first = this.#seed[0] as number;
    const second = this.#seed[1] as number;
    const from = Math.floor(this.#position / 4);
    for (let index = 0; index < (skipped + length + 3) >> 2; index++) {
      const mixed = Math.imul(first ^ (from + index), PRIMES[2]);
      const word = Math.imul((mixed ^ (mixed >>> 15)) + second, PRIMES[3]);
      scratchWords[index] = (scratchWords[index] as number) ^ word ^ (word >>> 13);
    }
    buffer.set(scratch.subarray(skipped, skipped + length), offset);
    this.#position += length;
  }

  wipe(): void {
    this.#isOpen = false;
    wipe(this.#seed);
  }
}
