/** Distributions in one sentence: modes by their paths, and digits that tell values apart. @module */
import { describe, expect, it } from 'vitest';
import {
  distributionFinding,
  modeShares,
  modesOf,
  quantitiesApart,
} from '../../../reports/distribution-words.ts';
import { summariseMetrics } from '../../../reports/metric-summary.ts';
import type { SeedResult } from '../../../reports/model.ts';
import type { MetricSummary, Report } from '../../../reports/report-schema.ts';

const MS = 1e6;

/** The summary of samples as a report holds it. */
function metricOf(values: readonly number[]): MetricSummary {
  const definition = { name: 'x', kind: 'samples', unit: 'ns', help: '' } as const;
  const seed = { seed: 1, metrics: { x: { kind: 'samples', values } } } as unknown as SeedResult;
  return summariseMetrics([definition], [seed], 'sim')['x'] as MetricSummary;
}

/** So many samples of each value. */
function valuesOf(...parts: readonly (readonly [count: number, ms: number])[]): readonly number[] {
  return parts.flatMap(([count, ms]) => Array.from({ length: count }, () => ms * MS));
}

/** Packets and latency by step; the first step is the warm-up. */
function told(
  latencyMs: readonly number[],
  paths: Readonly<Record<string, readonly number[]>>,
): Pick<Report, 'series' | 'scenario'> {
  const series = (name: string, values: readonly number[]): Report['series'][number] => ({
    ...{ name, unit: 'ns', binNs: 1e9, stepNs: 1e9, low: [], high: [] },
    ...{ mean: values, shownSeed: values },
  });
  return {
    scenario: { warmupNs: 1e9 } as Report['scenario'],
    series: [
      series(
        'latency.p95',
        latencyMs.map((ms) => ms * MS),
      ),
      ...Object.entries(paths).map(([path, values]) => series(`path:${path}`, values)),
    ],
  };
}

const NO_PATHS = told([], {});

describe('a distribution of few values', () => {
  const two = metricOf(valuesOf([340, 10.06], [660, 12.06]));

  it('was told by two percentiles that read alike: each value stands there with its path and share', () => {
    const report = told([10.06, 10.06, 10.06, 12.06, 12.06], {
      one: [900, 170, 170, 0, 0],
      two: [0, 0, 0, 330, 330],
    });
    expect(distributionFinding('latency', two, report)).toBe(
      'latency: 34 % by one at 10.06 ms, 66 % by two at 12.06 ms',
    );
    expect(modeShares(two, report).map(({ share }) => share)).toEqual([0.34, 0.66]);
  });

  it('is told without paths as near as the stored quantiles tell', () => {
    const [first, second] = modesOf(two);
    expect([first?.least, first?.most].map((p) => (p ?? 0) < 0.34)).toEqual([true, false]);
    expect((first?.least ?? 0) + (second?.most ?? 0)).toBeCloseTo(1, 9);
    expect(distributionFinding('latency', two, NO_PATHS)).toMatch(
      /^latency: about \d+ % at 10\.06 ms, about \d+ % at 12\.06 ms$/,
    );
  });

  it('does not take the shares of paths that contradict the samples', () => {
    const report = told([1, 10.06, 12.06], { one: [0, 900, 0], two: [0, 0, 100] });
    expect(distributionFinding('latency', two, report)).toMatch(/about \d+ % by one at 10\.06 ms/);
  });

  it('names a tail beyond its values, and none within them', () => {
    const tailed = metricOf(valuesOf([3_400, 10.06], [6_500, 12.06], [100, 41]));
    expect(distributionFinding('latency', tailed, NO_PATHS)).toMatch(/, one in 1 000 above 41 ms$/);
  });
});

describe('other distributions', () => {
  it('have no modes: continuous ones, few samples, one value', () => {
    expect(modesOf(metricOf(Array.from({ length: 1_000 }, (_, i) => (10 + i / 100) * MS)))).toEqual(
      [],
    );
    expect(modesOf(metricOf(valuesOf([34, 10], [65, 12])))).toEqual([]);
    expect(modesOf(metricOf(valuesOf([35, 10], [65, 12])))).toHaveLength(2);
    expect(modesOf(metricOf(valuesOf([500, 10])))).toEqual([]);
  });

  it('are told by median and tail, in digits that tell them apart', () => {
    const narrow = metricOf(Array.from({ length: 10_000 }, (_, i) => 12 * MS + i));
    expect(distributionFinding('latency', narrow, NO_PATHS)).toBe(
      'latency: half below 12.00 ms, one in 1 000 above 12.01 ms',
    );
    expect(distributionFinding('latency', metricOf(valuesOf([1, 66.9])), NO_PATHS)).toBe(
      'latency: 1 sample at 66.9 ms',
    );
    expect(distributionFinding('latency', metricOf(valuesOf([40, 5])), NO_PATHS)).toBe(
      'latency: all 40 samples at 5 ms',
    );
  });

  it('three digits are enough where they tell values apart, and equal values stay equal', () => {
    expect(quantitiesApart([10 * MS, 41.7 * MS], 'ns')).toEqual(['10 ms', '41.7 ms']);
    expect(quantitiesApart([12_106_000, 12_106_400], 'ns')).toEqual(['12.1060 ms', '12.1064 ms']);
    expect(quantitiesApart([5 * MS, 5 * MS], 'ns')).toEqual(['5 ms', '5 ms']);
  });
});
