import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  floor,
  fraction,
  minus,
  nearest,
  over,
  plus,
  readExact,
  times,
  toDecimal,
} from '../../../../../scenarios/files/sweep/exact.ts';

describe('an exact fraction', () => {
  it('reads decimals as they are written, and writes them without a tail', () => {
    const texts = ['0.1', '-2.50', '1e3', '12.5e-2', '1_000', '.5', '+7', '0'];
    expect(texts.map((text) => toDecimal(readExact(text) ?? fraction(-1n)))).toEqual([
      ...['0.1', '-2.5', '1000', '0.125', '1000', '0.5', '7', '0'],
    ]);
  });

  it('reads nothing that is no number, or longer than any number of a file', () => {
    for (const text of ['', '.', '-', 'e5', '1e', '1e99', '1.2.3', '9'.repeat(41), 'NaN']) {
      expect(readExact(text)).toBeUndefined();
    }
  });

  it('has no decimal for a third', () => {
    expect(toDecimal(fraction(1n, 3n))).toBeUndefined();
    expect(toDecimal(fraction(-3n, 8n))).toBe('-0.375');
  });

  it('rounds down, and to the nearest with halves up', () => {
    expect([fraction(-1n, 2n), fraction(1n, 2n), fraction(3n)].map(floor)).toEqual([-1n, 0n, 3n]);
    const halves = [fraction(-1n, 2n), fraction(1n, 2n), fraction(5n, 4n)];
    expect(halves.map(nearest)).toEqual([0n, 1n, 1n]);
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
        if (b.top !== 0n) expect(over(times(a, b), b)).toEqual(a);
      }),
    );
  });
});
