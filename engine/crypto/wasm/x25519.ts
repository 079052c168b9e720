/**
 * X25519 (RFC 7748 section 5) as WebAssembly: the Montgomery ladder over pairs of field elements,
 * and the final division. Bits of the scalar select by masks, so no branch and no address depends
 * on one.
 *
 * @module
 */
import {
  type Code,
  call,
  encodeModule,
  f64x2Add,
  f64x2Mul,
  f64x2Sub,
  get,
  HIGH_HALVES,
  I32,
  i32,
  i32And,
  i32Load8,
  i32ShrU,
  i32Sub,
  i32Xor,
  i32x4Splat,
  LOW_HALVES,
  repeatWhile,
  set,
  shuffle,
  V128,
  v128And,
  v128Xor,
  type WasmFunction,
} from './assembler.ts';
import {
  carryOf,
  FIELD_END,
  LIMBS,
  multiplyByTable,
  multiplyPairs,
  PAIR,
  SLOT,
  setSlot,
  slot,
  squarePairs,
  swapped,
  wrapped,
  writeFieldConstants,
} from './field25519.ts';
import { INVERSE_LENGTH, invert } from './inverse25519.ts';

/** RFC 7748 section 5: (486662 - 2) / 4. */
const A24 = 121_665;
/** Number of scalar bits in the ladder; RFC 7748 section 5: t from 254 down to 0. */
const BITS = 255;

// Functions of the module, by index.
const MULTIPLY = 0;
const SQUARE = 1;
const BY_TABLE = 2;

// Offsets in memory. The constants are behind the field's memory, where nothing wipes them.
const LANES: number = FIELD_END;
/** Offset of a constant for each lane: (1 | -1). */
const OPPOSITE: number = LANES;
/** Offset of a constant for each lane: (0 | a24). */
const A24_SECOND: number = LANES + SLOT;
/** Offset of a mask for each lane: (no bits | all bits). */
const SECOND_LANE: number = LANES + 2 * SLOT;

/** The scalar, clamped, 32 bytes. Everything from here to {@link WORK_END} can be wiped. */
export const SCALAR: number = LANES + 3 * SLOT;
/** (x_2 | z_2), before a swap. The first factor of the division, and its result. */
export const TWOFOLD: number = SCALAR + 2 * SLOT;
/** (x_3 | anything). */
export const NEXT_X: number = TWOFOLD + PAIR;
/** (anything | z_3). */
export const NEXT_Z: number = NEXT_X + PAIR;
const SUM_AND_DIFFERENCE: number = NEXT_Z + PAIR;
const OTHER_DIFFERENCE_AND_SUM: number = SUM_AND_DIFFERENCE + PAIR;
const SQUARES: number = OTHER_DIFFERENCE_AND_SUM + PAIR;
const PRODUCTS: number = SQUARES + PAIR;
/** Also the second factor of the division. */
export const LEFT: number = PRODUCTS + PAIR;
const RIGHT: number = LEFT + PAIR;
/** z_2 in 32 bytes, then its inverse. */
export const INVERSE: number = RIGHT + PAIR;
export const WORK_END: number = INVERSE + INVERSE_LENGTH;

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

const perLimb = (code: (limb: number) => Code): Code =>
  Array.from({ length: LIMBS }, (_, limb) => code(limb)).flat();

/** RFC 7748 section 5: swap = k_t xor k_(t+1), as a mask over both lanes. */
const readBit = (): Code => [
  ...set(BIT_INDEX, i32Sub(get(BIT_INDEX), i32(1))),
  ...set(
    BIT,
    i32And(
      i32ShrU(i32Load8(i32ShrU(get(BIT_INDEX), i32(3)), SCALAR), i32And(get(BIT_INDEX), i32(7))),
      i32(1),
    ),
  ),
  ...set(SWAP, i32x4Splat(i32Sub(i32(0), i32Xor(get(BIT), get(PREVIOUS))))),
  ...set(PREVIOUS, get(BIT)),
];

/** A = x_2 + z_2, B = x_2 - z_2, C = x_3 + z_3, D = x_3 - z_3: (A | B) and (D | C), after the swap. */
const sums = (): Code =>
  perLimb((limb) => [
    // (x_2 | x_3) and (z_2 | z_3).
    ...set(A, shuffle(slot(TWOFOLD, limb), slot(NEXT_X, limb), LOW_HALVES)),
    ...set(B, shuffle(slot(TWOFOLD, limb), slot(NEXT_Z, limb), HIGH_HALVES)),
    // (A | C) and (B | D).
    ...set(C, f64x2Add(get(A), get(B))),
    ...set(B, f64x2Sub(get(A), get(B))),
    // (A | B) and (C | D).
    ...set(A, shuffle(get(C), get(B), LOW_HALVES)),
    ...set(B, shuffle(get(C), get(B), HIGH_HALVES)),
    ...set(C, v128And(v128Xor(get(A), get(B)), get(SWAP))),
    ...setSlot(SUM_AND_DIFFERENCE, limb, v128Xor(get(A), get(C))),
    ...set(B, v128Xor(get(B), get(C))),
    ...setSlot(OTHER_DIFFERENCE_AND_SUM, limb, swapped(B)),
  ]);

/** From (DA | CB): (DA + CB | DA - CB). */
const sumAndDifferenceOfProducts = (): Code =>
  perLimb((limb) => [
    ...set(A, slot(PRODUCTS, limb)),
    ...setSlot(PRODUCTS, limb, f64x2Add(f64x2Mul(get(A), slot(OPPOSITE)), swapped(A))),
  ]);

/** From one limb of (AA | BB): stores (AA | E) and leaves (BB | AA + a24 E) in local A. */
const factorsOf = (limb: number): Code => [
  ...set(A, slot(SQUARES, limb)),
  ...set(B, shuffle(get(A), get(A), LOW_HALVES)),
  ...set(B, f64x2Sub(get(B), v128And(get(A), slot(SECOND_LANE)))),
  ...setSlot(LEFT, limb, get(B)),
  ...set(A, f64x2Add(swapped(A), f64x2Mul(get(B), slot(A24_SECOND)))),
];

/**
 * The factors of (x_2 | z_2): (AA | E) and (BB | AA + a24 E). Each limb of the second carries once
 * into the next, which brings it within the bounds of a factor.
 */
const factors = (): Code => [
  ...factorsOf(LIMBS - 1),
  ...set(C, carryOf(A, LIMBS - 1)),
  ...set(D, f64x2Sub(get(A), get(C))),
  ...set(C, wrapped(get(C))),
  ...Array.from({ length: LIMBS - 1 }, (_, limb) => [
    ...factorsOf(limb),
    ...set(B, carryOf(A, limb)),
    ...setSlot(RIGHT, limb, f64x2Add(f64x2Sub(get(A), get(B)), get(C))),
    ...set(C, get(B)),
  ]).flat(),
  ...setSlot(RIGHT, LIMBS - 1, f64x2Add(get(D), get(C))),
];

/** RFC 7748 section 5: one step of the ladder, ordered so that independent instructions overlap. */
const step = (): Code => [
  ...readBit(),
  ...sums(),
  ...call(MULTIPLY, i32(PRODUCTS), i32(OTHER_DIFFERENCE_AND_SUM), i32(SUM_AND_DIFFERENCE)),
  ...call(SQUARE, i32(SQUARES), i32(SUM_AND_DIFFERENCE)),
  ...sumAndDifferenceOfProducts(),
  // (x_3 | (DA - CB)^2), then z_3 = x_1 (DA - CB)^2.
  ...call(SQUARE, i32(NEXT_X), i32(PRODUCTS)),
  ...factors(),
  ...call(MULTIPLY, i32(TWOFOLD), i32(LEFT), i32(RIGHT)),
  ...call(BY_TABLE, i32(NEXT_Z), i32(NEXT_X)),
];

/** `()`: from the scalar, the table and the start of the ladder to (x_2 | z_2). */
const ladder = (): WasmFunction => ({
  parameters: [],
  results: [],
  locals: [
    [SWAP, I32],
    [D + 1 - SWAP, V128],
  ],
  body: [
    ...set(BIT_INDEX, i32(BITS)),
    // The last bit of a clamped scalar is 0, as is the bit before the first, so no swap is left
    // over.
    ...repeatWhile(get(BIT_INDEX), step()),
  ],
  exportAs: 'ladder',
});

/** The module; {@link writeConstants} must be called before its first use. */
export function x25519Module(): Uint8Array {
  const multiply = { ...multiplyPairs(), exportAs: 'multiply' };
  const functions = [multiply, squarePairs(), multiplyByTable(), ladder(), invert()];
  return encodeModule(functions, PAGES);
}

/** Writes the constants. */
export function writeConstants(view: DataView): void {
  writeFieldConstants(view);
  view.setFloat64(OPPOSITE, 1, true);
  view.setFloat64(OPPOSITE + 8, -1, true);
  view.setFloat64(A24_SECOND + 8, A24, true);
  view.setBigUint64(SECOND_LANE + 8, 2n ** 64n - 1n);
}
