/**
 * ChaCha20-Poly1305 (RFC 8439) as a WebAssembly module that is assembled at load from `wasm/`; per
 * packet it is about twice as fast as a cipher object of Node.
 *
 * Measured in `bench/crypto.ts`. It uses integer instructions only, so every machine computes the
 * same bytes; no branch and no address depends on a secret (ADR 0018). All keys of a thread share
 * one memory. For real secrets, everything that a packet left there is overwritten before the call
 * returns; for simulated secrets it stays. Packets that do not fit into the memory go to `fallback`.
 *
 * @module
 */
import { wipe, wipeRange } from '../core/secrets.ts';
import type { AeadKey } from '../host/crypto.ts';
import { checkLength, checkTargetRoom, NONCE_LENGTH, TAG_LENGTH } from './lengths.ts';
import { BLOCK_GROUP_LENGTH, CHACHA20_CONSTANTS } from './wasm/chacha20.ts';
import { encodeChacha20Poly1305Module } from './wasm/chacha20-poly1305.ts';
import {
  ASSOCIATED_DATA_LENGTH_MAX,
  ASSOCIATED_DATA_OFFSET,
  DATA_LENGTH_MAX,
  FIRST_BLOCK_BYTES,
  INPUT_OFFSET,
  OUTPUT_OFFSET,
  STATE_KEY_OFFSET,
  STATE_NONCE_OFFSET,
  STATE_OFFSET,
} from './wasm/layout.ts';
import { loadWasm, memoiseResult } from './wasm/load.ts';

interface Instance {
  readonly memory: Uint8Array;
  readonly seal: (associatedLength: number, dataLength: number) => void;
  readonly open: (associatedLength: number, dataLength: number) => number;
}

const KEY_LENGTH = 32;
const SOURCE = INPUT_OFFSET + FIRST_BLOCK_BYTES;
const RESULT = OUTPUT_OFFSET + FIRST_BLOCK_BYTES;

/** The one instance of this thread, made on first use; undefined if the machine lacks vectors. */
const instance = memoiseResult(instantiate);

/** Whether the data that a packet leaves in the shared memory are wiped or stay. */
export type ResidueHandling = 'wiped' | 'kept';

/**
 * Opens a ChaCha20-Poly1305 key that seals and opens packets in WebAssembly.
 * @param key 32 bytes; copied.
 * @param fallback Takes packets that are longer than the memory, and all packets on machines without WebAssembly
 * vectors.
 * @param leftovers `wiped` for real secrets.
 */
export function createFastAead(
  key: Uint8Array,
  fallback: AeadKey,
  leftovers: ResidueHandling,
): AeadKey {
  checkLength('a key of chacha20-poly1305', key, KEY_LENGTH);
  const wasm = instance();
  return wasm === undefined ? fallback : new FastAead(wasm, key, fallback, leftovers);
}

class FastAead implements AeadKey {
  readonly #wasm: Instance;
  readonly #key: Uint8Array;
  readonly #fallback: AeadKey;
  readonly #isWiped: boolean;

  constructor(wasm: Instance, key: Uint8Array, fallback: AeadKey, leftovers: ResidueHandling) {
    this.#wasm = wasm;
    this.#key = new Uint8Array(key);
    this.#fallback = fallback;
    this.#isWiped = leftovers === 'wiped';
  }

  // hot: once per packet sent (bench/crypto.ts).
  seal(
    nonce: Uint8Array,
    associatedData: Uint8Array,
    plaintext: Uint8Array,
    target: Uint8Array,
  ): number {
    const length = plaintext.length;
    if (!fits(associatedData.length, length)) {
      return this.#fallback.seal(nonce, associatedData, plaintext, target);
    }
    checkTargetRoom(target, length + TAG_LENGTH);
    this.#load(nonce, associatedData, plaintext);
    try {
      this.#wasm.seal(associatedData.length, length);
      target.set(this.#wasm.memory.subarray(RESULT, RESULT + length + TAG_LENGTH));
    } finally {
      if (this.#isWiped) this.#wipe(associatedData.length, length);
    }
    return length + TAG_LENGTH;
  }

  // hot: once per packet received.
  open(
    nonce: Uint8Array,
    associatedData: Uint8Array,
    sealed: Uint8Array,
    target: Uint8Array,
  ): number {
    const length = sealed.length - TAG_LENGTH;
    if (length < 0 || !fits(associatedData.length, length)) {
      return this.#fallback.open(nonce, associatedData, sealed, target);
    }
    checkTargetRoom(target, length);
    this.#load(nonce, associatedData, sealed);
    try {
      if (this.#wasm.open(associatedData.length, length) === 0) return -1;
      target.set(this.#wasm.memory.subarray(RESULT, RESULT + length));
    } finally {
      if (this.#isWiped) this.#wipe(associatedData.length, length);
    }
    return length;
  }

  wipe(): void {
    wipe(this.#key);
    this.#fallback.wipe();
  }

  #load(nonce: Uint8Array, associatedData: Uint8Array, data: Uint8Array): void {
    checkLength('a nonce', nonce, NONCE_LENGTH);
    const { memory } = this.#wasm;
    memory.set(this.#key, STATE_KEY_OFFSET);
    memory.set(nonce, STATE_NONCE_OFFSET);
    memory.set(associatedData, ASSOCIATED_DATA_OFFSET);
    memory.set(data, SOURCE);
  }

  /**
   * Wipes everything except the constants of the cipher's state. That includes the associated data, which may derive
   * from a secret (a handshake hash with a pre-shared key), and the tag after the input: `open` computes the right tag
   * there, with which a forged packet would pass.
   */
  #wipe(associatedLength: number, length: number): void {
    const { memory } = this.#wasm;
    wipeRange(memory, STATE_KEY_OFFSET, ASSOCIATED_DATA_OFFSET + associatedLength);
    wipeRange(memory, SOURCE, SOURCE + length + TAG_LENGTH);
    // The key stream is generated in whole groups, so less than one group of it follows the result.
    wipeRange(memory, OUTPUT_OFFSET, RESULT + length + BLOCK_GROUP_LENGTH);
  }
}

function fits(associatedLength: number, dataLength: number): boolean {
  return associatedLength <= ASSOCIATED_DATA_LENGTH_MAX && dataLength <= DATA_LENGTH_MAX;
}

function instantiate(): Instance | undefined {
  const loaded = loadWasm(encodeChacha20Poly1305Module());
  if (loaded === undefined) return undefined;
  const { exports, memory } = loaded;
  memory.set(CHACHA20_CONSTANTS, STATE_OFFSET);
  return {
    memory,
    seal: exports['seal'] as Instance['seal'],
    open: exports['open'] as Instance['open'],
  };
}
