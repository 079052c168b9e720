/**
 * TurboSHAKE128 (RFC 9861 section 2) over a permutation in WebAssembly, assembled at the first call
 * from `wasm/`: OpenSSL has no such function, and JavaScript has no 64-bit integers.
 *
 * Constant time: rotations, AND and XOR. All calls of a thread share one memory, which is wiped
 * after each. Machines without WebAssembly take the fallback.
 *
 * @module
 */
import { wipeRange } from '../core/secrets.ts';
import type { CryptoProvider } from '../host/crypto.ts';
import { checkDomain, checkOutputLength } from './lengths.ts';
import { encodeModule } from './wasm/assembler.ts';
import { KECCAK_STATE_LENGTH, keccakAbsorb, roundConstants } from './wasm/keccak.ts';
import { loadWasm, once } from './wasm/load.ts';

/** RFC 9861 section 2.2: bytes of a block; the capacity is 256 bits. */
const RATE = 168;

// Offsets in memory, in bytes. CONSTANTS stays; NOTHING, a block of zeros for squeezing, too.
const CONSTANTS = 0;
const NOTHING = 128;
const STATE = 384;
const MESSAGE = 640;
/** Blocks of a message that lie in memory at a time. */
const BLOCKS = 48;
const PAGES = 1;

interface Instance {
  readonly memory: Uint8Array;
  readonly absorb: (state: number, block: number) => void;
}

type TurboShake = CryptoProvider['turboShake128'];

const instance = once(instantiate);

/** The fast function, or `fallback` where there is no WebAssembly. */
export function fastTurboShake(fallback: TurboShake): TurboShake {
  return (data, request) => {
    checkDomain(request.domain);
    checkOutputLength(request.length);
    const wasm = instance();
    if (wasm === undefined) return fallback(data, request);
    absorbAll(wasm, data, request.domain);
    const output = squeeze(wasm, request.length);
    wipeRange(wasm.memory, STATE, STATE + KECCAK_STATE_LENGTH);
    wipeRange(wasm.memory, MESSAGE, MESSAGE + Math.min(data.length + RATE, BLOCKS * RATE));
    return output;
  };
}

/** RFC 9861 section 2.2: the message, the domain byte, zeros, and the last bit of the last block. */
function absorbAll({ memory, absorb }: Instance, data: Uint8Array, domain: number): void {
  const room = BLOCKS * RATE;
  let from = 0;
  for (; data.length - from >= room; from += room) {
    memory.set(data.subarray(from, from + room), MESSAGE);
    for (let block = 0; block < BLOCKS; block++) absorb(STATE, MESSAGE + block * RATE);
  }
  const rest = data.length - from;
  const end = (Math.floor(rest / RATE) + 1) * RATE;
  memory.set(data.subarray(from), MESSAGE);
  wipeRange(memory, MESSAGE + rest, MESSAGE + end);
  memory[MESSAGE + rest] = domain;
  memory[MESSAGE + end - 1] = (memory[MESSAGE + end - 1] as number) ^ 0x80;
  for (let at = 0; at < end; at += RATE) absorb(STATE, MESSAGE + at);
}

// hot: a vector of field elements is drawn from one seed.
function squeeze({ memory, absorb }: Instance, length: number): Uint8Array {
  const output = new Uint8Array(length);
  for (let at = 0; at < length; at += RATE) {
    if (at > 0) absorb(STATE, NOTHING);
    output.set(memory.subarray(STATE, STATE + Math.min(RATE, length - at)), at);
  }
  return output;
}

function instantiate(): Instance | undefined {
  const loaded = loadWasm(encodeModule([keccakAbsorb(RATE, CONSTANTS)], PAGES));
  if (loaded === undefined) return undefined;
  const { exports, memory } = loaded;
  memory.set(roundConstants(), CONSTANTS);
  return { memory, absorb: exports['absorb'] as Instance['absorb'] };
}
