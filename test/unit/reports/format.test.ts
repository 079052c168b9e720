import { describe, expect, it } from 'vitest';
import {
  limitQuantityText,
  marginText,
  quantityText,
  quantityTextBesideLimit,
  shortCountText,
  shortFingerprint,
  wallSecondsText,
} from '../../../reports/format.ts';

describe('numbers for people', () => {
  it.each([
    [212e6, 'ns', '212 ms'],
    [41.72e6, 'ns', '41.7 ms'],
    [1_204e6, 'ns', '1 204 ms'],
    [12.5e9, 'ns', '12.5 s'],
    [812, 'ns', '812 ns'],
    [3_300, 'ns', '3.30 µs'],
    [598_812.4, '1/min', '598 812 /min'],
    [0.999_743, 'ratio', '99.974 %'],
    [1, 'ratio', '100 %'],
    [0.999_999_999_999, 'ratio', '99.99999999 %'],
    [0.0512, 'ratio', '5.12 %'],
    [0, 'ratio', '0 %'],
    [0, 'count', '0'],
    [1.0333, 'count', '1.03'],
    [17_987_331, 'packets', '17 987 331'],
    [4_100_000, 'bytes', '4.10 MB'],
    [-3_000_000, 'ns', '-3 ms'],
    [6.25, 'bits', '6.25 bits'],
    [240, 'uJ', '240 µJ'],
    [22_900_000, 'uJ', '22.9 J'],
    [1_280e6, 'uJ', '1.28 kJ'],
    [-3e6, 'ug', '-3 g'],
    [412.5e6, 'ug/kWh', '413 gCO2/kWh'],
    [7, 'constructor', '7 constructor'],
  ])('%d %s reads %s', (value, unit, text) => {
    expect(quantityText(value, unit)).toBe(text);
  });

  it('keeps all digits of a limit', () => {
    expect(limitQuantityText(0.999, 'ratio')).toBe('99.9 %');
    expect(limitQuantityText(250e6, 'ns')).toBe('250 ms');
    expect(limitQuantityText(500_000, '1/min')).toBe('500 000 /min');
  });

  it('never lets rounding make a missed limit look met', () => {
    expect(quantityTextBesideLimit(750.3e6, 750e6, 'ns')).toBe('750.3 ms');
    expect(quantityTextBesideLimit(0.998_96, 0.999, 'ratio')).toBe('99.896 %');
    expect(quantityTextBesideLimit(750e6, 750e6, 'ns')).toBe('750 ms');
  });

  it('shortens counts, times and fingerprints', () => {
    expect([812, 55_300, 2_130_000, 18e6, 2.1e9].map(shortCountText)).toEqual([
      '812',
      '55 k',
      '2.1 M',
      '18 M',
      '2.1 G',
    ]);
    expect([0.42, 41.3, 425].map(wallSecondsText)).toEqual(['0.42 s', '41 s', '7 min 5 s']);
    expect(shortFingerprint('9f2c41d07be83344')).toBe('9f2c 41d0 7be8');
  });

  it('prints margins in percent or points', () => {
    expect(marginText(0.717, 'relative')).toBe('72 %');
    expect(marginText(-0.0827, 'relative')).toBe('-8 %');
    expect(marginText(0.00074, 'points')).toBe('0.07 pt');
    expect(marginText(null, 'relative')).toBe('-');
  });
});
