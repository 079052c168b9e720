/**
 * X25519 (RFC 7748 section 5) as WebAssembly: the Montgomery ladder over pairs of field elements,
 * and the final division. Bits of the scalar select values by masks, so no branch and no address depends
 * on the scalar. Comments write a pair as (first lane | second lane).
 *
 * @module
 */
import {
  call,
  encodeModule,
  f64x2Add,
  f64x2Mul,
  f64x2Sub,
  I32,
  i8x16Shuffle,
  i32And,
  i32Const,
  i32Load8,
  i32ShrU,
  i32Sub,
  i32Xor,
  i32x4Splat,
  localGet,
  localSet,
  repeatWhile,
  SHUFFLE_HIGH_HALVES,
  SHUFFLE_LOW_HALVES,
  V128,
  v128And,
  v128Xor,
  type WasmCode,
  type WasmFunction,
} from './assembler.ts';
import {
  carryOfLimb,
  ELEMENT_PAIR_BYTES,
  FIELD_MEMORY_END,
  LIMB_COUNT,
  LIMB_PAIR_BYTES,
  loadSlot,
  multiplyByTable,
  multiplyElementPairs,
  squareElementPairs,
  storeSlot,
  withSwappedLanes,
  wrappedCarry,
  writeFieldConstants,
} from './field25519.ts';
import { INVERT_MEMORY_BYTES, invertFieldElement } from './inverse25519.ts';

/** The constant a24 of RFC 7748 section 5: (486662 - 2) / 4. */
const A24 = 121_665;
/** Number of scalar bits in the ladder; RFC 7748 section 5: t from 254 down to 0. */
const BITS = 255;

// Indices of the functions in the module, for calls.
const MULTIPLY = 0;
const SQUARE = 1;
const BY_TABLE = 2;

// Offsets in memory. The constants follow the field's memory, where nothing wipes them.
const LANES: number = FIELD_MEMORY_END;
/** Offset of the pair of constants (1 | -1). */
const OPPOSITE: number = LANES;
/** Offset of the pair of constants (0 | a24). */
const A24_SECOND: number = LANES + LIMB_PAIR_BYTES;
/** Offset of the pair of masks (no bits | all bits). */
const SECOND_LANE: number = LANES + 2 * LIMB_PAIR_BYTES;

/** Offset of the clamped scalar, 32 bytes. Everything from here to {@link WORK_MEMORY_END} can be wiped. */
export const SCALAR_OFFSET: number = LANES + 3 * LIMB_PAIR_BYTES;
/** Offset of the pair (x_2 | z_2) before a swap; later of the first factor of the division, then of its result. */
export const TWOFOLD_POINT_OFFSET: number = SCALAR_OFFSET + 2 * LIMB_PAIR_BYTES;
/** Offset of x_3, in the first lane of a pair; the second lane holds intermediate values. */
export const NEXT_X_OFFSET: number = TWOFOLD_POINT_OFFSET + ELEMENT_PAIR_BYTES;
/** Offset of the pair whose second lane is z_3; the first lane holds intermediate values. */
export const NEXT_Z_OFFSET: number = NEXT_X_OFFSET + ELEMENT_PAIR_BYTES;
const SUM_AND_DIFFERENCE: number = NEXT_Z_OFFSET + ELEMENT_PAIR_BYTES;
const OTHER_DIFFERENCE_AND_SUM: number = SUM_AND_DIFFERENCE + ELEMENT_PAIR_BYTES;
const SQUARES: number = OTHER_DIFFERENCE_AND_SUM + ELEMENT_PAIR_BYTES;
const PRODUCTS: number = SQUARES + ELEMENT_PAIR_BYTES;
/** Offset of the first factor of a product of the ladder; later of the second factor of the division. */
export const LEFT_FACTOR_OFFSET: number = PRODUCTS + ELEMENT_PAIR_BYTES;
const RIGHT: number = LEFT_FACTOR_OFFSET + ELEMENT_PAIR_BYTES;
/** Offset of z_2 as 32 bytes, which are then replaced by its inverse. */
export const INVERSE_OFFSET: number = RIGHT + ELEMENT_PAIR_BYTES;
/** Offset after the working memory, all of which can be wiped. */
export const WORK_MEMORY_END: number = INVERSE_OFFSET + INVERT_MEMORY_BYTES;

const PAGES = 1;

// Locals of the ladder.
const BIT_INDEX = 0;
const BIT = 1;
const PREVIOUS = 2;
const SWAP = 3;
const A = 4;
const B = 5;
const C = 6;
const D = 7;

const perLimb = (code: (limb: number) => WasmCode): WasmCode =>
  Array.from({ length: LIMB_COUNT }, (_, limb) => code(limb)).flat();

/** Reads the next bit of the scalar: swap = k_t xor k_(t+1), as a mask over both lanes (RFC 7748 section 5). */
const readBit = (): WasmCode => [
  ...localSet(BIT_INDEX, i32Sub(localGet(BIT_INDEX), i32Const(1))),
  ...localSet(
    BIT,
    i32And(
      i32ShrU(
        i32Load8(i32ShrU(localGet(BIT_INDEX), i32Const(3)), SCALAR_OFFSET),
        i32And(localGet(BIT_INDEX), i32Const(7)),
      ),
      i32Const(1),
    ),
  ),
  ...localSet(SWAP, i32x4Splat(i32Sub(i32Const(0), i32Xor(localGet(BIT), localGet(PREVIOUS))))),
  ...localSet(PREVIOUS, localGet(BIT)),
];

/** Computes (A | B) and (D | C) after the swap: A = x_2 + z_2, B = x_2 - z_2, C = x_3 + z_3, D = x_3 - z_3. */
const sums = (): WasmCode =>
  perLimb((limb) => [
    // Local A becomes (x_2 | x_3), local B (z_2 | z_3).
    ...localSet(
      A,
      i8x16Shuffle(
        loadSlot(TWOFOLD_POINT_OFFSET, limb),
        loadSlot(NEXT_X_OFFSET, limb),
        SHUFFLE_LOW_HALVES,
      ),
    ),
    ...localSet(
      B,
      i8x16Shuffle(
        loadSlot(TWOFOLD_POINT_OFFSET, limb),
        loadSlot(NEXT_Z_OFFSET, limb),
        SHUFFLE_HIGH_HALVES,
      ),
    ),
    // Local C becomes the sums (A | C), local B the differences (B | D).
    ...localSet(C, f64x2Add(localGet(A), localGet(B))),
    ...localSet(B, f64x2Sub(localGet(A), localGet(B))),
    // Local A becomes (A | B), local B (C | D).
    ...localSet(A, i8x16Shuffle(localGet(C), localGet(B), SHUFFLE_LOW_HALVES)),
    ...localSet(B, i8x16Shuffle(localGet(C), localGet(B), SHUFFLE_HIGH_HALVES)),
    ...localSet(C, v128And(v128Xor(localGet(A), localGet(B)), localGet(SWAP))),
    ...storeSlot(SUM_AND_DIFFERENCE, limb, v128Xor(localGet(A), localGet(C))),
    ...localSet(B, v128Xor(localGet(B), localGet(C))),
    ...storeSlot(OTHER_DIFFERENCE_AND_SUM, limb, withSwappedLanes(B)),
  ]);

/** Computes (DA + CB | DA - CB) from (DA | CB). */
const sumAndDifferenceOfProducts = (): WasmCode =>
  perLimb((limb) => [
    ...localSet(A, loadSlot(PRODUCTS, limb)),
    ...storeSlot(
      PRODUCTS,
      limb,
      f64x2Add(f64x2Mul(localGet(A), loadSlot(OPPOSITE)), withSwappedLanes(A)),
    ),
  ]);

/** From one limb of (AA | BB): stores (AA | E) and leaves (BB | AA + a24 E) in local A. */
const factorsOf = (limb: number): WasmCode => [
  ...localSet(A, loadSlot(SQUARES, limb)),
  ...localSet(B, i8x16Shuffle(localGet(A), localGet(A), SHUFFLE_LOW_HALVES)),
  ...localSet(B, f64x2Sub(localGet(B), v128And(localGet(A), loadSlot(SECOND_LANE)))),
  ...storeSlot(LEFT_FACTOR_OFFSET, limb, localGet(B)),
  ...localSet(A, f64x2Add(withSwappedLanes(A), f64x2Mul(localGet(B), loadSlot(A24_SECOND)))),
];

/**
 * The factors of (x_2 | z_2): (AA | E) and (BB | AA + a24 E). Each limb of the second carries once
 * into the next, which brings it within the bounds of a factor.
 */
const factors = (): WasmCode => [
  ...factorsOf(LIMB_COUNT - 1),
  ...localSet(C, carryOfLimb(A, LIMB_COUNT - 1)),
  ...localSet(D, f64x2Sub(localGet(A), localGet(C))),
  ...localSet(C, wrappedCarry(localGet(C))),
  ...Array.from({ length: LIMB_COUNT - 1 }, (_, limb) => [
    ...factorsOf(limb),
    ...localSet(B, carryOfLimb(A, limb)),
    ...storeSlot(RIGHT, limb, f64x2Add(f64x2Sub(localGet(A), localGet(B)), localGet(C))),
    ...localSet(C, localGet(B)),
  ]).flat(),
  ...storeSlot(RIGHT, LIMB_COUNT - 1, f64x2Add(localGet(D), localGet(C))),
];

/** Encodes one step of the ladder (RFC 7748 section 5), ordered so that independent instructions overlap. */
const step = (): WasmCode => [
  ...readBit(),
  ...sums(),
  ...call(
    MULTIPLY,
    i32Const(PRODUCTS),
    i32Const(OTHER_DIFFERENCE_AND_SUM),
    i32Const(SUM_AND_DIFFERENCE),
  ),
  ...call(SQUARE, i32Const(SQUARES), i32Const(SUM_AND_DIFFERENCE)),
  ...sumAndDifferenceOfProducts(),
  // (x_3 | (DA - CB)^2), then z_3 = x_1 (DA - CB)^2.
  ...call(SQUARE, i32Const(NEXT_X_OFFSET), i32Const(PRODUCTS)),
  ...factors(),
  ...call(MULTIPLY, i32Const(TWOFOLD_POINT_OFFSET), i32Const(LEFT_FACTOR_OFFSET), i32Const(RIGHT)),
  ...call(BY_TABLE, i32Const(NEXT_Z_OFFSET), i32Const(NEXT_X_OFFSET)),
];

/** `()`: runs the ladder from its start values with the scalar and the factor table; leaves (x_2 | z_2). */
const ladder = (): WasmFunction => ({
  parameters: [],
  results: [],
  locals: [
    [SWAP, I32],
    [D + 1 - SWAP, V128],
  ],
  body: [
    ...localSet(BIT_INDEX, i32Const(BITS)),
    // The lowest bit of a clamped scalar is 0, so no swap is pending after the last step.
    ...repeatWhile(localGet(BIT_INDEX), step()),
  ],
  exportAs: 'ladder',
});

/** Encodes the WebAssembly module for X25519; {@link writeX25519Constants} must be called before its first use. */
export function encodeX25519Module(): Uint8Array {
  const multiply = { ...multiplyElementPairs(), exportAs: 'multiply' };
  const functions = [
    multiply,
    squareElementPairs(),
    multiplyByTable(),
    ladder(),
    invertFieldElement(),
  ];
  return encodeModule(functions, PAGES);
}

/** Writes the constants of X25519 to the memory of the WebAssembly module. */
export function writeX25519Constants(view: DataView): void {
  writeFieldConstants(view);
  view.setFloat64(OPPOSITE, 1, true);
  view.setFloat64(OPPOSITE + 8, -1, true);
  view.setFloat64(A24_SECOND + 8, A24, true);
  view.setBigUint64(SECOND_LANE + 8, 2n ** 64n - 1n);
}
