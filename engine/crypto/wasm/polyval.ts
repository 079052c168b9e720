/**
 * POLYVAL (RFC 8452 section 3) as WebAssembly, in constant time: products of polynomials over
 * GF(2) by integer multiplication of numbers of which only every fourth bit is used, so that no carry reaches the next
 * used bit.
 *
 * ```
 * POLYVAL_KEY_OFFSET   16  H
 * POLYVAL_SUM_OFFSET   16  S_(j-1), then S_j
 * POLYVAL_BLOCKS_OFFSET    the blocks
 * ```
 *
 * @module
 */
import {
  call,
  encodeModule,
  I32,
  I64,
  i32Add,
  i32Const,
  i32Sub,
  i64And,
  i64Const,
  i64Load,
  i64Mul,
  i64Or,
  i64Shl,
  i64ShrU,
  i64Store,
  i64Xor,
  localGet,
  localSet,
  localTee,
  repeatWhile,
  type WasmCode,
  type WasmFunction,
} from './assembler.ts';

/** Offset of the key in memory, bytes. */
export const POLYVAL_KEY_OFFSET = 0;
/** Offset of the sum in memory, bytes. */
export const POLYVAL_SUM_OFFSET = 16;
/** Offset of the blocks in memory, bytes. */
export const POLYVAL_BLOCKS_OFFSET = 32;

const BLOCK_LENGTH = 16;
const MEMORY_PAGES = 1;
const MASK_32 = 0xffff_ffff;

/** The sum of polynomials over GF(2). */
const sum = (terms: readonly WasmCode[]): WasmCode =>
  terms.reduce((left, right) => i64Xor(left, right));
const low = (value: WasmCode): WasmCode => i64And(value, i64Const(MASK_32));
const high = (value: WasmCode): WasmCode => i64ShrU(value, i64Const(32));

/** Mask of every fourth of 32 bits, beginning with bit `from`. */
const every4th = (from: number): WasmCode => i64Const(0x1111_1111 * 2 ** from);
/** Mask of every fourth of 64 bits, beginning with bit `from`. */
const every4thOf64 = (from: number): WasmCode =>
  i64Or(i64Shl(every4th(from), i64Const(32)), every4th(from));

const LEFT = 0;
const RIGHT = 1;
// Locals of `times32`: the bits of each factor, split by their index modulo 4.
const LEFT_BITS = 2;
const RIGHT_BITS = 6;
const PLACES = [0, 1, 2, 3];

/**
 * `(left, right)`: the product of two polynomials of 32 bits. Eight bits of each factor are multiplied at a time, so at
 * most eight products are added in one bit; the three unused bits above it hold the carry.
 */
const times32: WasmFunction = {
  parameters: [I64, I64],
  results: [I64],
  locals: [[8, I64]],
  body: [
    ...PLACES.flatMap((place) => [
      ...localSet(LEFT_BITS + place, i64And(localGet(LEFT), every4th(place))),
      ...localSet(RIGHT_BITS + place, i64And(localGet(RIGHT), every4th(place))),
    ]),
    ...PLACES.map((place) => {
      const products = PLACES.map((one) =>
        i64Mul(localGet(LEFT_BITS + one), localGet(RIGHT_BITS + ((place - one) & 3))),
      );
      return i64And(sum(products), every4thOf64(place));
    }).reduce((left, right) => i64Or(left, right)),
  ],
};

const TIMES_32 = 0;

// Locals of `absorb`: the parameters; H and S as two halves of 64 bits each; three products of 128 bits; temporaries.
const POINTER = 0;
const COUNT = 1;
const KEY = 2;
const SUM = 4;
const LOW = 6;
const HIGH = 8;
const MIDDLE = 10;
const FOLDED = 12;
const CROSS = 14;
const LOCALS = 13;

/** Multiplies two polynomials of 64 bits by Karatsuba's rule; the product is in two locals from `target` on. */
function times64(target: number, left: number, right: number): WasmCode {
  const [a, b] = [localGet(left), localGet(right)];
  return [
    ...localSet(target, call(TIMES_32, low(a), low(b))),
    ...localSet(target + 1, call(TIMES_32, high(a), high(b))),
    ...localSet(CROSS, call(TIMES_32, i64Xor(low(a), high(a)), i64Xor(low(b), high(b)))),
    ...localSet(CROSS, sum([localGet(CROSS), localGet(target), localGet(target + 1)])),
    ...localSet(target, i64Xor(localGet(target), i64Shl(localGet(CROSS), i64Const(32)))),
    ...localSet(target + 1, i64Xor(localGet(target + 1), i64ShrU(localGet(CROSS), i64Const(32)))),
  ];
}

/** The product of S and H, 256 bits: LOW, LOW + 1, HIGH, HIGH + 1. */
const multiply: WasmCode = [
  ...times64(LOW, SUM, KEY),
  ...times64(HIGH, SUM + 1, KEY + 1),
  ...localSet(FOLDED, i64Xor(localGet(SUM), localGet(SUM + 1))),
  ...localSet(FOLDED + 1, i64Xor(localGet(KEY), localGet(KEY + 1))),
  ...times64(MIDDLE, FOLDED, FOLDED + 1),
  ...[0, 1].flatMap((half) =>
    localSet(
      MIDDLE + half,
      sum([localGet(MIDDLE + half), localGet(LOW + half), localGet(HIGH + half)]),
    ),
  ),
  ...localSet(LOW + 1, i64Xor(localGet(LOW + 1), localGet(MIDDLE))),
  ...localSet(HIGH, i64Xor(localGet(HIGH), localGet(MIDDLE + 1))),
];

/**
 * Divides by x^64: adds the multiple of the polynomial of RFC 8452 section 3 that clears `from`, the lowest 64 bits;
 * `next` and `after` are the next two groups of 64 bits.
 */
function fold(from: number, next: number, after: number): WasmCode {
  const v = localGet(from);
  const [up, down] = [[63, 62, 57] as const, [0, 1, 2, 7] as const];
  return [
    ...localSet(next, sum([localGet(next), ...up.map((by) => i64Shl(v, i64Const(by)))])),
    ...localSet(after, sum([localGet(after), ...down.map((by) => i64ShrU(v, i64Const(by)))])),
  ];
}

/** `(pointer, count)`: absorbs `count` blocks, at least one, into the sum S. */
const absorb: WasmFunction = {
  parameters: [I32, I32],
  results: [],
  locals: [[LOCALS, I64]],
  body: [
    ...[0, 1].flatMap((half) => [
      ...localSet(KEY + half, i64Load(i32Const(POLYVAL_KEY_OFFSET + 8 * half))),
      ...localSet(SUM + half, i64Load(i32Const(POLYVAL_SUM_OFFSET + 8 * half))),
    ]),
    ...repeatWhile(
      localTee(COUNT, i32Sub(localGet(COUNT), i32Const(1))),
      [0, 1].flatMap((half) =>
        localSet(SUM + half, i64Xor(localGet(SUM + half), i64Load(localGet(POINTER), 8 * half))),
      ),
      multiply,
      fold(LOW, LOW + 1, HIGH),
      fold(LOW + 1, HIGH, HIGH + 1),
      localSet(SUM, localGet(HIGH)),
      localSet(SUM + 1, localGet(HIGH + 1)),
      localSet(POINTER, i32Add(localGet(POINTER), i32Const(BLOCK_LENGTH))),
    ),
    ...[0, 1].flatMap((half) =>
      i64Store(i32Const(POLYVAL_SUM_OFFSET + 8 * half), localGet(SUM + half)),
    ),
  ],
  exportAs: 'absorb',
};

/** Encodes the WebAssembly module for POLYVAL. */
export function encodePolyvalModule(): Uint8Array {
  return encodeModule([times32, absorb], MEMORY_PAGES);
}
