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
  get,
  I32,
  I64,
  i32,
  i32Add,
  i32Sub,
  i64,
  i64Add,
  i64And,
  i64Load32,
  i64Mul,
  i64ShrU,
  i64Store32,
  repeatWhile,
  set,
  tee,
  type WasmCode,
  type WasmFunction,
  when,
} from './assembler.ts';
import { OUTPUT_OFFSET, POLY_H_OFFSET, POLY_R_OFFSET } from './layout.ts';

const BLOCK_LENGTH = 16;
const MASK_32 = 0xffff_ffff;

/** RFC 8439 section 2.5: the clamp of r, by 32-bit words. */
const CLAMP = [0x0fff_ffff, 0x0fff_fffc, 0x0fff_fffc, 0x0fff_fffc];

// Locals of `update`.
const POINTER = 0;
const COUNT = 1;
const R = 2;
/**
 * 5 r / 4 of each word of r: what wraps around 2^130 comes back times 5, and 2^128 is a quarter of
 * that.
 */
const S = 6;
const H = 10;
const X = 15;
const LOW = 20;

const low = (value: WasmCode): WasmCode => i64And(value, i64(MASK_32));
const high = (value: WasmCode): WasmCode => i64ShrU(value, i64(32));
const sum = (...terms: readonly WasmCode[]): WasmCode =>
  terms.reduce((left, right) => i64Add(left, right));
const product = (left: number, right: number): WasmCode => i64Mul(get(left), get(right));

/** Loads r, its multiples and h. */
const loadState: WasmCode = [
  ...[0, 1, 2, 3].map((index) => set(R + index, i64Load32(i32(POLY_R_OFFSET + 4 * index)))),
  // (r0 >> 2) * 5 drops the low bits of r0; `LOW` makes up for them below.
  set(S, i64Mul(i64ShrU(get(R), i64(2)), i64(5))),
  ...[1, 2, 3].map((index) =>
    set(S + index, i64Add(get(R + index), i64ShrU(get(R + index), i64(2)))),
  ),
  set(LOW, i64And(get(R), i64(3))),
  ...[0, 1, 2, 3, 4].map((index) => set(H + index, i64Load32(i32(POLY_H_OFFSET + 4 * index)))),
].flat();

/** h += block + 2^128, carries not yet propagated. */
const addBlock: WasmCode = [
  ...[0, 1, 2, 3].map((index) =>
    set(H + index, i64Add(get(H + index), i64Load32(get(POINTER), 4 * index))),
  ),
  set(H + 4, i64Add(get(H + 4), i64(1))),
].flat();

/** Row `index` of h * r modulo 2^130 - 5. */
function row(index: number): WasmCode {
  const terms = [0, 1, 2, 3, 4].map((limb) =>
    product(H + limb, limb <= index ? R + index - limb : S + 4 + index - limb),
  );
  return terms.reduce((left, right) => i64Add(left, right));
}

/** Propagates carries once; h4 keeps at most a few bits above 2^128. */
const multiply: WasmCode = [
  ...[0, 1, 2, 3].map((index) => set(X + index, row(index))),
  set(X + 4, i64Add(i64Mul(get(H + 4), get(LOW)), high(get(X + 3)))),
  set(H, i64Add(i64Mul(i64ShrU(get(X + 4), i64(2)), i64(5)), low(get(X)))),
  set(H + 1, sum(high(get(H)), low(get(X + 1)), high(get(X)))),
  set(H + 2, sum(high(get(H + 1)), low(get(X + 2)), high(get(X + 1)))),
  set(H + 3, sum(high(get(H + 2)), low(get(X + 3)), high(get(X + 2)))),
  set(H + 4, i64Add(high(get(H + 3)), i64And(get(X + 4), i64(3)))),
  ...[0, 1, 2, 3].map((index) => set(H + index, low(get(H + index)))),
].flat();

/** `(pointer, count)`: absorbs `count` whole blocks of 16 bytes; none when count is 0. */
export const polyUpdate: WasmFunction = {
  parameters: [I32, I32],
  results: [],
  locals: [[LOW + 1 - R, I64]],
  body: when(
    get(COUNT),
    loadState,
    repeatWhile(
      tee(COUNT, i32Sub(get(COUNT), i32(1))),
      addBlock,
      multiply,
      set(POINTER, i32Add(get(POINTER), i32(BLOCK_LENGTH))),
    ),
    [0, 1, 2, 3, 4].flatMap((index) => i64Store32(i32(POLY_H_OFFSET + 4 * index), get(H + index))),
  ),
};

/** `()`: takes r from key stream block 0 (RFC 8439 section 2.6), clamps it and clears h. */
export const polyStart: WasmFunction = {
  parameters: [],
  results: [],
  locals: [],
  body: [
    ...CLAMP.map((mask, index) =>
      i64Store32(
        i32(POLY_R_OFFSET + 4 * index),
        i64And(i64Load32(i32(OUTPUT_OFFSET + 4 * index)), i64(mask)),
      ),
    ),
    ...[0, 1, 2, 3, 4].map((index) => i64Store32(i32(POLY_H_OFFSET + 4 * index), i64(0))),
  ].flat(),
};

const TAG_POINTER = 0;
const CARRY = 1;
const limb = (index: number): WasmCode => i64Load32(i32(POLY_H_OFFSET + 4 * index));

/** `(target)`: writes (h mod 2^130 - 5) + s modulo 2^128 as the 16-byte tag. */
export const polyFinish: WasmFunction = {
  parameters: [I32],
  results: [],
  locals: [[1, I64]],
  body: [
    // Adding 5 carries into bit 130 exactly when h >= 2^130 - 5.
    set(CARRY, i64Add(limb(0), i64(5))),
    ...[1, 2, 3, 4].map((index) => set(CARRY, i64Add(high(get(CARRY)), limb(index)))),
    set(CARRY, i64Mul(i64ShrU(get(CARRY), i64(2)), i64(5))),
    ...[0, 1, 2, 3].flatMap((index) => [
      set(CARRY, sum(get(CARRY), limb(index), i64Load32(i32(OUTPUT_OFFSET + 16 + 4 * index)))),
      i64Store32(get(TAG_POINTER), get(CARRY), 4 * index),
      set(CARRY, high(get(CARRY))),
    ]),
  ].flat(),
};
