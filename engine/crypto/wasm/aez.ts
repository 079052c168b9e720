/**
 * AEZ v5 for strings of 32 bytes and more (AEZ-core and AEZ-hash of one nonce, no tag) as
 * WebAssembly: the computation of `../aez/core.ts` over vectors of 128 bits, in place.
 *
 * The AES rounds are look-ups in four tables of 1 kB: not constant time.
 *
 * ```
 * TABLES   4096  SubBytes, ShiftRows and MixColumns merged, four tables of 256 words
 * KEY        48  I, J, L
 * NONCE      16
 * TIMES_L   128  0, L, 2L ... 7L
 * FOUR       64  round keys J, I, L, 0
 * TEN       160  round keys I, J, L, I, J, L, I, J, L, I
 * PADDED     16  the block that is being padded
 * TEXT           the string to encipher, in place
 * ```
 *
 * @module
 */
import {
  call,
  encodeModule,
  extractLane,
  I32,
  i8x16Shuffle,
  i32Add,
  i32And,
  i32Const,
  i32Eqz,
  i32Load,
  i32Load8,
  i32LtU,
  i32Shl,
  i32ShrU,
  i32Store8,
  i32Sub,
  i32Xor,
  i64x2Shl,
  i64x2ShrS,
  ifNonZero,
  localGet,
  localSet,
  localTee,
  repeatWhile,
  replaceLane,
  V128,
  v128And,
  v128Const,
  v128Load,
  v128Store,
  v128Xor,
  type WasmCode,
  type WasmFunction,
} from './assembler.ts';

/** Offset of the tables, bytes; the other parts follow in the order of the drawing above. */
export const AES_TABLES_OFFSET = 0;
/** Offset of the key (I, J, L) in the module's memory, bytes. */
export const AEZ_KEY_OFFSET = 4096;
/** Offset of the nonce in the module's memory, bytes. */
export const AEZ_NONCE_OFFSET: number = AEZ_KEY_OFFSET + 48;
const TIMES_L: number = AEZ_NONCE_OFFSET + 16;
const FOUR: number = TIMES_L + 128;
const TEN: number = FOUR + 64;
const PADDED: number = TEN + 160;
/** Offset of the text in the module's memory, bytes. */
export const AEZ_TEXT_OFFSET = 8192;

/** Longest text that fits, in bytes; masking a fragment may write up to 16 bytes past the end of the fragment. */
export const TEXT_LENGTH_MAX = 122_000;
const MEMORY_PAGES = 2;

const BLOCK = 16;
const PAIR = 32;
const KEY_I = AEZ_KEY_OFFSET;
const KEY_J: number = AEZ_KEY_OFFSET + BLOCK;
const KEY_L: number = AEZ_KEY_OFFSET + 2 * BLOCK;
const ZERO: WasmCode = v128Const([0, 0, 0, 0]);

// Indices of the functions in the module, for calls.
const AES4 = 0;
const AES10 = 1;
const DOUBLE = 2;
const PAD = 3;
const HASH_FRAGMENT = 4;
const SET_KEY = 5;

const at = (address: number): WasmCode => v128Load(i32Const(address));
const four = (block: WasmCode): WasmCode => call(AES4, block);
const ten = (block: WasmCode): WasmCode => call(AES10, block);
const double = (block: WasmCode): WasmCode => call(DOUBLE, block);
const xor = (first: WasmCode, ...others: readonly WasmCode[]): WasmCode =>
  others.reduce(v128Xor, first);

/** Looks up byte `row` of a local in the table of that row. */
function lookUp(local: number, row: number): WasmCode {
  const index =
    row === 0
      ? i32Shl(i32And(localGet(local), i32Const(0xff)), i32Const(2))
      : i32And(i32ShrU(localGet(local), i32Const(8 * row - 2)), i32Const(0x3fc));
  return i32Load(index, AES_TABLES_OFFSET + 1024 * row);
}

/**
 * Encodes one AES round (FIPS 197 section 5.1) from four columns to four others, with a round key
 * from memory.
 */
function roundCode(from: readonly number[], to: readonly number[], key: number): WasmCode {
  return to.flatMap((target, column) => {
    // Section 5.1.2: row r of a column comes from the column r places to the right.
    const rows = [0, 1, 2, 3].map((row) => lookUp(from[(column + row) & 3] as number, row));
    return localSet(target, rows.reduce(i32Xor, i32Load(i32Const(key + 4 * column))));
  });
}

/** `(block) -> block`: AES rounds with the keys at `schedule`; an even number of rounds. */
function aes(rounds: number, schedule: number): WasmFunction {
  // Locals: the block, then two sets of columns.
  const columns = [1, 2, 3, 4];
  const others = [5, 6, 7, 8];
  const body = columns.map((column, index) => localSet(column, extractLane(localGet(0), index)));
  for (let round = 0; round < rounds; round += 2) {
    body.push(roundCode(columns, others, schedule + BLOCK * round));
    body.push(roundCode(others, columns, schedule + BLOCK * (round + 1)));
  }
  const joined = columns.reduce<WasmCode>((vector, column, index) => {
    return replaceLane(vector, index, localGet(column));
  }, localGet(0));
  return {
    parameters: [V128],
    results: [V128],
    locals: [[8, I32]],
    body: [...body.flat(), ...joined],
  };
}

const REVERSED = [15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0];
const SWAPPED = [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7];
/** The carries from the top bits of both halves: 87 for the low half, 1 for the high half. */
const CARRIES: WasmCode = v128Const([0x87, 0, 1, 0]);

/** `(block) -> block`: doubling in GF(2^128) of a big-endian block, without a branch. */
const doubleBlock: WasmFunction = {
  parameters: [V128],
  results: [V128],
  locals: [],
  body: [
    ...localSet(0, i8x16Shuffle(localGet(0), localGet(0), REVERSED)),
    ...localSet(
      0,
      xor(
        i64x2Shl(localGet(0), i32Const(1)),
        v128And(
          i8x16Shuffle(
            localGet(0),
            i64x2ShrS(localGet(0), i32Const(63)),
            SWAPPED.map((byte) => byte + 16),
          ),
          CARRIES,
        ),
      ),
    ),
    ...i8x16Shuffle(localGet(0), localGet(0), REVERSED),
  ],
};

/** `(address, length) -> block`: up to 16 bytes, then 80 00 ... if there is room. */
const pad: WasmFunction = {
  parameters: [I32, I32],
  results: [V128],
  locals: [[1, I32]],
  body: [
    v128Store(i32Const(PADDED), ZERO),
    ifNonZero(
      localGet(1),
      repeatWhile(
        i32LtU(localTee(2, i32Add(localGet(2), i32Const(1))), localGet(1)),
        i32Store8(localGet(2), i32Load8(i32Add(localGet(0), localGet(2))), PADDED),
      ),
    ),
    ifNonZero(i32LtU(localGet(1), i32Const(BLOCK)), i32Store8(localGet(1), i32Const(0x80), PADDED)),
    at(PADDED),
  ].flat(),
};

/** E(0, i) of a block for i = 1 ... 7: the offset is 2I + iL, where `twoI` loads 2I. */
const zeroth = (block: WasmCode, twoI: WasmCode, index: number): WasmCode =>
  four(xor(block, twoI, at(TIMES_L + BLOCK * index)));

/** `(address, length) -> block`: the block that a fragment of 0 ... 31 bytes adds to the sum X or Y. */
const hashFragment: WasmFunction = {
  parameters: [I32, I32],
  results: [V128],
  locals: [[2, V128]],
  body: [
    localSet(2, ZERO),
    localSet(3, double(at(KEY_I))),
    ifNonZero(
      localGet(1),
      ifNonZero(
        i32LtU(localGet(1), i32Const(BLOCK)),
        localSet(2, zeroth(call(PAD, localGet(0), localGet(1)), localGet(3), 4)),
      ),
      // A fragment of exactly one block is padded as well.
      ifNonZero(
        i32Eqz(i32LtU(localGet(1), i32Const(BLOCK))),
        localSet(
          2,
          xor(
            zeroth(v128Load(localGet(0)), localGet(3), 4),
            zeroth(
              call(PAD, i32Add(localGet(0), i32Const(BLOCK)), i32Sub(localGet(1), i32Const(BLOCK))),
              localGet(3),
              5,
            ),
          ),
        ),
      ),
    ),
    localGet(2),
  ].flat(),
};

/** `()`: computes the multiples of L and the round keys from the key. */
const setKey: WasmFunction = {
  parameters: [],
  results: [],
  locals: [],
  body: [
    ...[0, 1, 2, 3, 4, 5, 6, 7].map((factor) => {
      const half = double(at(TIMES_L + BLOCK * (factor >> 1)));
      const odd = xor(half, at(KEY_L));
      const value = factor === 0 ? ZERO : factor === 1 ? at(KEY_L) : factor & 1 ? odd : half;
      return v128Store(i32Const(TIMES_L + BLOCK * factor), value);
    }),
    ...[at(KEY_J), at(KEY_I), at(KEY_L), ZERO].map((key, round) =>
      v128Store(i32Const(FOUR + BLOCK * round), key),
    ),
    ...Array.from({ length: 10 }, (_, round) =>
      v128Store(i32Const(TEN + BLOCK * round), at(AEZ_KEY_OFFSET + BLOCK * (round % 3))),
    ),
  ].flat(),
};

// Locals of `crypt`: direction and length, addresses and an index, then blocks.
const DIRECTION = 0;
const LENGTH = 1;
const PLACE = 2;
const INDEX = 3;
const TAIL = 4;
const FRAGMENT = 5;
const [POWER, BASE, OFFSET, SUM, DELTA, X, Y, S, W, Z, KEY_I_LOCAL, TWO_I] = Array.from(
  { length: 12 },
  (_, index) => 6 + index,
) as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];

/** Loads the multiple of L with the factor `base` plus or minus the direction, which is 0 or 1. */
function timesL(sign: 1 | -1, base: number): WasmCode {
  const factor =
    sign === 1
      ? i32Add(i32Const(base), localGet(DIRECTION))
      : i32Sub(i32Const(base), localGet(DIRECTION));
  return v128Load(i32Shl(factor, i32Const(4)), TIMES_L);
}

/** Runs `pair` for every pair of blocks, with the offset of E(1, i) in OFFSET. */
function forPairs(pair: WasmCode): WasmCode {
  return [
    localSet(PLACE, i32Const(AEZ_TEXT_OFFSET)),
    localSet(INDEX, i32Const(1)),
    localSet(POWER, localGet(TWO_I)),
    localSet(BASE, xor(at(KEY_J), localGet(POWER))),
    localSet(SUM, ZERO),
    ifNonZero(
      i32LtU(localGet(PLACE), i32Sub(localGet(TAIL), localGet(FRAGMENT))),
      repeatWhile(
        i32LtU(
          localTee(PLACE, i32Add(localGet(PLACE), i32Const(PAIR))),
          i32Sub(localGet(TAIL), localGet(FRAGMENT)),
        ),
        localSet(
          OFFSET,
          xor(
            localGet(BASE),
            v128Load(i32Shl(i32And(localGet(INDEX), i32Const(7)), i32Const(4)), TIMES_L),
          ),
        ),
        pair,
        localSet(INDEX, i32Add(localGet(INDEX), i32Const(1))),
        // 2^ceil(i/8) grows at i = 9, 17 ...
        ifNonZero(
          i32Eqz(i32Sub(i32And(localGet(INDEX), i32Const(7)), i32Const(1))),
          localSet(POWER, double(localGet(POWER))),
          localSet(BASE, xor(at(KEY_J), localGet(POWER))),
        ),
      ),
    ),
  ].flat();
}

const first = v128Load(localGet(PLACE));
const second = v128Load(localGet(PLACE), BLOCK);

/** W = a + E(1, i)(b), Z = b + E(0, 0)(W), X += Z; see `../aez/core.ts`. */
const mixPair: WasmCode = [
  localSet(Z, second),
  localSet(W, xor(first, four(xor(localGet(Z), localGet(OFFSET))))),
  localSet(Z, xor(localGet(Z), four(xor(localGet(W), localGet(KEY_I_LOCAL))))),
  v128Store(localGet(PLACE), localGet(W)),
  v128Store(localGet(PLACE), localGet(Z), BLOCK),
  localSet(SUM, xor(localGet(SUM), localGet(Z))),
].flat();

/** t = E(2, i)(S) masks W and Z; second = W + E(0, 0)(Z), first = Z + E(1, i)(second), Y += W. */
const unmixPair: WasmCode = [
  // Here S holds S + J + 2J, so that the offset of E(1, i) serves E(2, i) too.
  localSet(Z, four(xor(localGet(S), localGet(OFFSET)))),
  localSet(W, xor(first, localGet(Z))),
  localSet(Z, xor(second, localGet(Z))),
  localSet(SUM, xor(localGet(SUM), localGet(W))),
  localSet(W, xor(localGet(W), four(xor(localGet(Z), localGet(KEY_I_LOCAL))))),
  v128Store(localGet(PLACE), localGet(W), BLOCK),
  v128Store(localGet(PLACE), xor(localGet(Z), four(xor(localGet(W), localGet(OFFSET))))),
].flat();

const fragmentAt: WasmCode = i32Sub(localGet(TAIL), localGet(FRAGMENT));
const fragmentSum: WasmCode = call(HASH_FRAGMENT, fragmentAt, localGet(FRAGMENT));
const jAndTwoJ: WasmCode = xor(at(KEY_J), double(at(KEY_J)));

/** Masks a block of the fragment; bytes that this changes past the fragment's end are overwritten by the tail later. */
const maskFragment = (block: number): WasmCode =>
  v128Store(
    fragmentAt,
    xor(
      v128Load(fragmentAt, BLOCK * block),
      ten(xor(localGet(S), at(TIMES_L + BLOCK * (4 + block)))),
    ),
    BLOCK * block,
  );

/** `(direction, length)`: enciphers (0) or deciphers (1) the text, 32 bytes or more, in place. */
const crypt: WasmFunction = {
  parameters: [I32, I32],
  results: [],
  locals: [
    [4, I32],
    [12, V128],
  ],
  body: [
    call(SET_KEY),
    localSet(KEY_I_LOCAL, at(KEY_I)),
    localSet(TWO_I, double(at(KEY_I))),
    localSet(TAIL, i32Add(i32Const(AEZ_TEXT_OFFSET - PAIR), localGet(LENGTH))),
    localSet(FRAGMENT, i32And(localGet(LENGTH), i32Const(PAIR - 1))),
    // AEZ-hash: E(3, 1)(0) + E(4, 1)(nonce).
    localSet(OFFSET, xor(localGet(TWO_I), at(KEY_L))),
    localSet(W, double(at(KEY_J))),
    localSet(
      DELTA,
      xor(
        four(xor(localGet(OFFSET), localGet(W), at(KEY_J))),
        four(xor(localGet(OFFSET), double(localGet(W)), at(AEZ_NONCE_OFFSET))),
      ),
    ),
    forPairs(mixPair),
    localSet(X, xor(localGet(DELTA), localGet(SUM), fragmentSum)),
    localSet(Y, v128Load(localGet(TAIL), BLOCK)),
    localSet(
      X,
      xor(
        localGet(X),
        v128Load(localGet(TAIL)),
        four(xor(localGet(Y), localGet(TWO_I), timesL(1, 1))),
      ),
    ),
    localSet(Y, xor(localGet(Y), ten(xor(localGet(X), timesL(1, 1))))),
    localSet(S, xor(localGet(X), localGet(Y), jAndTwoJ)),
    forPairs(unmixPair),
    localSet(S, xor(localGet(X), localGet(Y))),
    ifNonZero(localGet(FRAGMENT), maskFragment(0), maskFragment(1)),
    localSet(SUM, xor(localGet(SUM), fragmentSum)),
    localSet(X, xor(localGet(X), ten(xor(localGet(Y), timesL(-1, 2))))),
    localSet(
      Y,
      xor(
        localGet(Y),
        localGet(DELTA),
        localGet(SUM),
        four(xor(localGet(X), localGet(TWO_I), timesL(-1, 2))),
      ),
    ),
    // The last two blocks are exchanged.
    v128Store(localGet(TAIL), localGet(Y)),
    v128Store(localGet(TAIL), localGet(X), BLOCK),
  ].flat(),
  exportAs: 'crypt',
};

/** Encodes the WebAssembly module for AEZ, made at load and never stored. */
export function encodeAezModule(): Uint8Array {
  const functions = [aes(4, FOUR), aes(10, TEN), doubleBlock, pad, hashFragment, setKey, crypt];
  return encodeModule(functions, MEMORY_PAGES);
}
