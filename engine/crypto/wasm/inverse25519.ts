/**
 * The inverse modulo p = 2^255-19 in WebAssembly by division steps (D. J. Bernstein and B.-Y. Yang, "Fast
 * constant-time gcd computation and modular inversion", CHES 2019), in the variant that starts at
 * delta = 1/2, where 590 steps are enough for 256 bits (P. Wuille, "Bounds on divsteps iterations in
 * safegcd", 2021).
 *
 * Numbers are nine signed limbs of 30 bits. Thirty steps look at the lowest limbs only and give a
 * matrix, by which the whole numbers are then multiplied. The number of steps is the same for all
 * inputs, and no branch or address depends on the input. Takes a quarter of the time of z^(p-2).
 *
 * @module
 */
import {
  I32,
  I64,
  i32Add,
  i32And,
  i32Const,
  i32FromI64,
  i32Shl,
  i32ShrS,
  i32ShrU,
  i32Sub,
  i32Xor,
  i64Add,
  i64And,
  i64Const,
  i64ExtendI32S,
  i64Load,
  i64Mul,
  i64Or,
  i64Shl,
  i64ShrS,
  i64ShrU,
  i64Store,
  i64Sub,
  i64Xor,
  localGet,
  localSet,
  localTee,
  repeatWhile,
  type WasmCode,
  type WasmFunction,
} from './assembler.ts';

const LIMBS = 9;
const LIMB_BITS = 30;
const LIMB_LENGTH = 8;
const NUMBER: number = LIMBS * LIMB_LENGTH;
const LAST = LIMBS - 1;
const WORD_BITS = 64;
const WORDS = 4;

/** Number of rounds of 30 steps each; 590 steps are needed. */
const ROUNDS = 20;

/** p in signed limbs: -19 in the first, 2^15 in the last, zeros in between. */
const FIRST_OF_P = -19;
const BITS_OF_LAST = 15;
/** The inverse of p modulo 2^30, which is -1/19. */
const INVERSE_OF_P = 395_589_093;

/** Bytes of memory that {@link invertFieldElement} uses: the number, followed by working memory. */
export const INVERT_MEMORY_BYTES: number = 40 + 4 * NUMBER;

// Locals: the address of the number, then words of 32 bits, then of 64.
const AT = 0;
const ROUND = 1;
const STEP = 2;
const ZETA = 3;
const [F, G, U, V, Q, R] = [4, 5, 6, 7, 8, 9] as const;
const [POSITIVE, ODD] = [10, 11] as const;
const [MATRIX_U, MATRIX_V, MATRIX_Q, MATRIX_R] = [12, 13, 14, 15] as const;
const [FIRST_SUM, SECOND_SUM] = [16, 17] as const;
const [FIRST_MULTIPLE, SECOND_MULTIPLE] = [18, 19] as const;
const MASK = 20;
const WORDS_32: number = MATRIX_U - ROUND;
const WORDS_64: number = MASK + 1 - MATRIX_U;

// The working numbers follow the 32 bytes of the argument and eight more, which are read together with its last ones.
const NUMBER_F = 40;
const NUMBER_G: number = NUMBER_F + NUMBER;
const NUMBER_D: number = NUMBER_G + NUMBER;
const NUMBER_E: number = NUMBER_D + NUMBER;

const limb = (number: number, index: number): WasmCode =>
  i64Load(localGet(AT), number + LIMB_LENGTH * index);
const setLimb = (number: number, index: number, value: WasmCode): WasmCode =>
  i64Store(localGet(AT), value, number + LIMB_LENGTH * index);
const bits = (count: number): WasmCode => i64Const(count);
const lowBits = (value: WasmCode): WasmCode => i64And(value, i64Const(2 ** LIMB_BITS - 1));
const withoutLimb = (value: WasmCode): WasmCode => i64ShrS(value, bits(LIMB_BITS));
const signOf = (value: WasmCode): WasmCode => i64ShrS(value, bits(WORD_BITS - 1));
const eachLimb = (code: (index: number) => WasmCode): WasmCode =>
  Array.from({ length: LIMBS }, (_, index) => code(index)).flat();

/** Reads little-endian bytes into limbs; the number is below p. */
const load = (): WasmCode =>
  eachLimb((index) => {
    const bit = LIMB_BITS * index;
    const word = i64Load(localGet(AT), bit >> 3);
    return setLimb(NUMBER_G, index, lowBits(i64ShrU(word, bits(bit & 7))));
  });

/**
 * Sets f = p, g = the argument, d = 0 and e = 1. Modulo p it always holds that d times the argument
 * is f, and e times the argument is g.
 */
const start = (): WasmCode =>
  eachLimb((index) => [
    ...setLimb(
      NUMBER_F,
      index,
      i64Const(index === 0 ? FIRST_OF_P : index === LAST ? 2 ** BITS_OF_LAST : 0),
    ),
    ...setLimb(NUMBER_D, index, i64Const(0)),
    ...setLimb(NUMBER_E, index, i64Const(index === 0 ? 1 : 0)),
  ]);

const addMasked = (target: number, value: WasmCode, mask: number): WasmCode =>
  localSet(target, i32Add(localGet(target), i32And(value, localGet(mask))));
const negatedBy = (local: number, mask: number): WasmCode =>
  i32Sub(i32Xor(localGet(local), localGet(mask)), localGet(mask));
const shiftLeft = (local: number): WasmCode =>
  localSet(local, i32Shl(localGet(local), i32Const(1)));

/**
 * One division step on the lowest words, with zeta = -(delta + 1/2). If g is odd and delta is positive, f and g become
 * g and g - f; if g is odd and delta is not positive, g becomes g + f. Then g is halved.
 */
const divisionStep = (): WasmCode => [
  ...localSet(POSITIVE, i32ShrS(localGet(ZETA), i32Const(31))),
  ...localSet(ODD, i32Sub(i32Const(0), i32And(localGet(G), i32Const(1)))),
  ...addMasked(G, negatedBy(F, POSITIVE), ODD),
  ...addMasked(Q, negatedBy(U, POSITIVE), ODD),
  ...addMasked(R, negatedBy(V, POSITIVE), ODD),
  ...localSet(POSITIVE, i32And(localGet(POSITIVE), localGet(ODD))),
  ...localSet(ZETA, i32Sub(i32Xor(localGet(ZETA), localGet(POSITIVE)), i32Const(1))),
  ...addMasked(F, localGet(G), POSITIVE),
  ...addMasked(U, localGet(Q), POSITIVE),
  ...addMasked(V, localGet(R), POSITIVE),
  ...localSet(G, i32ShrU(localGet(G), i32Const(1))),
  // G was halved: doubling the matrix row of f keeps both rows at the same scale.
  ...shiftLeft(U),
  ...shiftLeft(V),
];

const lowWord = (number: number): WasmCode =>
  i32FromI64(i64Or(limb(number, 0), i64Shl(limb(number, 1), bits(LIMB_BITS))));

/** Runs thirty steps: afterwards 2^30 times (f, g) is the matrix times the values of (f, g) before. */
const matrix = (): WasmCode => [
  ...localSet(F, lowWord(NUMBER_F)),
  ...localSet(G, lowWord(NUMBER_G)),
  ...[U, R].flatMap((local) => localSet(local, i32Const(1))),
  ...[V, Q].flatMap((local) => localSet(local, i32Const(0))),
  ...localSet(STEP, i32Const(LIMB_BITS)),
  ...repeatWhile(localTee(STEP, i32Sub(localGet(STEP), i32Const(1))), divisionStep()),
  ...localSet(MATRIX_U, i64ExtendI32S(localGet(U))),
  ...localSet(MATRIX_V, i64ExtendI32S(localGet(V))),
  ...localSet(MATRIX_Q, i64ExtendI32S(localGet(Q))),
  ...localSet(MATRIX_R, i64ExtendI32S(localGet(R))),
];

/** Adds a row of the matrix times the limbs of a pair of numbers to a sum. */
const addRow = (
  sum: number,
  row: readonly [number, number],
  limbs: readonly [WasmCode, WasmCode],
): WasmCode =>
  localSet(
    sum,
    i64Add(
      localGet(sum),
      i64Add(i64Mul(localGet(row[0]), limbs[0]), i64Mul(localGet(row[1]), limbs[1])),
    ),
  );

/**
 * Multiplies a pair of numbers by the matrix and divides by 2^30; `extra` gives the terms that are added to the sum of
 * each limb.
 */
const applyMatrix = (
  [first, second]: readonly [number, number],
  extra: (index: number) => WasmCode,
): WasmCode =>
  eachLimb((index) => {
    const limbs = [limb(first, index), limb(second, index)] as const;
    return [
      ...addRow(FIRST_SUM, [MATRIX_U, MATRIX_V], limbs),
      ...addRow(SECOND_SUM, [MATRIX_Q, MATRIX_R], limbs),
      ...extra(index),
      ...(index === 0
        ? []
        : [
            ...setLimb(first, index - 1, lowBits(localGet(FIRST_SUM))),
            ...setLimb(second, index - 1, lowBits(localGet(SECOND_SUM))),
          ]),
      ...localSet(FIRST_SUM, withoutLimb(localGet(FIRST_SUM))),
      ...localSet(SECOND_SUM, withoutLimb(localGet(SECOND_SUM))),
    ];
  });

const clearSums = (): WasmCode =>
  [FIRST_SUM, SECOND_SUM].flatMap((local) => localSet(local, i64Const(0)));

const updateFg = (): WasmCode => [
  ...clearSums(),
  ...applyMatrix([NUMBER_F, NUMBER_G], () => []),
  ...setLimb(NUMBER_F, LAST, localGet(FIRST_SUM)),
  ...setLimb(NUMBER_G, LAST, localGet(SECOND_SUM)),
];

/**
 * Computes which multiple of p to add to a sum: it makes a negative sum larger, and the low 30 bits
 * of the sum zero.
 */
const multipleOfP = (multiple: number, row: readonly [number, number], sum: number): WasmCode => {
  const ofSigns = [NUMBER_D, NUMBER_E].map((number, column) =>
    i64And(localGet(row[column] as number), signOf(limb(number, LAST))),
  ) as [WasmCode, WasmCode];
  return [
    ...localSet(multiple, i64Add(ofSigns[0], ofSigns[1])),
    ...localSet(
      multiple,
      i64Sub(
        localGet(multiple),
        lowBits(i64Add(i64Mul(localGet(sum), i64Const(INVERSE_OF_P)), localGet(multiple))),
      ),
    ),
  ];
};

const addTo = (local: number, value: WasmCode): WasmCode =>
  localSet(local, i64Add(localGet(local), value));

const updateDe = (): WasmCode => [
  ...clearSums(),
  ...applyMatrix([NUMBER_D, NUMBER_E], (index) => {
    if (index === 0) {
      return [
        ...multipleOfP(FIRST_MULTIPLE, [MATRIX_U, MATRIX_V], FIRST_SUM),
        ...multipleOfP(SECOND_MULTIPLE, [MATRIX_Q, MATRIX_R], SECOND_SUM),
        ...addTo(FIRST_SUM, i64Mul(localGet(FIRST_MULTIPLE), i64Const(FIRST_OF_P))),
        ...addTo(SECOND_SUM, i64Mul(localGet(SECOND_MULTIPLE), i64Const(FIRST_OF_P))),
      ];
    }
    if (index < LAST) return [];
    return [
      ...addTo(FIRST_SUM, i64Shl(localGet(FIRST_MULTIPLE), bits(BITS_OF_LAST))),
      ...addTo(SECOND_SUM, i64Shl(localGet(SECOND_MULTIPLE), bits(BITS_OF_LAST))),
    ];
  }),
  ...setLimb(NUMBER_D, LAST, localGet(FIRST_SUM)),
  ...setLimb(NUMBER_E, LAST, localGet(SECOND_SUM)),
];

/** Adds p to d if d is negative. */
const addPWhereNegative = (): WasmCode => [
  ...localSet(MASK, signOf(limb(NUMBER_D, LAST))),
  ...setLimb(NUMBER_D, 0, i64Add(limb(NUMBER_D, 0), i64And(i64Const(FIRST_OF_P), localGet(MASK)))),
  ...setLimb(
    NUMBER_D,
    LAST,
    i64Add(limb(NUMBER_D, LAST), i64And(i64Const(2 ** BITS_OF_LAST), localGet(MASK))),
  ),
];

/** Brings limbs 0 to 7 to 0 ... 2^30 - 1. */
const carryD = (): WasmCode =>
  Array.from({ length: LAST }, (_, index) => [
    ...setLimb(
      NUMBER_D,
      index + 1,
      i64Add(limb(NUMBER_D, index + 1), withoutLimb(limb(NUMBER_D, index))),
    ),
    ...setLimb(NUMBER_D, index, lowBits(limb(NUMBER_D, index))),
  ]).flat();

/** Computes d times f, reduced to 0 ... p - 1, where d is between -2 p and p and f is 1 or -1. */
const normalise = (): WasmCode => [
  ...addPWhereNegative(),
  ...localSet(MASK, signOf(limb(NUMBER_F, LAST))),
  ...eachLimb((index) =>
    setLimb(NUMBER_D, index, i64Sub(i64Xor(limb(NUMBER_D, index), localGet(MASK)), localGet(MASK))),
  ),
  ...carryD(),
  ...addPWhereNegative(),
  ...carryD(),
];

/** Writes the limbs as little-endian bytes, in words of 64 bits. */
const store = (): WasmCode =>
  Array.from({ length: WORDS }, (_, word) => {
    const parts = Array.from({ length: LIMBS }, (_limb, index) => {
      const shift = LIMB_BITS * index - WORD_BITS * word;
      if (shift <= -LIMB_BITS || shift >= WORD_BITS) return undefined;
      const value = limb(NUMBER_D, index);
      return shift < 0 ? i64ShrU(value, bits(-shift)) : i64Shl(value, bits(shift));
    }).filter((part) => part !== undefined);
    return i64Store(localGet(AT), parts.reduce(i64Or), LIMB_LENGTH * word);
  }).flat();

/**
 * Makes the function `(at)` that replaces the number below p in the 32 bytes at this address by its inverse; 0, which
 * has no inverse, stays 0.
 */
export const invertFieldElement = (): WasmFunction => ({
  parameters: [I32],
  results: [],
  locals: [
    [WORDS_32, I32],
    [WORDS_64, I64],
  ],
  body: [
    ...load(),
    ...start(),
    ...localSet(ZETA, i32Const(-1)),
    ...localSet(ROUND, i32Const(ROUNDS)),
    ...repeatWhile(localTee(ROUND, i32Sub(localGet(ROUND), i32Const(1))), [
      ...matrix(),
      ...updateFg(),
      ...updateDe(),
    ]),
    ...normalise(),
    ...store(),
  ],
  exportAs: 'invert',
});
