/**
 * AES-128 (FIPS 197) for one block as WebAssembly, in constant time: the S-box is not looked up in
 * memory but selected by vector instructions from all 256 bytes each time.
 *
 * `i8x16.swizzle` gives 0 where an index is 16 or more. So each of the sixteen rows of the S-box
 * yields the substitution for the bytes whose values are in that row and 0 for all other bytes; the sum over
 * the rows is the result. No address and no branch depends on key or text.
 *
 * ```
 * ROUND_KEYS_OFFSET  176  the key schedule, 11 blocks
 * BLOCK        16  the block to encrypt, in place
 * SBOX        256  constants
 * ```
 *
 * @module
 */
import {
  call,
  encodeModule,
  I32,
  i8x16Shl,
  i8x16ShrS,
  i8x16Shuffle,
  i8x16Sub,
  i8x16Swizzle,
  i32Add,
  i32Const,
  i32LtU,
  localGet,
  localSet,
  localTee,
  repeatWhile,
  V128,
  v128And,
  v128Load,
  v128Or,
  v128Store,
  v128Xor,
  type WasmCode,
  type WasmFunction,
} from './assembler.ts';

/** Offset of the key schedule in the module's memory, bytes. */
export const ROUND_KEYS_OFFSET = 0;
/** Offset of the block to encrypt in the module's memory, bytes. */
export const BLOCK_OFFSET = 176;
/** Offset of the S-box in the module's memory, bytes. */
export const SBOX_OFFSET = 192;
/** Offsets of two vectors of constants: each byte of the first is 0x1b, each byte of the second is 16. */
const REDUCTION: number = SBOX_OFFSET + 256 + 16;
const SIXTEENS: number = SBOX_OFFSET + 256;
/** The bytes that {@link aesConstants} fills, from {@link SBOX_OFFSET} on. */
const CONSTANTS_LENGTH: number = 256 + 32;

const BLOCK_LENGTH = 16;
const ROUNDS = 10;
const MEMORY_PAGES = 1;

/**
 * ShiftRows as byte indices: byte i is in row r = i mod 4, and comes from r columns further on
 * (FIPS 197 section 5.1.2).
 */
const SHIFT_ROWS = Array.from({ length: 16 }, (_, index) => (index + 4 * (index & 3)) & 15);

/** The bytes of each column, rotated by `by` places. */
const rotated = (by: number): readonly number[] =>
  Array.from({ length: 16 }, (_, index) => (index & 12) | ((index + by) & 3));

const X = 0;
// Locals of `subBytes`, after its parameter.
const Y = 1;

/** `(x) -> x`: applies the S-box to all 16 bytes (FIPS 197 section 5.1.1). */
const subBytes: WasmFunction = {
  parameters: [V128],
  results: [V128],
  locals: [[1, V128]],
  body: [
    localSet(Y, i8x16Swizzle(v128Load(i32Const(SBOX_OFFSET)), localGet(X))),
    Array.from({ length: 15 }, (_, row) => [
      // A byte whose row came earlier stays above 15 from here on, because the difference wraps to 240 or more.
      ...localSet(X, i8x16Sub(localGet(X), v128Load(i32Const(SIXTEENS)))),
      ...localSet(
        Y,
        v128Or(
          localGet(Y),
          i8x16Swizzle(v128Load(i32Const(SBOX_OFFSET + BLOCK_LENGTH * (row + 1))), localGet(X)),
        ),
      ),
    ]).flat(),
    localGet(Y),
  ].flat(),
};

const SUB_BYTES = 0;

// Locals of `encrypt`.
const ROUND_KEY = 0;
const STATE = 1;
const DOUBLED = 2;

const shifted: WasmCode = localSet(
  STATE,
  i8x16Shuffle(localGet(STATE), localGet(STATE), SHIFT_ROWS),
);
const substituted: WasmCode = localSet(STATE, call(SUB_BYTES, localGet(STATE)));
const addRoundKey: WasmCode = localSet(
  STATE,
  v128Xor(localGet(STATE), v128Load(localGet(ROUND_KEY), ROUND_KEYS_OFFSET)),
);
const turned = (local: number, by: number): WasmCode =>
  i8x16Shuffle(localGet(local), localGet(local), rotated(by));

/**
 * Multiplies each byte by x (FIPS 197 section 4.2.1). If the top bit is shifted out, 0x1b is added, by a mask made
 * from the sign.
 */
const double: WasmCode = localSet(
  DOUBLED,
  v128Xor(
    i8x16Shl(localGet(STATE), i32Const(1)),
    v128And(i8x16ShrS(localGet(STATE), i32Const(7)), v128Load(i32Const(REDUCTION))),
  ),
);

/** MixColumns: 2 s + 3 s<1> + s<2> + s<3>, where <n> rotates a column by n bytes (FIPS 197 section 5.1.3). */
const mixColumns: WasmCode = [
  double,
  localSet(
    STATE,
    v128Xor(
      v128Xor(v128Xor(localGet(DOUBLED), turned(DOUBLED, 1)), turned(STATE, 1)),
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
    localSet(STATE, v128Load(i32Const(BLOCK_OFFSET))),
    addRoundKey,
    localSet(ROUND_KEY, i32Const(BLOCK_LENGTH)),
    repeatWhile(
      i32LtU(
        localTee(ROUND_KEY, i32Add(localGet(ROUND_KEY), i32Const(BLOCK_LENGTH))),
        i32Const(ROUNDS * BLOCK_LENGTH),
      ),
      substituted,
      shifted,
      mixColumns,
      addRoundKey,
    ),
    substituted,
    shifted,
    addRoundKey,
    v128Store(i32Const(BLOCK_OFFSET), localGet(STATE)),
  ].flat(),
  exportAs: 'encrypt',
};

/** `()`: applies the S-box to the block in place, for key schedules. */
const substitute: WasmFunction = {
  parameters: [],
  results: [],
  locals: [],
  body: v128Store(i32Const(BLOCK_OFFSET), call(SUB_BYTES, v128Load(i32Const(BLOCK_OFFSET)))),
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

/** Encodes the WebAssembly module for AES-128. */
export function encodeAesModule(): Uint8Array {
  return encodeModule([subBytes, encrypt, substitute], MEMORY_PAGES);
}
