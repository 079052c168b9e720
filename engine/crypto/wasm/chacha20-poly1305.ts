/**
 * ChaCha20-Poly1305 (RFC 8439 section 2.8) as one WebAssembly module: `seal` and `open` over the
 * memory of `layout.ts`.
 *
 * @module
 */
import {
  call,
  encodeModule,
  I32,
  i32Add,
  i32Const,
  i32Eqz,
  i32ShrU,
  i32Store,
  i64ExtendI32U,
  i64Store,
  localGet,
  localSet,
  V128,
  v128AnyTrue,
  v128Const,
  v128Load,
  v128Store,
  v128Xor,
  type WasmCode,
  type WasmFunction,
} from './assembler.ts';
import { BLOCK_GROUP_LENGTH, chacha20XorGroups } from './chacha20.ts';
import {
  ASSOCIATED_DATA_OFFSET,
  FIRST_BLOCK_BYTES,
  INPUT_OFFSET,
  LENGTHS_OFFSET,
  MEMORY_PAGES,
  OUTPUT_OFFSET,
  STATE_COUNTER_OFFSET,
} from './layout.ts';
import { poly1305Finish, poly1305Start, poly1305Update } from './poly1305.ts';

// Indices of the functions in the module, for calls.
const CHACHA20 = 0;
const POLY_START = 1;
const POLY_UPDATE = 2;
const POLY_FINISH = 3;

// Parameters and locals of `seal` and `open`, both lengths in bytes.
const ASSOCIATED_LENGTH = 0;
const DATA_LENGTH = 1;
const RECEIVED_TAG = 2;

const ZERO = v128Const([0, 0, 0, 0]);
const SOURCE = INPUT_OFFSET + FIRST_BLOCK_BYTES;
const RESULT = OUTPUT_OFFSET + FIRST_BLOCK_BYTES;

/** The number of 16-byte blocks that the bytes counted by a local fill; the last block is padded. */
const blockCount = (local: number): WasmCode =>
  i32ShrU(i32Add(localGet(local), i32Const(15)), i32Const(4));

const groups: WasmCode = i32ShrU(
  i32Add(localGet(DATA_LENGTH), i32Const(FIRST_BLOCK_BYTES + BLOCK_GROUP_LENGTH - 1)),
  i32Const(8),
);

/** XORs the key stream from counter 0 into the input; block 0, over zeros, is the Poly1305 key at OUTPUT. */
const encrypt: WasmCode = [
  i32Store(i32Const(STATE_COUNTER_OFFSET), i32Const(0)),
  call(CHACHA20, i32Const(INPUT_OFFSET), i32Const(OUTPUT_OFFSET), groups),
].flat();

/**
 * Encodes the MAC over associated data and ciphertext, both padded with zeros, and their lengths
 * (RFC 8439 section 2.8).
 */
function authenticate(ciphertext: number): WasmCode {
  return [
    v128Store(localGet(ASSOCIATED_LENGTH), ZERO, ASSOCIATED_DATA_OFFSET),
    v128Store(localGet(DATA_LENGTH), ZERO, ciphertext),
    i64Store(i32Const(LENGTHS_OFFSET), i64ExtendI32U(localGet(ASSOCIATED_LENGTH))),
    i64Store(i32Const(LENGTHS_OFFSET), i64ExtendI32U(localGet(DATA_LENGTH)), 8),
    call(POLY_START),
    call(POLY_UPDATE, i32Const(ASSOCIATED_DATA_OFFSET), blockCount(ASSOCIATED_LENGTH)),
    call(POLY_UPDATE, i32Const(ciphertext), blockCount(DATA_LENGTH)),
    call(POLY_UPDATE, i32Const(LENGTHS_OFFSET), i32Const(1)),
    call(POLY_FINISH, i32Add(i32Const(ciphertext), localGet(DATA_LENGTH))),
  ].flat();
}

/** `(associatedLength, dataLength)`: leaves ciphertext and tag after OUTPUT's first block. */
const seal: WasmFunction = {
  parameters: [I32, I32],
  results: [],
  locals: [],
  body: [...encrypt, ...authenticate(RESULT)],
  exportAs: 'seal',
};

/** `(associatedLength, dataLength)`: returns 1 and leaves the plaintext after OUTPUT's first block, or returns 0. */
const open: WasmFunction = {
  parameters: [I32, I32],
  results: [I32],
  locals: [[1, V128]],
  body: [
    localSet(RECEIVED_TAG, v128Load(localGet(DATA_LENGTH), SOURCE)),
    encrypt,
    authenticate(SOURCE),
    // One comparison of all 16 bytes: its time does not show where they differ.
    i32Eqz(v128AnyTrue(v128Xor(localGet(RECEIVED_TAG), v128Load(localGet(DATA_LENGTH), SOURCE)))),
  ].flat(),
  exportAs: 'open',
};

/** Encodes the WebAssembly module for ChaCha20-Poly1305: about 4 kB, made at load and never stored. */
export function encodeChacha20Poly1305Module(): Uint8Array {
  return encodeModule(
    [chacha20XorGroups, poly1305Start, poly1305Update, poly1305Finish, seal, open],
    MEMORY_PAGES,
  );
}
