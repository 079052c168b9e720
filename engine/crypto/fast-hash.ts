/**
 * HKDF-Expand with SHA-256, and BLAKE2Xb, over compression functions in WebAssembly, assembled at
 * load from `wasm/`. OpenSSL needs two objects per call for the first and lacks the second.
 *
 * Constant time: additions, rotations and XOR. All calls of a thread share one memory, which is
 * wiped after each call. Inputs that do not fit into it, and machines without WebAssembly, take the fallback.
 *
 * @module
 */
import { wipeRange } from '../core/secrets.ts';
import type { CryptoProvider } from '../host/crypto.ts';
import { type Blake2bParameters, blake2xbWith } from './hash/blake2xb.ts';
import { CUBE_ROOT_FRACTIONS, SQUARE_ROOT_FRACTIONS } from './hash/roots.ts';
import { checkExpandKey, checkHkdfLength } from './lengths.ts';
import { encodeModule } from './wasm/assembler.ts';
import { blake2bCompress } from './wasm/blake2b.ts';
import { loadWasm, memoiseResult } from './wasm/load.ts';
import { sha256Compress } from './wasm/sha256.ts';

/** The two primitives of the crypto provider that this file replaces by faster ones. */
type FastHashes = Pick<CryptoProvider, 'hkdfExpandSha256' | 'blake2xb'>;

// Offsets in memory, in bytes. START and SHA256_START hold constants; the rest is wiped after use.
const START = 0;
const SHA256_START = 64;
const STATE = 128;
/** Offsets of the two states of HMAC after the key block: of the inner hash and of the outer hash. */
const INNER = 192;
const OUTER = 224;
/** Offset of the key block and, once that is hashed, of the outer message of HMAC. */
const BLOCK = 256;
/** Offsets of the inner messages of HMAC: of T(1), and of every later T(i). */
const FIRST = 320;
const NEXT = 1_024;
const INFO_LENGTH_MAX = 512;
/** Offset of the message that BLAKE2b hashes. */
const MESSAGE = 320;
const MESSAGE_LENGTH_MAX = 8_192;
const PAGES = 1;

const SHA256_BLOCK = 64;
const SHA256_LENGTH = 32;
const BLAKE2B_BLOCK = 128;
const DIGEST_LENGTH = 64;
/** Least padding of SHA-256, in bytes: one byte with a one bit, eight with the length (FIPS 180-4 section 5.1.1). */
const SHA256_PADDING = 9;

interface Instance {
  readonly memory: Uint8Array;
  readonly view: DataView;
  readonly sha256Compress: (source: number, target: number, block: number) => void;
  readonly blake2bCompress: (state: number, block: number, count: number, final: number) => void;
}

const instance = memoiseResult(instantiate);

/**
 * Makes HKDF-Expand and BLAKE2Xb functions that run in WebAssembly; returns the functions of
 * `fallback` where there is no WebAssembly. The first call assembles the module. Most processes
 * never make that call, and assembling the module would take a twentieth of their start-up time.
 */
export function createFastHashes(fallback: FastHashes): FastHashes {
  return {
    hkdfExpandSha256: (input): Uint8Array => {
      const { key, info = new Uint8Array(0), length } = input;
      checkExpandKey(key);
      checkHkdfLength(length, SHA256_LENGTH);
      const isLong = key.length > SHA256_BLOCK || info.length > INFO_LENGTH_MAX;
      const wasm = isLong ? undefined : instance();
      return wasm === undefined
        ? fallback.hkdfExpandSha256(input)
        : expand(wasm, { key, info, length });
    },
    blake2xb: (data, length, key = new Uint8Array(0)): Uint8Array => {
      const wasm = data.length > MESSAGE_LENGTH_MAX ? undefined : instance();
      return wasm === undefined
        ? fallback.blake2xb(data, length, key)
        : blake2xbWith((...one) => blake2b(wasm, ...one), { message: data, length, key });
    },
  };
}

function instantiate(): Instance | undefined {
  // Every second word, the high half, is a constant of SHA-256 (FIPS 180-4 section 4.2.2).
  const constants = CUBE_ROOT_FRACTIONS.filter((_, index) => index % 2 === 0);
  const code = encodeModule([sha256Compress(constants), blake2bCompress(START)], PAGES);
  const loaded = loadWasm(code);
  if (loaded === undefined) return undefined;
  const { exports, memory } = loaded;
  const view = new DataView(memory.buffer);
  for (let word = 0; word < SQUARE_ROOT_FRACTIONS.length; word += 2) {
    view.setInt32(START + 4 * word, SQUARE_ROOT_FRACTIONS[word + 1] as number, true);
    view.setInt32(START + 4 * word + 4, SQUARE_ROOT_FRACTIONS[word] as number, true);
    view.setInt32(SHA256_START + 2 * word, SQUARE_ROOT_FRACTIONS[word] as number);
  }
  return {
    memory,
    view,
    sha256Compress: exports['sha256Compress'] as Instance['sha256Compress'],
    blake2bCompress: exports['blake2bCompress'] as Instance['blake2bCompress'],
  };
}

/** Computes the output blocks T(i) = HMAC(key, T(i-1) || info || i) of HKDF-Expand (RFC 5869 section 2.3). */
// hot: once per packet and hop; each digest is written to where the next message needs it.
function expand(
  wasm: Instance,
  { key, info, length }: { key: Uint8Array; info: Uint8Array; length: number },
): Uint8Array {
  const { memory, sha256Compress: compress } = wasm;
  compressKey(wasm, INNER, key, 0x36);
  compressKey(wasm, OUTER, key, 0x5c);
  memory.set(info, FIRST);
  memory.set(info, NEXT + SHA256_LENGTH);
  const firstEnd = pad(wasm, FIRST, info.length + 1);
  const nextEnd = pad(wasm, NEXT, SHA256_LENGTH + info.length + 1);
  pad(wasm, BLOCK, SHA256_LENGTH);
  const output = new Uint8Array(length);
  for (let count = 1; (count - 1) * SHA256_LENGTH < length; count++) {
    const isFirst = count === 1;
    const message = isFirst ? FIRST : NEXT;
    memory[message + (isFirst ? 0 : SHA256_LENGTH) + info.length] = count;
    hashInner(wasm, message, isFirst ? firstEnd : nextEnd);
    compress(OUTER, NEXT, BLOCK);
    const left = length - (count - 1) * SHA256_LENGTH;
    const block = memory.subarray(NEXT, NEXT + Math.min(SHA256_LENGTH, left));
    output.set(block, (count - 1) * SHA256_LENGTH);
  }
  wipeRange(memory, STATE, nextEnd);
  return output;
}

/** Leaves at `state` the SHA-256 state after the block (key XOR `padding`), with which an HMAC begins (RFC 2104). */
function compressKey(wasm: Instance, state: number, key: Uint8Array, padding: number): void {
  const { memory } = wasm;
  memory.fill(padding, BLOCK, BLOCK + SHA256_BLOCK);
  for (let index = 0; index < key.length; index++) {
    memory[BLOCK + index] = padding ^ (key[index] as number);
  }
  wasm.sha256Compress(SHA256_START, state, BLOCK);
}

/** Computes the inner hash, from the state after the key, into the outer message. */
function hashInner({ sha256Compress: compress }: Instance, message: number, end: number): void {
  let source = INNER;
  let at = message;
  for (; at + SHA256_BLOCK < end; at += SHA256_BLOCK) {
    compress(source, STATE, at);
    source = STATE;
  }
  compress(source, BLOCK, at);
}

/**
 * Pads a message that follows one key block (FIPS 180-4 section 5.1.1).
 * @returns the end of its last block.
 */
function pad({ memory, view }: Instance, message: number, length: number): number {
  const blocks = Math.ceil((length + SHA256_PADDING) / SHA256_BLOCK);
  const end = message + blocks * SHA256_BLOCK;
  wipeRange(memory, message + length, end);
  memory[message + length] = 0x80;
  view.setUint32(end - 4, 8 * (SHA256_BLOCK + length));
  return end;
}

/** BLAKE2b with a key and the given parameter block (RFC 7693 section 3.3). */
function blake2b(
  { memory, view, blake2bCompress: compress }: Instance,
  message: Uint8Array,
  key: Uint8Array,
  parameters: Blake2bParameters,
): Uint8Array {
  // BLAKE2X draft, section 2.1: XORs the parameter block into the initial state, 32 bits at a time.
  memory.copyWithin(STATE, START, START + DIGEST_LENGTH);
  const { digestLength, keyLength, fanout, depth } = parameters;
  const add = (offset: number, value: number): void =>
    view.setInt32(STATE + offset, view.getInt32(STATE + offset, true) ^ value, true);
  add(0, digestLength | (keyLength << 8) | (fanout << 16) | (depth << 24));
  add(4, parameters.leafLength);
  add(8, parameters.nodeOffset);
  add(12, parameters.outputLength);
  add(16, parameters.innerLength << 8);
  // A key occupies a separate block before the message.
  const keyed = key.length > 0 ? BLAKE2B_BLOCK : 0;
  const total = keyed + message.length;
  const padded = Math.max(1, Math.ceil(total / BLAKE2B_BLOCK)) * BLAKE2B_BLOCK;
  wipeRange(memory, MESSAGE, MESSAGE + padded);
  memory.set(key, MESSAGE);
  memory.set(message, MESSAGE + keyed);
  for (let at = 0; at < padded; at += BLAKE2B_BLOCK) {
    const isLast = at + BLAKE2B_BLOCK === padded;
    compress(STATE, MESSAGE + at, isLast ? total : at + BLAKE2B_BLOCK, isLast ? -1 : 0);
  }
  const digest = memory.slice(STATE, STATE + parameters.digestLength);
  wipeRange(memory, STATE, MESSAGE + padded);
  return digest;
}
