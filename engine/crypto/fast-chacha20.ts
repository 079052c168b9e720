/**
 * ChaCha20 (RFC 8439 section 2.4) over WebAssembly that is assembled at load from `wasm/`, for
 * short data: making a cipher object of Node costs more than the key stream, and the garbage
 * collector must later free the object.
 *
 * Constant time: additions, rotations and XOR. All keys of a thread share one memory, which is
 * wiped before each call returns. Longer data, and machines without WebAssembly vectors, take
 * `fallback`.
 *
 * @module
 */
import { wipeRange } from '../core/secrets.ts';
import type { CryptoProvider } from '../host/crypto.ts';
import { checkChachaCounter, checkLength, NONCE_LENGTH } from './lengths.ts';
import { encodeModule } from './wasm/assembler.ts';
import { BLOCK_GROUP_LENGTH, CHACHA20_CONSTANTS, chacha20XorGroups } from './wasm/chacha20.ts';
import {
  INPUT_OFFSET,
  MEMORY_PAGES,
  OUTPUT_OFFSET,
  STATE_COUNTER_OFFSET,
  STATE_KEY_OFFSET,
  STATE_NONCE_OFFSET,
  STATE_OFFSET,
} from './wasm/layout.ts';
import { loadWasm, memoiseResult } from './wasm/load.ts';

interface Instance {
  readonly memory: Uint8Array;
  readonly view: DataView;
  readonly encrypt: (source: number, target: number, groups: number) => void;
}

type Stream = CryptoProvider['chacha20'];

const KEY_LENGTH = 32;
/** Longest data for the module, in bytes; above it OpenSSL is faster, even though it needs an object per call. */
const DATA_LENGTH_MAX = 1_024;

const instance = memoiseResult(instantiate);

/** Makes a ChaCha20 function that runs in WebAssembly; what the module cannot do goes to `fallback`. */
export function createFastChacha20(fallback: Stream): Stream {
  return (key, nonce, counter, data) => {
    checkLength('a ChaCha20 key', key, KEY_LENGTH);
    checkLength('a nonce', nonce, NONCE_LENGTH);
    checkChachaCounter(counter, data.length);
    const wasm = data.length <= DATA_LENGTH_MAX ? instance() : undefined;
    if (wasm === undefined) return fallback(key, nonce, counter, data);
    const { memory, view } = wasm;
    memory.set(key, STATE_KEY_OFFSET);
    view.setUint32(STATE_COUNTER_OFFSET, counter, true);
    memory.set(nonce, STATE_NONCE_OFFSET);
    memory.set(data, INPUT_OFFSET);
    // The loop of the module always runs once, so empty data take one group, too.
    const groups = Math.max(1, Math.ceil(data.length / BLOCK_GROUP_LENGTH));
    wasm.encrypt(INPUT_OFFSET, OUTPUT_OFFSET, groups);
    const result = memory.slice(OUTPUT_OFFSET, OUTPUT_OFFSET + data.length);
    wipeRange(memory, STATE_KEY_OFFSET, STATE_NONCE_OFFSET + NONCE_LENGTH);
    wipeRange(memory, INPUT_OFFSET, INPUT_OFFSET + data.length);
    wipeRange(memory, OUTPUT_OFFSET, OUTPUT_OFFSET + groups * BLOCK_GROUP_LENGTH);
    return result;
  };
}

function instantiate(): Instance | undefined {
  const code = encodeModule([{ ...chacha20XorGroups, exportAs: 'chacha20' }], MEMORY_PAGES);
  const loaded = loadWasm(code);
  if (loaded === undefined) return undefined;
  const { exports, memory } = loaded;
  memory.set(CHACHA20_CONSTANTS, STATE_OFFSET);
  return {
    memory,
    view: new DataView(memory.buffer),
    encrypt: exports['chacha20'] as Instance['encrypt'],
  };
}
