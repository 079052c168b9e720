/**
 * AEZ v5 over WebAssembly that is assembled at load from `wasm/aez.ts`. Not constant time: AES
 * rounds are table look-ups.
 *
 * All keys of a thread share one memory, wiped after each call. Strings shorter than 32 bytes, very
 * long ones, and machines without WebAssembly vectors take the JavaScript of `aez/`.
 *
 * @module
 */
import { wipe, wipeRange } from '../core/secrets.ts';
import type { WideBlockCipher } from '../host/crypto.ts';
import { Aez } from './aez/aez.ts';
import { BLOCK_PAIR_LENGTH } from './aez/core.ts';
import { AES_ROUND_TABLES as AES_TABLES } from './aez/rounds.ts';
import { AEZ_KEY_LENGTH } from './aez/tweaked-aes.ts';
import { checkLength } from './lengths.ts';
import {
  AES_TABLES_OFFSET,
  AEZ_KEY_OFFSET,
  AEZ_NONCE_OFFSET,
  AEZ_TEXT_OFFSET,
  encodeAezModule,
  TEXT_LENGTH_MAX,
} from './wasm/aez.ts';
import { loadWasm, memoiseResult } from './wasm/load.ts';

const NONCE_LENGTH = 16;
const ENCIPHER = 0;
const DECIPHER = 1;

interface Instance {
  readonly memory: Uint8Array;
  readonly crypt: (direction: number, length: number) => void;
}

const instance = memoiseResult(instantiate);

/**
 * Makes an AEZ cipher that runs in WebAssembly, or in JavaScript where there is none.
 * @param key 48 bytes; copied.
 */
export function createFastAez(key: Uint8Array): WideBlockCipher {
  checkLength('an AEZ key', key, AEZ_KEY_LENGTH);
  const shared = instance();
  return shared === undefined ? new Aez(key) : new FastAez(shared, key);
}

class FastAez implements WideBlockCipher {
  readonly #wasm: Instance;
  readonly #key: Uint8Array;

  constructor(wasm: Instance, key: Uint8Array) {
    this.#wasm = wasm;
    this.#key = new Uint8Array(key);
  }

  encipher(nonce: Uint8Array, text: Uint8Array): void {
    if (isHere(nonce, text)) this.#run(ENCIPHER, nonce, text);
    else new Aez(this.#key).encipher(nonce, text);
  }

  decipher(nonce: Uint8Array, text: Uint8Array): void {
    if (isHere(nonce, text)) this.#run(DECIPHER, nonce, text);
    else new Aez(this.#key).decipher(nonce, text);
  }

  wipe(): void {
    wipe(this.#key);
  }

  // hot: once per packet and hop.
  #run(direction: number, nonce: Uint8Array, text: Uint8Array): void {
    const { memory, crypt } = this.#wasm;
    memory.set(this.#key, AEZ_KEY_OFFSET);
    memory.set(nonce, AEZ_NONCE_OFFSET);
    memory.set(text, AEZ_TEXT_OFFSET);
    crypt(direction, text.length);
    text.set(memory.subarray(AEZ_TEXT_OFFSET, AEZ_TEXT_OFFSET + text.length));
    wipeRange(memory, AEZ_KEY_OFFSET, AEZ_TEXT_OFFSET + text.length + BLOCK_PAIR_LENGTH);
  }
}

function isHere(nonce: Uint8Array, text: Uint8Array): boolean {
  return (
    nonce.length === NONCE_LENGTH &&
    text.length >= BLOCK_PAIR_LENGTH &&
    text.length <= TEXT_LENGTH_MAX
  );
}

function instantiate(): Instance | undefined {
  const loaded = loadWasm(encodeAezModule());
  if (loaded === undefined) return undefined;
  const { exports, memory } = loaded;
  const view = new DataView(memory.buffer);
  // The tables of `aez/rounds.ts`, with big-endian words: the bytes of a column in order.
  AES_TABLES.forEach((table, row) => {
    table.forEach((word, index) => {
      view.setInt32(AES_TABLES_OFFSET + 1024 * row + 4 * index, word);
    });
  });
  return { memory, crypt: exports['crypt'] as Instance['crypt'] };
}
