/**
 * ChaCha20-Poly1305 (RFC 8439) for simulations: a WebAssembly module that is assembled at load from
 * `wasm/`, about twice as fast as a cipher object of node per packet.
 *
 * Measured with `bench/crypto.ts`, see there. Integer instructions only, so every machine computes
 * the same bytes. All keys share one memory, in which the last packet's plaintext and key stay: fit
 * for simulated secrets, not for real ones. What does not fit that memory takes `fallback`.
 *
 * @module
 */
import type { AeadKey } from '../host/crypto.ts';
import { checkLength, checkRoom, NONCE_LENGTH, TAG_LENGTH } from './lengths.ts';
import { encodeChacha20Poly1305 } from './wasm/chacha20-poly1305.ts';
import {
  ASSOCIATED,
  ASSOCIATED_LENGTH_MAX,
  DATA_LENGTH_MAX,
  FIRST_BLOCK,
  INPUT,
  OUTPUT,
  STATE,
  STATE_KEY,
  STATE_NONCE,
} from './wasm/layout.ts';
import { loadWasm } from './wasm/load.ts';

interface Instance {
  readonly memory: Uint8Array;
  readonly seal: (associatedLength: number, dataLength: number) => void;
  readonly open: (associatedLength: number, dataLength: number) => number;
}

/** RFC 8439 section 2.3: "expand 32-byte k". */
const CONSTANTS = Uint8Array.from('expand 32-byte k', (character) => character.charCodeAt(0));

const KEY_LENGTH = 32;
const SOURCE = INPUT + FIRST_BLOCK;
const RESULT = OUTPUT + FIRST_BLOCK;

let shared: Instance | undefined;

/** The one instance of this thread, made on first use; undefined where vectors are missing. */
function instance(): Instance | undefined {
  shared ??= instantiate();
  return shared;
}

/**
 * Makes a key.
 * @param key 32 bytes; copied.
 * @param fallback Serves packets that are longer than the memory, and machines without WebAssembly
 *   vectors.
 */
export function createFastAead(key: Uint8Array, fallback: AeadKey): AeadKey {
  checkLength('a key of chacha20-poly1305', key, KEY_LENGTH);
  const wasm = instance();
  return wasm === undefined ? fallback : new FastAead(wasm, key, fallback);
}

class FastAead implements AeadKey {
  readonly #wasm: Instance;
  readonly #key: Uint8Array;
  readonly #fallback: AeadKey;

  constructor(wasm: Instance, key: Uint8Array, fallback: AeadKey) {
    this.#wasm = wasm;
    this.#key = new Uint8Array(key);
    this.#fallback = fallback;
  }

  // hot: once per packet sent, see bench/crypto.ts.
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
    checkRoom(target, length + TAG_LENGTH);
    this.#load(nonce, associatedData, plaintext);
    this.#wasm.seal(associatedData.length, length);
    target.set(this.#wasm.memory.subarray(RESULT, RESULT + length + TAG_LENGTH));
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
    checkRoom(target, length);
    this.#load(nonce, associatedData, sealed);
    if (this.#wasm.open(associatedData.length, length) === 0) return -1;
    target.set(this.#wasm.memory.subarray(RESULT, RESULT + length));
    return length;
  }

  #load(nonce: Uint8Array, associatedData: Uint8Array, data: Uint8Array): void {
    checkLength('a nonce', nonce, NONCE_LENGTH);
    const { memory } = this.#wasm;
    memory.set(this.#key, STATE_KEY);
    memory.set(nonce, STATE_NONCE);
    memory.set(associatedData, ASSOCIATED);
    memory.set(data, SOURCE);
  }
}

function fits(associatedLength: number, dataLength: number): boolean {
  return associatedLength <= ASSOCIATED_LENGTH_MAX && dataLength <= DATA_LENGTH_MAX;
}

function instantiate(): Instance | undefined {
  const loaded = loadWasm(encodeChacha20Poly1305());
  if (loaded === undefined) return undefined;
  const { exports, memory } = loaded;
  memory.set(CONSTANTS, STATE);
  return {
    memory,
    seal: exports['seal'] as Instance['seal'],
    open: exports['open'] as Instance['open'],
  };
}
