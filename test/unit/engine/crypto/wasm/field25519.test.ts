/**
 * Arithmetic modulo 2^255-19 in doubles: no sum ever needs more than the 53 bits of a double, and
 * products are right.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../../engine/core/stream.ts';
import { encodeModule } from '../../../../../engine/crypto/wasm/assembler.ts';
import {
  bitsOfLimb,
  ELEMENT_PAIR_BYTES,
  FIELD_MEMORY_END,
  LIMB_COUNT,
  LIMB_EXPONENTS,
  LIMB_PAIR_BYTES,
  multiplyByTable,
  multiplyElementPairs,
  squareElementPairs,
  writeFactorTable,
  writeFieldConstants,
} from '../../../../../engine/crypto/wasm/field25519.ts';
import { loadWasm } from '../../../../../engine/crypto/wasm/load.ts';

const SEED = 20_261_121;
const P = 2n ** 255n - 19n;
const A24 = 121_665;
/** Integers up to here are exact in a double. */
const EXACT = 2 ** 53;

const exponent = (limb: number): number => LIMB_EXPONENTS[limb] as number;
const eachLimb = <T>(of: (limb: number) => T): T[] =>
  Array.from({ length: LIMB_COUNT }, (_, limb) => of(limb));
const at = (bounds: readonly number[], limb: number): number => bounds[limb] as number;

/** In units of 2^e(k): the bound that the module documents for a limb after a multiplication. */
const REDUCED = eachLimb((limb) => 2 ** (bitsOfLimb(limb) - 1) + 2 ** 13);
const SUM = REDUCED.map((bound) => 2 * bound);
const COORDINATE = eachLimb((limb) => 2 ** bitsOfLimb(limb) - 1);

/** The bounds of the columns of a product. */
function columns(first: readonly number[], second: readonly number[]): number[] {
  const bounds = new Array<number>(LIMB_COUNT).fill(0);
  for (let i = 0; i < LIMB_COUNT; i++) {
    for (let j = 0; j < LIMB_COUNT; j++) {
      const wraps = i + j >= LIMB_COUNT;
      const column = wraps ? i + j - LIMB_COUNT : i + j;
      const shift = exponent(i) + exponent(j) - exponent(column) - (wraps ? 255 : 0);
      // A product that is not a multiple of its unit would not be exact.
      expect(shift).toBeGreaterThanOrEqual(0);
      bounds[column] =
        at(bounds, column) + at(first, i) * at(second, j) * 2 ** shift * (wraps ? 19 : 1);
    }
  }
  return bounds;
}

/** The bounds after the two chains of carries, which follow them; every sum on the way is exact. */
function carried(bounds: number[]): number[] {
  const settle = (limb: number): number => {
    expect(at(bounds, limb)).toBeLessThan(EXACT);
    const carry = at(bounds, limb) / 2 ** bitsOfLimb(limb) + 1;
    bounds[limb] = 2 ** (bitsOfLimb(limb) - 1);
    return carry;
  };
  const add = (limb: number, carry: number): void => {
    bounds[limb] = at(bounds, limb) + carry;
    expect(at(bounds, limb)).toBeLessThan(EXACT);
  };
  const half = LIMB_COUNT / 2;
  const out = eachLimb(() => 0);
  for (let limb = 0; limb < LIMB_COUNT; limb++) {
    if (limb % half !== 0) add(limb, at(out, limb - 1));
    out[limb] = settle(limb);
  }
  add(0, 19 * at(out, LIMB_COUNT - 1));
  add(1, settle(0));
  add(half, at(out, half - 1));
  add(half + 1, settle(half));
  return bounds;
}

/** The bounds of AA + a24 E after each limb has passed on one carry. */
function right(): number[] {
  const before = REDUCED.map((bound) => bound + A24 * 2 * bound);
  for (const bound of before) expect(bound).toBeLessThan(EXACT);
  const carries = before.map((bound, limb) => bound / 2 ** bitsOfLimb(limb) + 1);
  return eachLimb((limb) => {
    const carry = limb === 0 ? 19 * at(carries, LIMB_COUNT - 1) : at(carries, limb - 1);
    return 2 ** (bitsOfLimb(limb) - 1) + carry;
  });
}

describe('bounds of limbs', () => {
  it.each([
    ['two sums', SUM, SUM],
    ['E and AA + a24 E', SUM, right()],
    ['the coordinate and a square', COORDINATE, REDUCED],
  ])('the product of %s is exact and comes back within them', (_, first, second) => {
    const result = carried(columns(first, second));
    for (const [limb, bound] of result.entries()) {
      expect(bound, `limb ${limb}`).toBeLessThanOrEqual(at(REDUCED, limb));
    }
  });

  it('a coordinate plus one is within those of a sum', () => {
    for (const [limb, bound] of COORDINATE.entries()) {
      expect(bound + 1).toBeLessThanOrEqual(at(SUM, limb));
    }
  });
});

describe(`products of pairs, seed ${SEED}`, () => {
  const [F, G, H] = [
    FIELD_MEMORY_END,
    FIELD_MEMORY_END + ELEMENT_PAIR_BYTES,
    FIELD_MEMORY_END + 2 * ELEMENT_PAIR_BYTES,
  ] as const;
  const random = openRandomStream(SEED, 'crypto', 'field');
  let view: DataView;
  let exports: Readonly<Record<string, (...inputs: number[]) => void>>;

  beforeAll(() => {
    const code = encodeModule(
      [
        { ...multiplyElementPairs(), exportAs: 'multiply' },
        { ...squareElementPairs(), exportAs: 'square' },
        { ...multiplyByTable(), exportAs: 'byTable' },
      ],
      1,
    );
    const loaded = loadWasm(code);
    if (loaded === undefined) throw new Error('no WebAssembly vectors');
    exports = loaded.exports as typeof exports;
    view = new DataView(loaded.memory.buffer);
    writeFieldConstants(view);
  });

  /** An element given by its limbs; in every other case the limbs are at their bounds. */
  const element = (bounds: readonly number[], extreme: boolean): number[] =>
    bounds.map((bound) => {
      const units = Math.floor(bound);
      return (extreme ? units : random.below(units + 1)) * (random.below(2) === 0 ? 1 : -1);
    });
  const integerOf = (units: readonly number[]): bigint =>
    units.reduce((total, unit, limb) => total + (BigInt(unit) << BigInt(exponent(limb))), 0n);
  const write = (pair: number, lane: number, units: readonly number[]): void => {
    for (const [limb, unit] of units.entries()) {
      view.setFloat64(pair + LIMB_PAIR_BYTES * limb + 8 * lane, unit * 2 ** exponent(limb), true);
    }
  };
  const read = (pair: number, lane: number): number[] =>
    eachLimb(
      (limb) =>
        view.getFloat64(pair + LIMB_PAIR_BYTES * limb + 8 * lane, true) / 2 ** exponent(limb),
    );
  const modP = (value: bigint): bigint => ((value % P) + P) % P;
  const expectElement = (lane: number, value: bigint): void => {
    const units = read(H, lane);
    units.forEach((unit, limb) => {
      expect(Number.isInteger(unit)).toBe(true);
      expect(Math.abs(unit)).toBeLessThanOrEqual(at(REDUCED, limb));
    });
    expect(modP(integerOf(units))).toBe(modP(value));
  };

  it('both products are right for random limbs and for limbs at their bounds', () => {
    for (let count = 0; count < 400; count++) {
      const [a, b, c, d] = [SUM, SUM, SUM, right()].map((bounds) =>
        element(bounds, count % 2 === 0),
      );
      write(F, 0, a!);
      write(F, 1, b!);
      write(G, 0, c!);
      write(G, 1, d!);
      exports['multiply']!(H, F, G);
      expectElement(0, integerOf(a!) * integerOf(c!));
      expectElement(1, integerOf(b!) * integerOf(d!));
      exports['multiply']!(F, F, G);
      expect(read(F, 0), 'the target may be the first factor').toEqual(read(H, 0));
    }
  });

  it('both squares are right, in place, too', () => {
    for (let count = 0; count < 400; count++) {
      const [a, b] = [element(SUM, count % 2 === 0), element(SUM, count % 3 === 0)];
      write(F, 0, a);
      write(F, 1, b);
      exports['square']!(H, F);
      expectElement(0, integerOf(a) ** 2n);
      expectElement(1, integerOf(b) ** 2n);
      exports['square']!(F, F);
      expect(read(F, 1)).toEqual(read(H, 1));
    }
  });

  it('the second of two elements is multiplied by that of the table, into both lanes', () => {
    for (let count = 0; count < 400; count++) {
      const factor = element(COORDINATE, count % 2 === 0).map(Math.abs);
      const [ignored, b] = [element(SUM, false), element(REDUCED, count % 3 === 0)];
      writeFactorTable(
        view,
        Float64Array.from(factor, (unit, limb) => unit * 2 ** exponent(limb)),
      );
      write(F, 0, ignored);
      write(F, 1, b);
      exports['byTable']!(H, F);
      expectElement(0, integerOf(factor) * integerOf(b));
      expectElement(1, integerOf(factor) * integerOf(b));
    }
  });
});
