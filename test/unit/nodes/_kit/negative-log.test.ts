/**
 * The logarithm for protocols: close to the exact value, and identical bits on every machine.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { negativeLog } from '../../../../nodes/_kit/negative-log.ts';

/** Distance to the next double above a normal number. */
function unitInTheLastPlace(value: number): number {
  return 2 ** (Math.floor(Math.log2(value)) - 52);
}

/** Shares that fill (0, 1) evenly, and the same shares moved close to zero and one. */
function* shares(count: number): Generator<number> {
  for (let index = 1; index <= count; index++) {
    const even = (index * 0.618_033_988_749_894_8) % 1;
    yield even;
    yield even * 2 ** -(index % 54);
    yield 1 - even * 2 ** -(index % 52);
  }
}

describe('negativeLog', () => {
  it('is within 2 units in the last place of the logarithm of the engine', () => {
    let worst = 0;
    for (const share of shares(60_000)) {
      if (share === 1) continue;
      const expected = -Math.log(share);
      const error = Math.abs(negativeLog(share) - expected) / unitInTheLastPlace(expected);
      worst = Math.max(worst, error);
    }
    expect(worst).toBeLessThanOrEqual(2);
  });

  it('is exact at one, and takes the smallest share of 53 bits', () => {
    expect(Object.is(negativeLog(1), 0)).toBe(true);
    expect(negativeLog(2 ** -54)).toBeCloseTo(37.429_947_750_237_05, 12);
    expect(negativeLog(0.5)).toBe(Math.LN2);
  });

  it('is not a number for what is no share', () => {
    for (const value of [0, -1, 1.000_000_1, 5e-324, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(negativeLog(value)).toBeNaN();
    }
  });

  it('gives the same bits on every machine', () => {
    const values = Float64Array.from(shares(2_000), negativeLog);
    const digest = createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex');
    expect(digest.slice(0, 16)).toBe('69747f9de0ee18b2');
  });
});
