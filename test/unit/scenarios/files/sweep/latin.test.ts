import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleList, sampleRange } from '../../../../../scenarios/files/sweep/latin.ts';
import { type ContinuousRange, readRange } from '../../../../../scenarios/files/sweep/range.ts';

function open(text: string): ContinuousRange {
  const result = readRange(text);
  if ('mistake' in result || result.value.kind !== 'open') throw new Error(`${text} is not open`);
  return result.value;
}

/** The stratum of each point, ascending. */
function strataOf(values: readonly string[], share: (value: number) => number): readonly number[] {
  const strata = values.map((value) =>
    Math.floor(share(Number.parseFloat(value)) * values.length + 1e-9),
  );
  return strata.sort((a, b) => a - b);
}

const all = (runs: number): readonly number[] => Array.from({ length: runs }, (_, i) => i);
const seeds = fc.integer({ min: 0, max: 1e9 });

describe('a Latin hypercube', () => {
  it('hits each stratum of a continuous axis exactly once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), seeds, (runs, seed) => {
        const values = sampleRange('a', open('0.25..4.25'), { runs, seed });
        expect(strataOf(values, (value) => (value - 0.25) / 4)).toEqual(all(runs));
      }),
    );
  });

  it('hits each stratum of a logarithmic axis exactly once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), seeds, (runs, seed) => {
        const values = sampleRange('a', open('log 1ms..1s'), { runs, seed });
        expect(strataOf(values, (value) => Math.log(value) / Math.log(1_000))).toEqual(all(runs));
      }),
    );
  });

  it('puts a third of a logarithmic axis of three decades into each, a linear one hardly any', () => {
    const low = (text: string): number =>
      sampleRange('a', open(text), { runs: 30, seed: 1 }).filter((v) => Number.parseFloat(v) < 10)
        .length;
    expect(low('log 1ms..1000ms')).toBe(10);
    expect(low('1ms..1000ms')).toBeLessThanOrEqual(1);
  });

  it('deals each value of a list as often as the others, or once more', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 60 }),
        seeds,
        (n, m, seed) => {
          const values = all(m).map(String);
          const dealt = sampleList('a', values, { runs: n, seed });
          const counts = values.map((value) => dealt.filter((one) => one === value).length);
          expect(dealt).toHaveLength(n);
          expect(Math.min(...counts)).toBe(Math.floor(n / m));
          expect(Math.max(...counts)).toBe(Math.ceil(n / m));
        },
      ),
    );
  });

  it('gives the one more to any value with the same chance', () => {
    const values = ['a', 'b', 'c'];
    const more = all(3_000).map((seed) => {
      const dealt = sampleList('p', values, { runs: 4, seed });
      return values.find((value) => dealt.filter((one) => one === value).length === 2);
    });
    for (const value of values) {
      const count = more.filter((one) => one === value).length;
      // 1,000 are expected; five standard deviations of the binomial law are 129.
      expect(Math.abs(count - 1_000)).toBeLessThan(129);
    }
  });

  it.each([
    ['0.0..1.0', (value: number): number => value],
    ['log 1.0..100.0', (value: number): number => Math.log(value) / Math.log(100)],
  ])('draws uniformly within a stratum of %s', (text, share) => {
    const drawn = all(1_000).map((seed) => {
      const [value = ''] = sampleRange('p', open(text), { runs: 1, seed });
      return share(Number(value));
    });
    const mean = drawn.reduce((sum, one) => sum + one, 0) / 1_000;
    const variance = drawn.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 1_000;
    // Five standard deviations: of the mean sqrt(1/12/1000), of the variance sqrt(1/180/1000).
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.046);
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(0.012);
  });

  it('orders the strata of each axis alone: two axes are hardly correlated', () => {
    const range = open('0.0..1.0');
    const size = { runs: 1_000, seed: 1 };
    const [a, b] = ['x', 'y'].map((path) => sampleRange(path, range, size).map(Number));
    const products = (a ?? []).map((value, i) => (value - 0.5) * ((b?.[i] ?? 0) - 0.5));
    const correlation = (12 * products.reduce((sum, one) => sum + one, 0)) / 1_000;
    // The standard deviation is 1 / sqrt(1000).
    expect(Math.abs(correlation)).toBeLessThan(0.13);
    expect(a).not.toEqual(b);
  });

  it('is the same on every machine and for every set of axes, and another with another seed', () => {
    const size = { runs: 5, seed: 1 };
    expect(sampleRange('options.gateway.window', open('0.1..0.9'), size)).toEqual([
      '0.335',
      '0.662',
      '0.506',
      '0.825',
      '0.145',
    ]);
    expect(sampleRange('options.gateway.window', open('log 1ms..1s'), size)).toEqual([
      '7.6ms',
      '128ms',
      '33.4ms',
      '526ms',
      '1.48ms',
    ]);
    expect(sampleList('options.dtn.router', ['a', 'b', 'c'], size)).toEqual([
      'b',
      'b',
      'c',
      'a',
      'a',
    ]);
    const other = { ...size, seed: 2 };
    expect(sampleRange('a', open('0.1..0.9'), other)).not.toEqual(
      sampleRange('a', open('0.1..0.9'), size),
    );
  });

  it('draws whole numbers, nanoseconds and bytes where only those can stand', () => {
    const values = (text: string, runs: number): readonly string[] =>
      sampleRange('a', open(text), { runs, seed: 3 });
    expect([...values('1..5', 10)].sort()).toEqual([
      '1',
      '1',
      '2',
      '2',
      '3',
      '3',
      '4',
      '4',
      '5',
      '5',
    ]);
    expect([...values('1ns..4ns', 4)].sort()).toEqual(['1ns', '2ns', '3ns', '4ns']);
    for (const value of values('log 1..1000', 40)) expect(value).toMatch(/^\d+$/);
    for (const value of values('1KiB..2KiB', 40)) {
      expect(Number.isInteger(Number.parseFloat(value) * 1_024)).toBe(true);
    }
    for (const value of values('1min..2min', 40)) {
      expect(Number.isInteger(Number((Number.parseFloat(value) * 60e9).toPrecision(12)))).toBe(
        true,
      );
    }
    const odd = values('1..1000', 5).filter((value) => Number(value) % 10 !== 1);
    expect(odd.length).toBeGreaterThan(0);
  });

  it('stays within its ends', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), seeds, (runs, seed) => {
        for (const text of ['1.5ms..9.25ms', 'log 1.5ms..9.25ms', 'log 3..7', 'log 1ns..9ns']) {
          const { from, to } = open(text);
          const ends = [from, to].map(
            ({ value }) => Number(value.numerator) / Number(value.denominator),
          );
          for (const value of sampleRange('a', open(text), { runs, seed })) {
            expect(Number.parseFloat(value)).toBeGreaterThanOrEqual(ends[0] ?? 0);
            expect(Number.parseFloat(value)).toBeLessThanOrEqual(ends[1] ?? 0);
          }
        }
      }),
    );
  });
});
