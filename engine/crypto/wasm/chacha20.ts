/**
 * ChaCha20 (RFC 8439 section 2.3) as WebAssembly with 128-bit vectors: four blocks at a time, word i
 * of the four states in one vector.
 *
 * @module
 */
import {
  I32,
  i8x16Shuffle,
  i32Add,
  i32Const,
  i32Load,
  i32Store,
  i32Sub,
  i32x4Add,
  i32x4Shl,
  i32x4ShrU,
  localGet,
  localSet,
  localTee,
  repeatWhile,
  SHUFFLE_HIGH_HALVES,
  SHUFFLE_LOW_HALVES,
  V128,
  v128Const,
  v128Load,
  v128Load32Splat,
  v128Or,
  v128Store,
  v128Xor,
  type WasmCode,
  type WasmFunction,
} from './assembler.ts';
import { STATE_COUNTER_OFFSET, STATE_OFFSET } from './layout.ts';

/** Bytes of key stream that one turn of the loop makes: four blocks. */
export const BLOCK_GROUP_LENGTH = 256;

/** The constants at the start of the state: the text "expand 32-byte k" (RFC 8439 section 2.3). */
export const CHACHA20_CONSTANTS: Uint8Array = Uint8Array.from('expand 32-byte k', (character) =>
  character.charCodeAt(0),
);

const BLOCK_LENGTH = 64;
const GROUP_BLOCKS = 4;
const DOUBLE_ROUNDS = 10;
const COUNTER_WORD = 12;

// Locals: parameters first, then the double-round counter, 16 words, 4 temporaries.
const SOURCE = 0;
const TARGET = 1;
const GROUPS = 2;
const ROUND = 3;
const WORD = 4;
const TEMP = 20;

const word = (index: number): number => WORD + index;

/** Byte indices of shuffles that rotate each 32-bit lane to the left, by 16 and by 8 bits. */
const ROTATE_16 = [2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13];
const ROTATE_8 = [3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14];

function rotateBytes(value: WasmCode, order: readonly number[]): WasmCode {
  return i8x16Shuffle(localTee(TEMP, value), localGet(TEMP), order);
}

function rotateBits(value: WasmCode, bits: number): WasmCode {
  return v128Or(
    i32x4Shl(localTee(TEMP, value), i32Const(bits)),
    i32x4ShrU(localGet(TEMP), i32Const(32 - bits)),
  );
}

const addTo = (target: number, source: number): WasmCode =>
  localSet(target, i32x4Add(localGet(target), localGet(source)));

const mixed = (left: number, right: number): WasmCode => v128Xor(localGet(left), localGet(right));

/** The quarter round of RFC 8439 section 2.1, on the words a, b, c, d of four states at once. */
function quarterRound(a: number, b: number, c: number, d: number): WasmCode {
  return [
    addTo(a, b),
    localSet(d, rotateBytes(mixed(d, a), ROTATE_16)),
    addTo(c, d),
    localSet(b, rotateBits(mixed(b, c), 12)),
    addTo(a, b),
    localSet(d, rotateBytes(mixed(d, a), ROTATE_8)),
    addTo(c, d),
    localSet(b, rotateBits(mixed(b, c), 7)),
  ].flat();
}

/** Encodes a double round: four quarter rounds on columns, four on diagonals (RFC 8439 section 2.3). */
function doubleRound(): WasmCode {
  const rounds: WasmCode[] = [];
  for (let column = 0; column < 4; column++) {
    rounds.push(quarterRound(word(column), word(4 + column), word(8 + column), word(12 + column)));
  }
  for (let column = 0; column < 4; column++) {
    rounds.push(
      quarterRound(
        word(column),
        word(4 + ((column + 1) % 4)),
        word(8 + ((column + 2) % 4)),
        word(12 + ((column + 3) % 4)),
      ),
    );
  }
  return rounds.flat();
}

/**
 * Word `index` of the initial states, in all lanes; if it is the counter, it increases by one from lane to lane.
 */
function initialWord(index: number): WasmCode {
  const same = v128Load32Splat(i32Const(STATE_OFFSET + 4 * index));
  return index === COUNTER_WORD ? i32x4Add(same, v128Const([0, 1, 2, 3])) : same;
}

const WORDS = Array.from({ length: 16 }, (_, index) => index);

const LOW_WORDS = [0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23];
const HIGH_WORDS = [8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31];

const interleave = (left: number, right: number, order: readonly number[]): WasmCode =>
  i8x16Shuffle(localGet(left), localGet(right), order);

/** Transposes words 4q … 4q+3 of four states and XORs them into 16 bytes of each block. */
function writeQuarter(quarter: number): WasmCode {
  const first = word(4 * quarter);
  const rows: WasmCode = [
    localSet(TEMP, interleave(first, first + 1, LOW_WORDS)),
    localSet(TEMP + 1, interleave(first, first + 1, HIGH_WORDS)),
    localSet(TEMP + 2, interleave(first + 2, first + 3, LOW_WORDS)),
    localSet(TEMP + 3, interleave(first + 2, first + 3, HIGH_WORDS)),
  ].flat();
  const blocks = [
    interleave(TEMP, TEMP + 2, SHUFFLE_LOW_HALVES),
    interleave(TEMP, TEMP + 2, SHUFFLE_HIGH_HALVES),
    interleave(TEMP + 1, TEMP + 3, SHUFFLE_LOW_HALVES),
    interleave(TEMP + 1, TEMP + 3, SHUFFLE_HIGH_HALVES),
  ].map((stream, block) => {
    const offset = BLOCK_LENGTH * block + 16 * quarter;
    return v128Store(localGet(TARGET), v128Xor(stream, v128Load(localGet(SOURCE), offset)), offset);
  });
  return [...rows, ...blocks.flat()];
}

const advance = (local: number, step: number): WasmCode =>
  localSet(local, i32Add(localGet(local), i32Const(step)));

const group: WasmCode = [
  ...WORDS.map((index) => localSet(word(index), initialWord(index))),
  localSet(ROUND, i32Const(DOUBLE_ROUNDS)),
  repeatWhile(localTee(ROUND, i32Sub(localGet(ROUND), i32Const(1))), doubleRound()),
  ...WORDS.map((index) =>
    localSet(word(index), i32x4Add(localGet(word(index)), initialWord(index))),
  ),
  ...[0, 1, 2, 3].map(writeQuarter),
  i32Store(
    i32Const(STATE_COUNTER_OFFSET),
    i32Add(i32Load(i32Const(STATE_COUNTER_OFFSET)), i32Const(GROUP_BLOCKS)),
  ),
  advance(SOURCE, BLOCK_GROUP_LENGTH),
  advance(TARGET, BLOCK_GROUP_LENGTH),
].flat();

/** `(source, target, groups)`: XORs `groups` times 256 bytes of key stream; groups >= 1. */
export const chacha20XorGroups: WasmFunction = {
  parameters: [I32, I32, I32],
  results: [],
  locals: [
    [1, I32],
    [20, V128],
  ],
  body: repeatWhile(localTee(GROUPS, i32Sub(localGet(GROUPS), i32Const(1))), group),
};
