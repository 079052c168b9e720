/**
 * Tails of the normal distribution against values of 30-digit arithmetic.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import {
  erfc,
  expm1,
  expOf,
  log1p,
  logAbsExpm1,
  logErfc,
  logOf,
  logOfNormalCdf,
  logOfNormalSurvival,
  logSumExp,
  normalCdf,
  normalSurvival,
} from '../../../../../nodes/federated/privacy/special-functions.ts';

/** By 30-digit arithmetic, rounded to doubles. */
const ERFC: readonly (readonly [number, number])[] = [
  [-3, 1.9999779095030015],
  [-0.5, 1.5204998778130465],
  [0, 1],
  [0.3, 0.6713732405408726],
  [0.9, 0.20309178757716786],
  [0.99999, 0.1573033581667702],
  [1, 0.15729920705028513],
  [1.1, 0.11979493042591827],
  [1.5, 0.033894853524689274],
  [2, 0.004677734981047266],
  [3, 2.209049699858544e-5],
  [5, 1.537459794428035e-12],
  [10, 2.088487583762545e-45],
  [20, 5.395865611607901e-176],
  [26, 5.663192408856143e-296],
];

describe('tails of the normal distribution', () => {
  it.each(ERFC)('erfc(%f) has 14 digits', (x, expected) => {
    expect(Math.abs(erfc(x) / expected - 1)).toBeLessThan(3e-15);
    expect(Math.abs(logErfc(x) - Math.log(expected))).toBeLessThan(1e-13 * (1 + x * x));
  });

  it('has logarithms where erfc itself is 0', () => {
    expect(erfc(30)).toBe(0);
    expect(erfc(1e9)).toBe(0);
    // -x^2 - ln x - ln(pi)/2 + ln(1 - 1/(2 x^2) + 3/(4 x^4) - 15/(8 x^6) + 105/(16 x^8)), x = 30.
    const series = 1 - 1 / 1_800 + 3 / (4 * 810_000) - 15 / (8 * 30 ** 6) + 105 / (16 * 30 ** 8);
    const expected = -900 - Math.log(30) - Math.log(Math.PI) / 2 + Math.log(series);
    expect(logErfc(30)).toBeCloseTo(expected, 11);
    expect(logOfNormalSurvival(50)).toBeCloseTo(-1254.8313611394201, 9);
  });

  it('keeps the digits of both tails', () => {
    expect(normalCdf(0)).toBe(0.5);
    expect(Math.abs(normalCdf(-1.96) / 0.024997895148220435 - 1)).toBeLessThan(1e-14);
    expect(Math.abs(normalSurvival(8) / 6.220960574271784e-16 - 1)).toBeLessThan(1e-14);
    expect(Math.abs(-logOfNormalCdf(8) / 6.220960574271784e-16 - 1)).toBeLessThan(1e-14);
    for (const x of [-7, -1, 0.3, 0.99, 1.01, 4]) {
      expect(logOfNormalCdf(x)).toBeCloseTo(Math.log(normalCdf(x)), 13);
      expect(normalCdf(x) + normalSurvival(x)).toBeCloseTo(1, 15);
    }
  });
});

describe('sums and differences near 1', () => {
  it('agrees with the functions of the language, whose last bit is not portable', () => {
    for (const x of [-0.9, -1e-3, -1e-9, 1e-300, 1e-17, 1e-9, 1e-5, 0.1, 1, 50, 600]) {
      expect(Math.abs(log1p(x) / Math.log1p(x) - 1)).toBeLessThan(4e-16);
      expect(Math.abs(expm1(x) / Math.expm1(x) - 1)).toBeLessThan(2e-15);
      expect(logAbsExpm1(x)).toBeCloseTo(Math.log(Math.abs(Math.expm1(x))), 12);
    }
    expect(logAbsExpm1(1_000)).toBe(1_000);
  });

  it('has the limits of the exponential and the logarithm', () => {
    expect([expOf(-5_000), expOf(5_000), expm1(-5_000), expm1(5_000)]).toEqual([
      0,
      Number.POSITIVE_INFINITY,
      -1,
      Number.POSITIVE_INFINITY,
    ]);
    expect([logOf(0), logOf(1), logOf(Number.POSITIVE_INFINITY)]).toEqual([
      Number.NEGATIVE_INFINITY,
      0,
      Number.POSITIVE_INFINITY,
    ]);
  });

  it('adds what no double can hold', () => {
    expect(logSumExp([2_000, 2_000])).toBeCloseTo(2_000 + Math.log(2), 12);
    expect(logSumExp([Number.NEGATIVE_INFINITY, -3])).toBe(-3);
    expect(logSumExp([])).toBe(Number.NEGATIVE_INFINITY);
  });
});
