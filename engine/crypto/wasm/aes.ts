/**
 * AES-128 (FIPS 197) for one block as WebAssembly, in constant time: the S-box is not looked up in
 * memory but selected by vector instructions from all 256 bytes each time.
 *
 * `i8x16.swizzle` gives 0 where an index is 16 or more. So each of the sixteen rows of the S-box
 * yields the substitution for the bytes that belong to it and 0 for all others, and the sum over
 * the rows is the result. No address and no branch depends on key or text.
 *
 * ```
 * ROUND_KEYS_OFFSET  176  the key schedule, 11 blocks
 * BLOCK        16  what is encrypted, in place
 * SBOX        256  constants
 * ```
 *
 * @module
 */
import {
  call,
  encodeModule,
  get,
  I32,
  i8x16Shl,
  i8x16ShrS,
  i8x16Sub,
  i8x16Swizzle,
  i32,
  i32Add,
  i32LtU,
  repeatWhile,
  set,
  shuffle,
  tee,
  V128,
  v128And,
  v128Load,
  v128Or,
  v128Store,
  v128Xor,
  type WasmCode,
  type WasmFunction,
} from './assembler.ts';

/** Offsets of the parts, in the order of the drawing above; bytes. */
export const ROUND_KEYS_OFFSET = 0;
export const BLOCK_OFFSET = 176;
export const SBOX_OFFSET = 192;
/** 16 times 16, then 16 times 0x1b. */
const REDUCTION: number = SBOX_OFFSET + 256 + 16;
const SIXTEENS: number = SBOX_OFFSET + 256;
/** The bytes that {@link aesConstants} fills, from {@link SBOX_OFFSET} on. */
const CONSTANTS_LENGTH: number = 256 + 32;

const BLOCK_LENGTH = 16;
const ROUNDS = 10;
const MEMORY_PAGES = 1;

/** FIPS 197 section 5.1.2: byte i is in row r = i mod 4, and comes from r columns further on. */
const SHIFT_ROWS = Array.from({ length: 16 }, (_, index) => (index + 4 * (index & 3)) & 15);

/** The bytes of each column, rotated by `by` places. */
const rotated = (by: number): readonly number[] =>
  Array.from({ length: 16 }, (_, index) => (index & 12) | ((index + by) & 3));

const X = 0;
// Locals of `subBytes`, after its parameter.
const Y = 1;

/** `(x)`: the S-box of all 16 bytes (FIPS 197 section 5.1.1). */
const subBytes: WasmFunction = {
  parameters: [V128],
  results: [V128],
  locals: [[1, V128]],
  body: [
    set(Y, i8x16Swizzle(v128Load(i32(SBOX_OFFSET)), get(X))),
    Array.from({ length: 15 }, (_, row) => [
      // A byte that belonged to an earlier row stays above 15 from here on: it wraps below 256.
      ...set(X, i8x16Sub(get(X), v128Load(i32(SIXTEENS)))),
      ...set(
        Y,
        v128Or(get(Y), i8x16Swizzle(v128Load(i32(SBOX_OFFSET + BLOCK_LENGTH * (row + 1))), get(X))),
      ),
    ]).flat(),
    get(Y),
  ].flat(),
};

const SUB_BYTES = 0;

// Locals of `encrypt`.
const ROUND_KEY = 0;
const STATE = 1;
const DOUBLED = 2;

const shifted: WasmCode = set(STATE, shuffle(get(STATE), get(STATE), SHIFT_ROWS));
const substituted: WasmCode = set(STATE, call(SUB_BYTES, get(STATE)));
const addRoundKey: WasmCode = set(
  STATE,
  v128Xor(get(STATE), v128Load(get(ROUND_KEY), ROUND_KEYS_OFFSET)),
);
const turned = (local: number, by: number): WasmCode =>
  shuffle(get(local), get(local), rotated(by));

/**
 * FIPS 197 section 4.2.1: times x in each byte; a top bit that falls out comes back as 0x1b, by its
 * sign.
 */
const double: WasmCode = set(
  DOUBLED,
  v128Xor(
    i8x16Shl(get(STATE), i32(1)),
    v128And(i8x16ShrS(get(STATE), i32(7)), v128Load(i32(REDUCTION))),
  ),
);

/** FIPS 197 section 5.1.3: 2 s + 3 s<1> + s<2> + s<3>, where <n> rotates a column by n bytes. */
const mixColumns: WasmCode = [
  double,
  set(
    STATE,
    v128Xor(
      v128Xor(v128Xor(get(DOUBLED), turned(DOUBLED, 1)), turned(STATE, 1)),
      v128Xor(turned(STATE, 2), turned(STATE, 3)),
    ),
  ),
].flat();

/** `()`: encrypts the block in place (FIPS 197 section 5.1). */
const encrypt: WasmFunction = {
  parameters: [],
  results: [],
  locals: [
    [1, I32],
    [2, V128],
  ],
  body: [
    set(STATE, v128Load(i32(BLOCK_OFFSET))),
    addRoundKey,
    set(ROUND_KEY, i32(BLOCK_LENGTH)),
    repeatWhile(
      i32LtU(tee(ROUND_KEY, i32Add(get(ROUND_KEY), i32(BLOCK_LENGTH))), i32(ROUNDS * BLOCK_LENGTH)),
      substituted,
      shifted,
      mixColumns,
      addRoundKey,
    ),
    substituted,
    shifted,
    addRoundKey,
    v128Store(i32(BLOCK_OFFSET), get(STATE)),
  ].flat(),
  exportAs: 'encrypt',
};

/** `()`: the S-box of the block in place, for key schedules. */
const substitute: WasmFunction = {
  parameters: [],
  results: [],
  locals: [],
  body: v128Store(i32(BLOCK_OFFSET), call(SUB_BYTES, v128Load(i32(BLOCK_OFFSET)))),
  exportAs: 'substitute',
};

/** The bytes from {@link SBOX_OFFSET} on. @param sbox FIPS 197 figure 7, 256 bytes. */
export function aesConstants(sbox: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(CONSTANTS_LENGTH);
  bytes.set(sbox);
  bytes.fill(16, SIXTEENS - SBOX_OFFSET, REDUCTION - SBOX_OFFSET);
  bytes.fill(0x1b, REDUCTION - SBOX_OFFSET);
  return bytes;
}

/** Encodes the module. */
export function encodeAes(): Uint8Array {
  return encodeModule([subBytes, encrypt, substitute], MEMORY_PAGES);
}
