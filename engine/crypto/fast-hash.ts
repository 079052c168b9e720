/**
 * HKDF-Expand with SHA-256 and BLAKE2Xb over compression functions in WebAssembly, assembled at load
 * from `wasm/`: what OpenSSL gives only at the price of two objects a call, or not at all.
 *
 * Constant time: additions, rotations and XOR. One memory for all calls of a thread, which is wiped
 * after each. What does not fit it, and machines without WebAssembly, take the fallback.
 *
 * @module
 */
import type { CryptoProvider } from '../host/crypto.ts';
import { extend, type Parameters, startState } from './hash/blake2xb.ts';
import { CUBE_ROOTS, SQUARE_ROOTS } from './hash/roots.ts';
import { checkHkdfLength } from './lengths.ts';
import { encodeModule } from './wasm/assembler.ts';
import { blake2bCompress } from './wasm/blake2b.ts';
import { loadWasm } from './wasm/load.ts';
import { sha256Compress } from './wasm/sha256.ts';

/** The primitives that this file makes faster. */
type FastHashes = Pick<CryptoProvider, 'hkdfExpandSha256' | 'blake2xb'>;

// Offsets in memory, in bytes. START holds constants; the rest is wiped after each call.
const START = 0;
const STATE = 64;
const INNER = 128;
const OUTER = 160;
const MESSAGE = 192;
const MESSAGE_LENGTH_MAX = 8_192;
const PAGES = 1;

const SHA256_BLOCK = 64;
const SHA256_LENGTH = 32;
const BLAKE2B_BLOCK = 128;
/** Padding of SHA-256: a bit and the length (FIPS 180-4 section 5.1.1). */
const SHA256_PADDING = 9;

interface Instance {
  readonly memory: Uint8Array;
  readonly view: DataView;
  readonly sha256Compress: (state: number, block: number) => void;
  readonly blake2bCompress: (state: number, block: number, count: number, final: number) => void;
}

let shared: Instance | undefined;

/** The fast functions, or those of `fallback` where there is no WebAssembly. */
export function fastHashes(fallback: FastHashes): FastHashes {
  shared ??= instantiate();
  const wasm = shared;
  if (wasm === undefined) return fallback;
  return {
    hkdfExpandSha256: (input): Uint8Array => {
      const { key, info = new Uint8Array(0), length } = input;
      checkHkdfLength(length, SHA256_LENGTH);
      const isLong = key.length > SHA256_BLOCK || info.length > MESSAGE_LENGTH_MAX / 2;
      return isLong ? fallback.hkdfExpandSha256(input) : expand(wasm, { key, info, length });
    },
    blake2xb: (data, length, key = new Uint8Array(0)) =>
      data.length > MESSAGE_LENGTH_MAX / 2
        ? fallback.blake2xb(data, length, key)
        : extend((...one) => blake2b(wasm, ...one), { message: data, length, key }),
  };
}

function instantiate(): Instance | undefined {
  // The high words of SHA-512's constants are those of SHA-256 (FIPS 180-4 section 4.2.2).
  const constants = CUBE_ROOTS.filter((_, index) => index % 2 === 0);
  const code = encodeModule([sha256Compress(constants), blake2bCompress(START)], PAGES);
  const loaded = loadWasm(code);
  if (loaded === undefined) return undefined;
  const { exports, memory } = loaded;
  const view = new DataView(memory.buffer);
  for (let word = 0; word < SQUARE_ROOTS.length; word += 2) {
    view.setInt32(START + 4 * word, SQUARE_ROOTS[word + 1] as number, true);
    view.setInt32(START + 4 * word + 4, SQUARE_ROOTS[word] as number, true);
  }
  return {
    memory,
    view,
    sha256Compress: exports['sha256Compress'] as Instance['sha256Compress'],
    blake2bCompress: exports['blake2bCompress'] as Instance['blake2bCompress'],
  };
}

/** RFC 5869 section 2.3: T(i) = HMAC(key, T(i-1) || info || i). */
function expand(
  wasm: Instance,
  { key, info, length }: { key: Uint8Array; info: Uint8Array; length: number },
): Uint8Array {
  const { memory } = wasm;
  keyState(wasm, { state: INNER, key, pad: 0x36 });
  keyState(wasm, { state: OUTER, key, pad: 0x5c });
  const output = new Uint8Array(length);
  let last = 0;
  for (let at = 0; at < length; at += SHA256_LENGTH) {
    memory.copyWithin(MESSAGE, STATE, STATE + last);
    memory.set(info, MESSAGE + last);
    memory[MESSAGE + last + info.length] = at / SHA256_LENGTH + 1;
    memory.copyWithin(STATE, INNER, INNER + SHA256_LENGTH);
    finishSha256(wasm, last + info.length + 1);
    memory.copyWithin(MESSAGE, STATE, STATE + SHA256_LENGTH);
    memory.copyWithin(STATE, OUTER, OUTER + SHA256_LENGTH);
    finishSha256(wasm, SHA256_LENGTH);
    output.set(memory.subarray(STATE, STATE + Math.min(SHA256_LENGTH, length - at)), at);
    last = SHA256_LENGTH;
  }
  memory.fill(0, STATE, MESSAGE + last + info.length + 2 * SHA256_BLOCK);
  return output;
}

/** RFC 2104: the state after the block of the key and `pad`. */
function keyState(
  { memory, view, sha256Compress: compress }: Instance,
  { state, key, pad }: { state: number; key: Uint8Array; pad: number },
): void {
  memory.fill(pad, MESSAGE, MESSAGE + SHA256_BLOCK);
  for (let index = 0; index < key.length; index++) {
    memory[MESSAGE + index] = pad ^ (key[index] as number);
  }
  for (let word = 0; word < SHA256_LENGTH / 4; word++) {
    view.setInt32(state + 4 * word, SQUARE_ROOTS[2 * word] as number);
  }
  compress(state, MESSAGE);
}

/** Pads the message at MESSAGE, which follows one block of key, and takes it into STATE. */
function finishSha256({ memory, view, sha256Compress: compress }: Instance, length: number): void {
  const blocks = Math.ceil((length + SHA256_PADDING) / SHA256_BLOCK);
  const end = MESSAGE + blocks * SHA256_BLOCK;
  memory.fill(0, MESSAGE + length, end);
  memory[MESSAGE + length] = 0x80;
  view.setUint32(end - 4, 8 * (SHA256_BLOCK + length));
  for (let at = MESSAGE; at < end; at += SHA256_BLOCK) compress(STATE, at);
}

/** RFC 7693 section 3.3 with a parameter block of its own. */
function blake2b(
  { memory, view, blake2bCompress: compress }: Instance,
  message: Uint8Array,
  key: Uint8Array,
  parameters: Parameters,
): Uint8Array {
  const state = startState(parameters);
  for (let word = 0; word < state.length; word += 2) {
    view.setInt32(STATE + 4 * word, state[word + 1] as number, true);
    view.setInt32(STATE + 4 * word + 4, state[word] as number, true);
  }
  // A key fills a block of its own, in front.
  const keyed = key.length > 0 ? BLAKE2B_BLOCK : 0;
  const total = keyed + message.length;
  const padded = Math.max(1, Math.ceil(total / BLAKE2B_BLOCK)) * BLAKE2B_BLOCK;
  memory.fill(0, MESSAGE, MESSAGE + padded);
  memory.set(key, MESSAGE);
  memory.set(message, MESSAGE + keyed);
  for (let at = 0; at < padded; at += BLAKE2B_BLOCK) {
    const isLast = at + BLAKE2B_BLOCK === padded;
    compress(STATE, MESSAGE + at, isLast ? total : at + BLAKE2B_BLOCK, isLast ? -1 : 0);
  }
  const digest = memory.slice(STATE, STATE + parameters.digestLength);
  memory.fill(0, STATE, MESSAGE + padded);
  return digest;
}
