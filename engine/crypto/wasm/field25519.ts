/**
 * The field of 2^255-19 in WebAssembly, two elements at a time: each vector holds one limb of both elements.
 *
 * WebAssembly has no 64-bit product that keeps its upper half, but a vector instruction gives two
 * products of doubles. So an element is the sum of twelve doubles, limb k a multiple of 2^e(k) with
 * e(k) = ceil(21.25 k) (D. J. Bernstein, "Curve25519: new Diffie-Hellman speed records", PKC 2006,
 * section 4, with ten longer limbs): products need no shifts, and a carry is what rounding to a
 * large number removes. Every sum is exact, as `field25519.test.ts` shows from the bounds below, so
 * all machines agree. There are no branches and no look-ups, so the time does not depend on the
 * data, and no value is ever subnormal.
 *
 * Bounds, in units of 2^e(k): a limb of b bits that a multiplication produced is within 2^(b-1) +
 * 2^13; factors may be sums or differences of two such elements. A result may be stored in the place of the first
 * factor, but not of the second one, which is still read after the first limbs are stored.
 *
 * @module
 */
import {
  f64x2Add,
  f64x2Mul,
  f64x2Sub,
  I32,
  i8x16Shuffle,
  i32Const,
  localGet,
  localSet,
  SHUFFLE_HIGH_HALVES,
  V128,
  v128Load,
  v128Store,
  type WasmCode,
  type WasmFunction,
} from './assembler.ts';

/** Number of limbs of an element. */
export const LIMB_COUNT = 12;
/** Bytes of one limb of two elements: one vector. */
export const LIMB_PAIR_BYTES = 16;
/** Bytes of memory that a pair of elements takes. */
export const ELEMENT_PAIR_BYTES: number = LIMB_PAIR_BYTES * LIMB_COUNT;

/** The exponents e(k) of the limbs for k = 0 … 12; the last one is 255. */
export const LIMB_EXPONENTS: readonly number[] = Array.from({ length: LIMB_COUNT + 1 }, (_, limb) =>
  Math.ceil(21.25 * limb),
);

/** Number of bits of limb k, which is e(k + 1) - e(k). */
export const bitsOfLimb = (limb: number): number =>
  (LIMB_EXPONENTS[limb + 1] as number) - (LIMB_EXPONENTS[limb] as number);

/** Factor that moves a value of limb k + 12 to limb k, since 2^255 is 19 modulo 2^255-19. */
const WRAP_FACTOR: number = 19 * 2 ** -255;

/**
 * Adding and then subtracting this number rounds limb k to a multiple of 2^e(k+1), because that is the value of the
 * last bit of a double of this size.
 */
const roundingOf = (limb: number): number => 3 * 2 ** (51 + (LIMB_EXPONENTS[limb + 1] as number));

/** Number of limbs of each factor that are held in locals at a time, besides those of the sum. */
const ROWS = 4;
const HALF = LIMB_COUNT / 2;
/** The table of the constant factor has the columns -10 … 11; this is the first one. */
const TABLE_FIRST = -10;
const TABLE_SLOTS: number = LIMB_COUNT - TABLE_FIRST;

// Offsets in memory: constants first, which `writeFieldConstants` sets.
const ROUNDING = 0;
const WRAP: number = ROUNDING + ELEMENT_PAIR_BYTES;
const TWO: number = WRAP + LIMB_PAIR_BYTES;
/** End of the constants; what follows is working memory and can be wiped. */
export const FIELD_CONSTANTS_END: number = TWO + LIMB_PAIR_BYTES;
const WRAPPED: number = FIELD_CONSTANTS_END;
const DOUBLED: number = WRAPPED + ELEMENT_PAIR_BYTES;
const DOUBLED_AND_WRAPPED: number = DOUBLED + ELEMENT_PAIR_BYTES;
const SUMS: number = DOUBLED_AND_WRAPPED + ELEMENT_PAIR_BYTES;
/** Offset of the constant factor, in the form that {@link multiplyByTable} reads. */
const TABLE: number = SUMS + ELEMENT_PAIR_BYTES;
/** Offset after the memory that the field's functions use. */
export const FIELD_MEMORY_END: number = TABLE + LIMB_PAIR_BYTES * TABLE_SLOTS;

/** Writes the constants of the field functions into memory. */
export function writeFieldConstants(view: DataView): void {
  for (let limb = 0; limb < LIMB_COUNT; limb++) {
    writeBoth(view, ROUNDING + LIMB_PAIR_BYTES * limb, roundingOf(limb));
  }
  writeBoth(view, WRAP, WRAP_FACTOR);
  writeBoth(view, TWO, 2);
}

function writeBoth(view: DataView, at: number, value: number): void {
  view.setFloat64(at, value, true);
  view.setFloat64(at + 8, value, true);
}

/** Writes the table of a factor: slot m holds column m in the first lane and column m - 1 in the second. */
export function writeFactorTable(view: DataView, limbs: Float64Array): void {
  const column = (index: number): number =>
    index >= 0 ? (limbs[index] as number) : WRAP_FACTOR * (limbs[index + LIMB_COUNT] as number);
  for (let index = 0; index < TABLE_SLOTS; index++) {
    view.setFloat64(TABLE + LIMB_PAIR_BYTES * index, column(index + TABLE_FIRST), true);
    view.setFloat64(TABLE + LIMB_PAIR_BYTES * index + 8, column(index + TABLE_FIRST - 1), true);
  }
}

/** Encodes the load of a vector from slot `index` after a constant address. */
export const loadSlot = (base: number, index = 0): WasmCode =>
  v128Load(i32Const(0), base + LIMB_PAIR_BYTES * index);

/** Encodes the store of a vector to slot `index` after a constant address. */
export const storeSlot = (base: number, index: number, value: WasmCode): WasmCode =>
  v128Store(i32Const(0), value, base + LIMB_PAIR_BYTES * index);

const SWAPPED_HALVES = [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7];

/** Encodes a read of a local with its two lanes swapped. */
export const withSwappedLanes = (local: number): WasmCode =>
  i8x16Shuffle(localGet(local), localGet(local), SWAPPED_HALVES);

/** The part of a local that carries into the next limb: a multiple of 2^e, e being the exponent of that limb. */
export const carryOfLimb = (local: number, limb: number): WasmCode =>
  f64x2Sub(f64x2Add(localGet(local), loadSlot(ROUNDING, limb)), loadSlot(ROUNDING, limb));

/** The carry out of the last limb, scaled for adding it to the first limb. */
export const wrappedCarry = (carry: WasmCode): WasmCode => f64x2Mul(carry, loadSlot(WRAP));

// Locals of all multiplications: up to three parameters, then vectors.
const TARGET = 0;
const FIRST = 1;
const SECOND = 2;
const ROW = 3;
const WINDOW: number = ROW + ROWS;
const LIMB: number = WINDOW + ROWS;
const CARRY: number = LIMB + 1;
const MIDDLE_CARRY: number = CARRY + 1;
const LOCALS: number = MIDDLE_CARRY + 1;

/** The local of the window that holds column `index`; the window has four consecutive columns. */
const windowOf = (index: number): number => WINDOW + (((index % ROWS) + ROWS) % ROWS);

function sum(terms: readonly WasmCode[]): WasmCode {
  const [first = [], second] = terms;
  if (second === undefined) return first;
  const middle = Math.ceil(terms.length / 2);
  return f64x2Add(sum(terms.slice(0, middle)), sum(terms.slice(middle)));
}

/**
 * Carries the columns of a product and stores them at the target: columns 0 to 5 and 6 to 11 in
 * parallel, then the carry out of each chain into the other.
 */
function carried(column: (index: number) => WasmCode): WasmCode {
  const at = (limb: number): WasmCode => v128Load(localGet(TARGET), LIMB_PAIR_BYTES * limb);
  const put = (limb: number, value: WasmCode): WasmCode =>
    v128Store(localGet(TARGET), value, LIMB_PAIR_BYTES * limb);
  const settle = (limb: number): WasmCode => [
    ...localSet(CARRY, carryOfLimb(LIMB, limb)),
    ...put(limb, f64x2Sub(localGet(LIMB), localGet(CARRY))),
  ];
  const into = (limb: number, carry: WasmCode): WasmCode => [
    ...localSet(LIMB, f64x2Add(at(limb), carry)),
    ...settle(limb),
    ...put(limb + 1, f64x2Add(at(limb + 1), localGet(CARRY))),
  ];
  const code: WasmCode[] = [];
  for (let limb = 0; limb < LIMB_COUNT; limb++) {
    const startsChain = limb % HALF === 0;
    code.push(localSet(LIMB, startsChain ? column(limb) : f64x2Add(column(limb), localGet(CARRY))));
    code.push(settle(limb));
    if (limb === HALF - 1) code.push(localSet(MIDDLE_CARRY, localGet(CARRY)));
  }
  code.push(into(0, wrappedCarry(localGet(CARRY))), into(HALF, localGet(MIDDLE_CARRY)));
  return code.flat();
}

/** Loads four limbs of the first factor, from `row` on, into registers. */
const loadRows = (row: number): WasmCode =>
  Array.from({ length: ROWS }, (_, index) =>
    localSet(ROW + index, v128Load(localGet(FIRST), LIMB_PAIR_BYTES * (row + index))),
  ).flat();

/**
 * Makes the function `(target, first, second)`, which multiplies the two elements at `first` by the two at
 * `second`.
 */
export function multiplyElementPairs(): WasmFunction {
  const code: WasmCode[] = [localSet(CARRY, loadSlot(WRAP))];
  for (let limb = 1; limb < LIMB_COUNT; limb++) {
    const factor = v128Load(localGet(SECOND), LIMB_PAIR_BYTES * limb);
    code.push(storeSlot(WRAPPED, limb, f64x2Mul(factor, localGet(CARRY))));
  }
  const columnOfSecond = (index: number): WasmCode =>
    index >= 0
      ? v128Load(localGet(SECOND), LIMB_PAIR_BYTES * index)
      : loadSlot(WRAPPED, index + LIMB_COUNT);
  for (let row = 0; row < LIMB_COUNT; row += ROWS) {
    code.push(loadRows(row));
    const column = (index: number): WasmCode => {
      const last = index - row;
      const first = index === 0 ? last - ROWS + 1 : last;
      const loads: WasmCode[] = [];
      for (let at = first; at <= last; at++) loads.push(localSet(windowOf(at), columnOfSecond(at)));
      const terms = Array.from({ length: ROWS }, (_, of) =>
        f64x2Mul(localGet(ROW + of), localGet(windowOf(last - of))),
      );
      if (row > 0) terms.push(loadSlot(SUMS, index));
      return [...loads.flat(), ...sum(terms)];
    };
    code.push(row + ROWS < LIMB_COUNT ? kept(column) : carried(column));
  }
  return multiplication([I32, I32, I32], code);
}

/** Stores the sums of some columns as they are, without carries. */
function kept(column: (index: number) => WasmCode | undefined): WasmCode {
  const code: WasmCode[] = [];
  for (let index = 0; index < LIMB_COUNT; index++) {
    const value = column(index);
    if (value === undefined) continue;
    code.push(localSet(CARRY, value), storeSlot(SUMS, index, localGet(CARRY)));
  }
  return code.flat();
}

/** Makes the function `(target, element)` that squares both elements; equal products of limbs are computed once. */
export function squareElementPairs(): WasmFunction {
  const code: WasmCode[] = [localSet(CARRY, loadSlot(WRAP)), localSet(MIDDLE_CARRY, loadSlot(TWO))];
  for (let limb = 1; limb < LIMB_COUNT; limb++) {
    const element = v128Load(localGet(FIRST), LIMB_PAIR_BYTES * limb);
    code.push(
      localSet(LIMB, f64x2Mul(element, localGet(MIDDLE_CARRY))),
      storeSlot(DOUBLED, limb, localGet(LIMB)),
    );
    if (limb < HALF) continue;
    code.push(storeSlot(WRAPPED, limb, f64x2Mul(element, localGet(CARRY))));
    code.push(storeSlot(DOUBLED_AND_WRAPPED, limb, f64x2Mul(localGet(LIMB), localGet(CARRY))));
  }
  const hasSum = new Set<number>();
  for (let row = LIMB_COUNT - ROWS; row >= 0; row -= ROWS) {
    code.push(loadRows(row));
    const column = columnsOfSquare(row, hasSum);
    code.push(row > 0 ? kept(column) : carried((index) => column(index) ?? []));
  }
  return multiplication([I32, I32], code);
}

/** The product of two limbs of one element in its square; each pair of limbs occurs once. */
interface Meeting {
  readonly row: number;
  readonly limb: number;
  /** Column of the product minus the row; negative if the product is moved by {@link WRAP_FACTOR}. */
  readonly at: number;
}

/** The products that four rows from `first` on add to a column. */
function meetingsIn(column: number, first: number): readonly Meeting[] {
  const rows = Array.from({ length: ROWS }, (_, index) => first + index);
  return rows
    .map((row) => ({ row, at: column - row, limb: (column - row + LIMB_COUNT) % LIMB_COUNT }))
    .filter(({ row, limb }) => limb >= row);
}

/** The sums of products that four rows of a square add to a column; undefined for columns without such products. */
function columnsOfSquare(
  first: number,
  hasSum: Set<number>,
): (index: number) => WasmCode | undefined {
  const inWindow = new Map<number, number>();
  const load = ({ row, limb, at }: Meeting): WasmCode => {
    if (limb === row || inWindow.get(windowOf(at)) === at) return [];
    inWindow.set(windowOf(at), at);
    return localSet(windowOf(at), loadSlot(at < 0 ? DOUBLED_AND_WRAPPED : DOUBLED, limb));
  };
  const product = ({ row, limb, at }: Meeting): WasmCode => {
    const own = localGet(ROW + row - first);
    if (limb !== row) return f64x2Mul(own, localGet(windowOf(at)));
    return f64x2Mul(own, at < 0 ? loadSlot(WRAPPED, limb) : own);
  };
  return (index) => {
    const meetings = meetingsIn(index, first);
    if (meetings.length === 0) return undefined;
    const before = hasSum.has(index) ? [loadSlot(SUMS, index)] : [];
    hasSum.add(index);
    return [...meetings.flatMap(load), ...sum([...meetings.map(product), ...before])];
  };
}

/**
 * Makes the function `(target, element)` that multiplies the second of two elements by the table's factor and stores
 * the product in both lanes. The computation uses both lanes: even limbs in the first lane, odd ones in the second.
 */
export function multiplyByTable(): WasmFunction {
  const code: WasmCode[] = [];
  for (let pair = 0; pair < HALF; pair++) {
    const even = v128Load(localGet(FIRST), LIMB_PAIR_BYTES * 2 * pair);
    const odd = v128Load(localGet(FIRST), LIMB_PAIR_BYTES * (2 * pair + 1));
    code.push(localSet(ROW + pair, i8x16Shuffle(even, odd, SHUFFLE_HIGH_HALVES)));
  }
  const column = (index: number): WasmCode => {
    const terms = Array.from({ length: HALF }, (_, pair) =>
      f64x2Mul(localGet(ROW + pair), loadSlot(TABLE, index - 2 * pair - TABLE_FIRST)),
    );
    return [...localSet(LIMB, sum(terms)), ...f64x2Add(localGet(LIMB), withSwappedLanes(LIMB))];
  };
  code.push(carried(column));
  return multiplication([I32, I32], code);
}

const multiplication = (
  parameters: readonly number[],
  code: readonly WasmCode[],
): WasmFunction => ({
  parameters,
  results: [],
  locals: [[LOCALS - parameters.length, V128]],
  body: code.flat(),
});
