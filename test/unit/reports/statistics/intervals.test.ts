import { describe, expect, it } from 'vitest';
import { batchMeans } from '../../../../reports/statistics/batch-means.ts';
import { bootstrapInterval } from '../../../../reports/statistics/bootstrap.ts';
import {
  chiSquareQuantile,
  chiSquareStatistic,
  KS_CRITICAL,
  ksStatistic,
} from '../../../../reports/statistics/goodness-of-fit.ts';
import {
  upperBoundWithoutEvents,
  wilsonInterval,
} from '../../../../reports/statistics/proportion.ts';
import {
  nearestRank,
  quantile,
  rankInterval,
  samplesForUpperBound,
  sortedAscending,
  upperBoundRank,
} from '../../../../reports/statistics/quantile.ts';
import { binomialCdf, incompleteBeta, logGamma } from '../../../../reports/statistics/special.ts';
import { meanInterval, studentQuantile } from '../../../../reports/statistics/student-t.ts';
import { correlation, summariseSample } from '../../../../reports/statistics/summary.ts';
import { proposeWarmUp } from '../../../../reports/statistics/warmup.ts';
import { draws, normals } from '../draws.ts';

const T_975: readonly (readonly [number, number])[] = [
  [1, 12.7062],
  [2, 4.3027],
  [3, 3.1824],
  [4, 2.7764],
  [5, 2.5706],
  [6, 2.4469],
  [7, 2.3646],
  [8, 2.306],
  [9, 2.2622],
  [10, 2.2281],
  [11, 2.201],
  [12, 2.1788],
  [13, 2.1604],
  [14, 2.1448],
  [15, 2.1314],
  [16, 2.1199],
  [17, 2.1098],
  [18, 2.1009],
  [19, 2.093],
  [20, 2.086],
  [21, 2.0796],
  [22, 2.0739],
  [23, 2.0687],
  [24, 2.0639],
  [25, 2.0595],
  [26, 2.0555],
  [27, 2.0518],
  [28, 2.0484],
  [29, 2.0452],
  [30, 2.0423],
  [40, 2.0211],
  [49, 2.0096],
  [59, 2.001],
  [99, 1.9842],
  [120, 1.9799],
  [1e7, 1.96],
];

describe("Student's t", () => {
  it.each(T_975)('has the 97.5 percent quantile of the table for %d degrees', (degrees, t) => {
    expect(studentQuantile(0.975, degrees)).toBeCloseTo(t, 4);
    expect(studentQuantile(0.025, degrees)).toBeCloseTo(-t, 4);
  });

  it.each([
    [4, 4.6041],
    [9, 3.2498],
    [19, 2.8609],
    [29, 2.7564],
    [99, 2.6264],
  ])('has the 99.5 percent quantile of the table for %d degrees', (degrees, t) =>
    expect(studentQuantile(0.995, degrees)).toBeCloseTo(t, 4),
  );

  it('gives no interval to one value', () => {
    expect(meanInterval([5], 0.95)).toBeUndefined();
    expect(meanInterval([], 0.95)).toBeUndefined();
  });

  it('covers the truth in 93 to 97 % of 1,000 experiments', () => {
    const random = normals(20_261_120);
    let covered = 0;
    for (let i = 0; i < 1000; i++) {
      const values = Array.from({ length: 10 }, () => 50 + 7 * random());
      const interval = meanInterval(values, 0.95);
      if (interval !== undefined && interval.low <= 50 && interval.high >= 50) covered += 1;
    }
    expect(covered).toBeGreaterThanOrEqual(930);
    expect(covered).toBeLessThanOrEqual(970);
  });
});

describe('special functions', () => {
  it('know the factorials and the half', () => {
    expect(logGamma(11)).toBeCloseTo(Math.log(3_628_800), 12);
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 12);
  });

  it('agree with the closed forms of the incomplete beta function', () => {
    expect(incompleteBeta(0.3, { a: 1, b: 4 })).toBeCloseTo(1 - 0.7 ** 4, 13);
    expect(incompleteBeta(0.3, { a: 4, b: 1 })).toBeCloseTo(0.3 ** 4, 13);
  });

  it('sum the binomial distribution exactly', () => {
    let sum = 0;
    let term = 0.7 ** 20;
    for (let k = 0; k <= 20; k++) {
      sum += term;
      term *= ((20 - k) / (k + 1)) * (0.3 / 0.7);
      expect(binomialCdf(k, { n: 20, p: 0.3 })).toBeCloseTo(sum, 12);
    }
  });
});

describe('summaries', () => {
  it('give mean and sample deviation, and keep small spread on a large mean', () => {
    const s = summariseSample([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]);
    expect(s).toMatchObject({ n: 4, mean: 1e9 + 10, min: 1e9 + 4, max: 1e9 + 16 });
    expect(s.deviation).toBeCloseTo(Math.sqrt(30), 9);
    expect(summariseSample([3]).deviation).toBeNaN();
  });

  it('correlate', () => {
    expect(correlation([1, 2, 3], [2, 4, 6])).toBeCloseTo(1, 12);
    expect(correlation([1, 2, 3], [5, 5, 5])).toBeNaN();
  });
});

describe('percentiles', () => {
  it('are the nearest rank, without the fault of binary fractions', () => {
    expect(nearestRank(0.95, 30)).toBe(29);
    expect(nearestRank(0.95, 20)).toBe(19);
    expect(nearestRank(0.95, 100)).toBe(95);
    expect(nearestRank(0.55, 20)).toBe(11);
    expect(nearestRank(0.99, 1)).toBe(1);
    expect(quantile(sortedAscending([10, 9, 100, 1]), 0.5)).toBe(9);
    expect(quantile([], 0.5)).toBeUndefined();
  });

  const table: readonly (readonly [number, number, number | undefined, number | undefined])[] = [
    [30, 0.5, 10, 21],
    [30, 0.95, 26, undefined],
    [60, 0.5, 22, 39],
    [60, 0.9, 49, 59],
    [60, 0.95, 53, undefined],
    [73, 0.5, 28, 46],
    [73, 0.9, 60, 71],
    [73, 0.95, 65, 73],
    [100, 0.5, 40, 61],
    [100, 0.9, 84, 96],
    [100, 0.95, 90, 100],
    [1000, 0.5, 469, 532],
    [1000, 0.9, 881, 919],
    [1000, 0.95, 936, 964],
    [1000, 0.99, 983, 997],
    [10_000, 0.5, 4902, 5099],
    [10_000, 0.9, 8941, 9059],
    [10_000, 0.95, 9457, 9543],
    [10_000, 0.99, 9880, 9920],
  ];
  it.each(table)('of %d samples at %d have the ranks of the table', (n, p, low, high) => {
    const ranks = rankInterval({ n, p, level: 0.95 });
    expect(ranks.high).toBe(high);
    expect(ranks.low).toBe(low);
    if (high !== undefined) expect(ranks.coverage).toBeGreaterThanOrEqual(0.95);
  });

  it('have the coverage of the table', () => {
    const coverage = (n: number, p: number): number =>
      100 * rankInterval({ n, p, level: 0.95 }).coverage;
    expect(coverage(30, 0.5)).toBeCloseTo(95.7, 1);
    expect(coverage(60, 0.9)).toBeCloseTo(97.2, 1);
    expect(coverage(73, 0.95)).toBeCloseTo(96.6, 1);
    expect(coverage(100, 0.9)).toBeCloseTo(95.6, 1);
    expect(coverage(100, 0.95)).toBeCloseTo(98.3, 1);
  });

  it.each([
    [0.9, 29],
    [0.95, 59],
    [0.99, 299],
    [0.999, 2995],
  ])('at %d have an upper bound from n = %d on, and none below', (p, n) => {
    expect(samplesForUpperBound(p, 0.95)).toBe(n);
    expect(upperBoundRank({ n, p, level: 0.95 })).toBe(n);
    expect(upperBoundRank({ n: n - 1, p, level: 0.95 })).toBeUndefined();
  });
});

describe('proportions', () => {
  it('have the interval of Wilson', () => {
    const { low, high } = wilsonInterval(8, 10);
    expect(low).toBeCloseTo(0.4902, 4);
    expect(high).toBeCloseTo(0.9433, 4);
    expect(wilsonInterval(0, 10).low).toBe(0);
    expect(wilsonInterval(10, 10).high).toBe(1);
  });

  it('follow the rule of three when nothing was seen', () => {
    expect(upperBoundWithoutEvents(1000)).toBeCloseTo(0.00299, 5);
    expect(upperBoundWithoutEvents(1)).toBeCloseTo(0.95, 12);
  });
});

describe('goodness of fit', () => {
  it('has the chi-square limits of the table', () => {
    expect(chiSquareQuantile(0.001, 255)).toBeCloseTo(190.87, 2);
    expect(chiSquareQuantile(0.999, 255)).toBeCloseTo(330.52, 2);
    expect(chiSquareStatistic([10, 20], [15, 15])).toBeCloseTo(10 / 3, 12);
  });

  it('measures the largest distance on both sides of a step', () => {
    expect(ksStatistic([0.5], (x) => x)).toBe(0.5);
    expect(ksStatistic([0.1, 0.2, 0.9], (x) => x)).toBeCloseTo(2 / 3 - 0.2, 12);
  });

  it('accepts uniform draws and rejects squared ones', () => {
    const random = draws(7);
    const uniform = sortedAscending(Array.from({ length: 2000 }, () => random()));
    const limit = KS_CRITICAL['0.1%'] / Math.sqrt(2000);
    expect(ksStatistic(uniform, (x) => x)).toBeLessThan(limit);
    expect(
      ksStatistic(
        uniform.map((x) => x * x),
        (x) => x,
      ),
    ).toBeGreaterThan(limit);
  });
});

describe('one long run', () => {
  it('gets an interval from batch means, and a warning when batches depend on each other', () => {
    const random = normals(3);
    const independent = Array.from({ length: 4000 }, () => 10 + random());
    const result = batchMeans(independent, { batches: 20, level: 0.95 });
    expect(result?.isTrusted).toBe(true);
    expect(result?.low).toBeLessThan(10);
    expect(result?.high).toBeGreaterThan(10);
    let walk = 0;
    const drifting = independent.map((x) => (walk += x - 10));
    expect(batchMeans(drifting, { batches: 20, level: 0.95 })?.isTrusted).toBe(false);
    expect(batchMeans([1, 2], { batches: 20, level: 0.95 })).toBeUndefined();
  });

  it('proposes to cut the transient, and to run longer when it never settles', () => {
    const random = normals(5);
    const settling = Array.from({ length: 1000 }, (_, i) => 40 * Math.exp(-i / 30) + random());
    const cut = proposeWarmUp(settling);
    expect(cut.kind).toBe('found');
    if (cut.kind === 'found') {
      expect(cut.values).toBeGreaterThan(60);
      expect(cut.values).toBeLessThan(250);
    }
    expect(proposeWarmUp(Array.from({ length: 1000 }, (_, i) => i * i)).kind).toBe('run longer');
  });
});

describe('bootstrap', () => {
  it('resamples seeds with the stream it is given and brackets the statistic', () => {
    const uniform = draws(11);
    const random = { below: (n: number): number => Math.floor(uniform() * n) };
    const replications = Array.from({ length: 30 }, (_, i) => i);
    const mean = (sample: readonly number[]): number => summariseSample(sample).mean;
    const interval = bootstrapInterval({ replications, statistic: mean, random, level: 0.95 });
    expect(interval?.low).toBeGreaterThan(10);
    expect(interval?.low).toBeLessThan(14.5);
    expect(interval?.high).toBeGreaterThan(14.5);
    expect(interval?.high).toBeLessThan(19);
    expect(
      bootstrapInterval({ replications: [1], statistic: mean, random, level: 0.95 }),
    ).toBeUndefined();
  });
});
