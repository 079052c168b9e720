/**
 * Poly1305 (RFC 8439 section 2.5) as WebAssembly: limbs of 32 bits in 64-bit integers.
 *
 * The clamp of r clears the top four bits of each of its words and the low two bits of three of
 * them, so sums of products stay below 2^64 and 5 r / 4 is an integer; no multiplication is wider
 * than that.
 *
 * @module
 */
import {
  I32,
  I64,
  i32Add,
  i32Const,
  i32Sub,
  i64Add,
  i64And,
  i64Const,
  i64Load32,
  i64Mul,
  i64ShrU,
  i64Store32,
  ifNonZero,
  localGet,
  localSet,
  localTee,
  repeatWhile,
  type WasmCode,
  type WasmFunction,
} from './assembler.ts';
import { OUTPUT_OFFSET, POLY_H_OFFSET, POLY_R_OFFSET } from './layout.ts';

const BLOCK_LENGTH = 16;
const MASK_32 = 0xffff_ffff;

/** The masks by which r is clamped, one for each 32-bit word (RFC 8439 section 2.5). */
const CLAMP = [0x0fff_ffff, 0x0fff_fffc, 0x0fff_fffc, 0x0fff_fffc];

// Locals of `update`.
const POINTER = 0;
const COUNT = 1;
const R = 2;
/**
 * 5 r / 4 for each word of r: 2^130 is 5 modulo 2^130 - 5, so a product with a weight of 2^128 or more is multiplied by
 * 5 / 4 and has its weight divided by 2^128.
 */
const S = 6;
const H = 10;
const X = 15;
const LOW = 20;

const low = (value: WasmCode): WasmCode => i64And(value, i64Const(MASK_32));
const high = (value: WasmCode): WasmCode => i64ShrU(value, i64Const(32));
const sum = (...terms: readonly WasmCode[]): WasmCode =>
  terms.reduce((left, right) => i64Add(left, right));
const product = (left: number, right: number): WasmCode => i64Mul(localGet(left), localGet(right));

/** Loads r, its multiples and h. */
const loadState: WasmCode = [
  ...[0, 1, 2, 3].map((index) =>
    localSet(R + index, i64Load32(i32Const(POLY_R_OFFSET + 4 * index))),
  ),
  // (r0 >> 2) * 5 loses the two low bits of r0; `LOW` adds their part of the product below.
  localSet(S, i64Mul(i64ShrU(localGet(R), i64Const(2)), i64Const(5))),
  ...[1, 2, 3].map((index) =>
    localSet(S + index, i64Add(localGet(R + index), i64ShrU(localGet(R + index), i64Const(2)))),
  ),
  localSet(LOW, i64And(localGet(R), i64Const(3))),
  ...[0, 1, 2, 3, 4].map((index) =>
    localSet(H + index, i64Load32(i32Const(POLY_H_OFFSET + 4 * index))),
  ),
].flat();

/** Adds the block and 2^128 to h; carries are not yet propagated. */
const addBlock: WasmCode = [
  ...[0, 1, 2, 3].map((index) =>
    localSet(H + index, i64Add(localGet(H + index), i64Load32(localGet(POINTER), 4 * index))),
  ),
  localSet(H + 4, i64Add(localGet(H + 4), i64Const(1))),
].flat();

/** Row `index` of h * r modulo 2^130 - 5. */
function row(index: number): WasmCode {
  const terms = [0, 1, 2, 3, 4].map((limb) =>
    product(H + limb, limb <= index ? R + index - limb : S + 4 + index - limb),
  );
  return terms.reduce((left, right) => i64Add(left, right));
}

/** Multiplies h by r and propagates carries once; the highest word of h keeps a few bits above 2^128. */
const multiply: WasmCode = [
  ...[0, 1, 2, 3].map((index) => localSet(X + index, row(index))),
  localSet(X + 4, i64Add(i64Mul(localGet(H + 4), localGet(LOW)), high(localGet(X + 3)))),
  localSet(H, i64Add(i64Mul(i64ShrU(localGet(X + 4), i64Const(2)), i64Const(5)), low(localGet(X)))),
  localSet(H + 1, sum(high(localGet(H)), low(localGet(X + 1)), high(localGet(X)))),
  localSet(H + 2, sum(high(localGet(H + 1)), low(localGet(X + 2)), high(localGet(X + 1)))),
  localSet(H + 3, sum(high(localGet(H + 2)), low(localGet(X + 3)), high(localGet(X + 2)))),
  localSet(H + 4, i64Add(high(localGet(H + 3)), i64And(localGet(X + 4), i64Const(3)))),
  ...[0, 1, 2, 3].map((index) => localSet(H + index, low(localGet(H + index)))),
].flat();

/** `(pointer, count)`: absorbs `count` whole blocks of 16 bytes; none when count is 0. */
export const poly1305Update: WasmFunction = {
  parameters: [I32, I32],
  results: [],
  locals: [[LOW + 1 - R, I64]],
  body: ifNonZero(
    localGet(COUNT),
    loadState,
    repeatWhile(
      localTee(COUNT, i32Sub(localGet(COUNT), i32Const(1))),
      addBlock,
      multiply,
      localSet(POINTER, i32Add(localGet(POINTER), i32Const(BLOCK_LENGTH))),
    ),
    [0, 1, 2, 3, 4].flatMap((index) =>
      i64Store32(i32Const(POLY_H_OFFSET + 4 * index), localGet(H + index)),
    ),
  ),
};

/** `()`: takes r from key stream block 0 (RFC 8439 section 2.6), clamps it and clears h. */
export const poly1305Start: WasmFunction = {
  parameters: [],
  results: [],
  locals: [],
  body: [
    ...CLAMP.map((mask, index) =>
      i64Store32(
        i32Const(POLY_R_OFFSET + 4 * index),
        i64And(i64Load32(i32Const(OUTPUT_OFFSET + 4 * index)), i64Const(mask)),
      ),
    ),
    ...[0, 1, 2, 3, 4].map((index) => i64Store32(i32Const(POLY_H_OFFSET + 4 * index), i64Const(0))),
  ].flat(),
};

const TAG_POINTER = 0;
const CARRY = 1;
const limb = (index: number): WasmCode => i64Load32(i32Const(POLY_H_OFFSET + 4 * index));

/** `(target)`: writes (h mod 2^130 - 5) + s modulo 2^128 as the 16-byte tag. */
export const poly1305Finish: WasmFunction = {
  parameters: [I32],
  results: [],
  locals: [[1, I64]],
  body: [
    // Adding 5 carries into bit 130 exactly when h >= 2^130 - 5.
    localSet(CARRY, i64Add(limb(0), i64Const(5))),
    ...[1, 2, 3, 4].map((index) => localSet(CARRY, i64Add(high(localGet(CARRY)), limb(index)))),
    localSet(CARRY, i64Mul(i64ShrU(localGet(CARRY), i64Const(2)), i64Const(5))),
    ...[0, 1, 2, 3].flatMap((index) => [
      localSet(
        CARRY,
        sum(localGet(CARRY), limb(index), i64Load32(i32Const(OUTPUT_OFFSET + 16 + 4 * index))),
      ),
      i64Store32(localGet(TAG_POINTER), localGet(CARRY), 4 * index),
      localSet(CARRY, high(localGet(CARRY))),
    ]),
  ].flat(),
};
