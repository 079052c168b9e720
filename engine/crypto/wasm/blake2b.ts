/**
 * The compression function of BLAKE2b (RFC 7693 section 3.2) as WebAssembly with 64-bit words. No
 * look-ups and no branches, so its time does not depend on the data.
 *
 * @module
 */
import {
  I32,
  I64,
  i32Const,
  i64Add,
  i64ExtendI32S,
  i64ExtendI32U,
  i64Load,
  i64Rotr,
  i64Store,
  i64Xor,
  localGet,
  localSet,
  type WasmCode,
  type WasmFunction,
} from './assembler.ts';

const ROUNDS = 12;
const STATE_WORDS = 8;
const WORDS = 16;
const WORD_LENGTH = 8;

/** The order of the message words in each round, two words for each G (RFC 7693 section 2.7). */
const SIGMA: readonly (readonly number[])[] = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
  [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
  [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
  [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
  [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
  [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
  [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
  [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
  [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];

/** Indices of the four variables of each G of a round: first the columns, then the diagonals (RFC 7693 section 3.2). */
const MIXES: readonly (readonly [number, number, number, number])[] = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
];

// Locals: parameters first, then the sixteen variables.
const STATE = 0;
const BLOCK = 1;
const COUNT = 2;
const FINAL = 3;
const VARIABLES = 4;

const variable = (index: number): WasmCode => localGet(VARIABLES + index);
const message = (index: number): WasmCode => i64Load(localGet(BLOCK), WORD_LENGTH * index);

/** Encodes the mixing function G with the rotations 32, 24, 16 and 63 (RFC 7693 section 3.1). */
function mix(
  [a, b, c, d]: readonly [number, number, number, number],
  x: WasmCode,
  y: WasmCode,
): WasmCode {
  const half = (word: WasmCode, first: number, second: number): WasmCode => [
    ...localSet(VARIABLES + a, i64Add(i64Add(variable(a), variable(b)), word)),
    ...localSet(VARIABLES + d, i64Rotr(i64Xor(variable(d), variable(a)), wide(first))),
    ...localSet(VARIABLES + c, i64Add(variable(c), variable(d))),
    ...localSet(VARIABLES + b, i64Rotr(i64Xor(variable(b), variable(c)), wide(second))),
  ];
  return [...half(x, 32, 24), ...half(y, 16, 63)];
}

const wide = (bits: number): WasmCode => i64ExtendI32U(i32Const(bits));

/**
 * Makes the function `(state, block, count, final)` that compresses the 128 bytes at `block` into the 64 bytes at
 * `state`. `count` is the number of bytes hashed so far, including these; `final` is -1 for the last block, else 0.
 * @param start Address of the initial state.
 */
export function blake2bCompress(start: number): WasmFunction {
  const body: WasmCode[] = [];
  for (let word = 0; word < STATE_WORDS; word++) {
    body.push(localSet(VARIABLES + word, i64Load(localGet(STATE), WORD_LENGTH * word)));
    const constant = i64Load(i32Const(start), WORD_LENGTH * word);
    body.push(localSet(VARIABLES + STATE_WORDS + word, constant));
  }
  body.push(localSet(VARIABLES + 12, i64Xor(variable(12), i64ExtendI32U(localGet(COUNT)))));
  body.push(localSet(VARIABLES + 14, i64Xor(variable(14), i64ExtendI32S(localGet(FINAL)))));
  for (let round = 0; round < ROUNDS; round++) {
    const sigma = SIGMA[round % SIGMA.length] as readonly number[];
    for (const [index, places] of MIXES.entries()) {
      const x = message(sigma[2 * index] as number);
      const y = message(sigma[2 * index + 1] as number);
      body.push(mix(places, x, y));
    }
  }
  for (let word = 0; word < STATE_WORDS; word++) {
    const old = i64Load(localGet(STATE), WORD_LENGTH * word);
    const sum = i64Xor(i64Xor(old, variable(word)), variable(word + STATE_WORDS));
    body.push(i64Store(localGet(STATE), sum, WORD_LENGTH * word));
  }
  return {
    parameters: [I32, I32, I32, I32],
    results: [],
    locals: [[WORDS, I64]],
    body: body.flat(),
    exportAs: 'blake2bCompress',
  };
}
