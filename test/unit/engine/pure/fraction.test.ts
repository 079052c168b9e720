import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dividedBy,
  floor,
  floorOfShare,
  fraction,
  fractionFromNumber,
  minus,
  parseFraction,
  plus,
  roundFraction,
  times,
  toDecimal,
} from '../../../../engine/pure/fraction.ts';

describe('an exact fraction', () => {
  it('reads decimals as they are written, and writes them without a tail', () => {
    const texts = ['0.1', '-2.50', '1e3', '12.5e-2', '1_000', '.5', '+7', '0'];
    expect(texts.map((text) => toDecimal(parseFraction(text) ?? fraction(-1n)))).toEqual([
      ...['0.1', '-2.5', '1000', '0.125', '1000', '0.5', '7', '0'],
    ]);
  });

  it('reads nothing that is no number, or longer than any number of a file', () => {
    for (const text of ['', '.', '-', 'e5', '1e', '1e99', '1.2.3', '9'.repeat(41), 'NaN']) {
      expect(parseFraction(text)).toBeUndefined();
    }
  });

  it('is made of the shortest decimal of a number', () => {
    const numbers = [0.1 + 0.2, 1e-7, -2.5, 0, 1e21];
    expect(numbers.map((number) => toDecimal(fractionFromNumber(number)))).toEqual([
      ...['0.30000000000000004', '0.0000001', '-2.5', '0', '1000000000000000000000'],
    ]);
  });

  it('has no decimal for a third', () => {
    expect(toDecimal(fraction(1n, 3n))).toBeUndefined();
    expect(toDecimal(fraction(-3n, 8n))).toBe('-0.375');
  });

  it('rounds down, and to the nearest with halves up', () => {
    expect([fraction(-1n, 2n), fraction(1n, 2n), fraction(3n)].map(floor)).toEqual([-1n, 0n, 3n]);
    const halves = [fraction(-1n, 2n), fraction(1n, 2n), fraction(5n, 4n)];
    expect(halves.map(roundFraction)).toEqual([0n, 1n, 1n]);
  });

  it('undoes what it does', () => {
    const any = fc
      .tuple(
        fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }),
        fc.bigInt({ min: 1n, max: 10n ** 6n }),
      )
      .map(([top, bottom]) => fraction(top, bottom));
    fc.assert(
      fc.property(any, any, (a, b) => {
        expect(minus(plus(a, b), b)).toEqual(a);
        if (b.numerator !== 0n) expect(dividedBy(times(a, b), b)).toEqual(a);
      }),
    );
  });
});

describe('a share of whole things', () => {
  it('29 % of 100 were 28', () => {
    expect(floorOfShare(0.29, 100)).toBe(29);
    expect(Math.floor(0.29 * 100)).toBe(28);
  });

  it('is the whole part for each percent of any count up to 1,000', () => {
    for (let percent = 0; percent <= 100; percent += 1) {
      for (let count = 0; count <= 1_000; count += 7) {
        expect(floorOfShare(percent / 100, count)).toBe(Math.floor((percent * count) / 100));
      }
    }
  });

  it.each([
    [0, 10, 0],
    [1, 10, 10],
    [1e-7, 1e7, 1],
    [1e-7, 9_999_999, 0],
    [1 / 3, 3, 0],
  ])('%f of %i is %i', (share, count, whole) => {
    expect(floorOfShare(share, count)).toBe(whole);
  });
});
