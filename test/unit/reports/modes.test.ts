/**
 * Distributions with only a few values: each value is drawn separately, and the text names the
 * modes.
 */
import { describe, expect, it } from 'vitest';
import { type HistogramData, LogHistogram } from '../../../engine/measure/histogram.ts';
import {
  distinctQuantityTexts,
  distributionText,
  isReliableQuantile,
} from '../../../reports/distribution-text.ts';
import { renderHtml } from '../../../reports/html/html.ts';
import { judgeRun } from '../../../reports/judge.ts';
import { summariseMetrics } from '../../../reports/metric-summary.ts';
import type { JudgeInput, SeedResult } from '../../../reports/model.ts';
import { findDistributionModes } from '../../../reports/modes.ts';
import type { MetricSummary, Report } from '../../../reports/report-schema.ts';
import { draws } from './draws.ts';
import { runInput } from './fixture.ts';

const MS = 1e6;
const histogramOf = (...parts: readonly (readonly [count: number, ns: number])[]): LogHistogram => {
  const histogram = new LogHistogram();
  for (const [count, ns] of parts) for (let i = 0; i < count; i += 1) histogram.record(ns);
  return histogram;
};
const NEAR = histogramOf([340, 10.06 * MS]).data();
const FAR = histogramOf([659, 12.06 * MS], [1, 31 * MS]).data();
const BOTH = histogramOf([340, 10.06 * MS], [659, 12.06 * MS], [1, 31 * MS]).data();

/** The summary of samples in the form of a report. */
function summaryOf(data: HistogramData): MetricSummary {
  const definition = { name: 'x', kind: 'histogram', unit: 'ns', help: '' } as const;
  const seed = { seed: 1, metrics: { x: { kind: 'histogram', data } } } as unknown as SeedResult;
  return summariseMetrics([definition], [seed], 'sim')['x'] as MetricSummary;
}

function spiky(): Report {
  const base = runInput({ seeds: 1, slowdown: 1 });
  const seeds: JudgeInput['seeds'] = base.seeds.map((seed) => ({
    ...seed,
    metrics: { ...seed.metrics, 'gateway.latency': { kind: 'histogram', data: BOTH } },
    pathLatencies: { 'gateway.latency': { 'via-120': NEAR, 'via-130': FAR } },
  }));
  return judgeRun({ ...base, seeds });
}

describe('a distribution of two values', () => {
  it('said "half below 12.1, one in 1 000 above 12.1 ms": it names its modes by path', () => {
    const modes = findDistributionModes(BOTH, { 'via-120': NEAR, 'via-130': FAR });
    expect(modes.map(({ share, path }) => [share, path])).toEqual([
      [0.34, 'via-120'],
      [0.659, 'via-130'],
    ]);
    for (const [at, ms] of [10.06, 12.06].entries()) {
      expect(Math.abs((modes[at]?.value ?? 0) / (ms * MS) - 1)).toBeLessThan(0.001);
    }
    const text = distributionText({ ...summaryOf(BOTH), modes: [...modes] });
    expect(text).toMatch(/^34 % by via-120 at 10\.0\d ms, 66 % by via-130 at 12\.0\d ms$/);
    expect(renderHtml(spiky())).toContain('gateway.latency: 34\u00a0% by via-120\u00a0at 10.0');
  });

  it('had a slope between them, of samples that do not exist: the share falls where they are', () => {
    const points = spiky().metrics['gateway.latency']?.quantiles ?? [];
    // All samples of the first value and none of the second: the curve has a point at exactly this
    // share.
    const first = points.filter(({ value }) => value < 11 * MS).at(-1);
    expect(first?.p).toBe(0.34);
    const page = renderHtml(spiky());
    const drawn = [...page.matchAll(/<path class="line s1[^"]*" d="M([^"]*)"/g)].map(([, d]) => d);
    const tail = drawn.find((d) => d?.includes('L')) ?? '';
    const corners = tail.split('L').map((pair) => pair.split(',').map(Number));
    for (const [i, [x = 0, y = 0]] of corners.entries()) {
      const [nextX = x, nextY = y] = corners[i + 1] ?? [];
      expect(nextX === x || nextY === y).toBe(true);
    }
  });

  it('names a tail beyond its values, and none within them', () => {
    const tailed = histogramOf([3_400, 10.06 * MS], [6_540, 12.06 * MS], [60, 41 * MS]).data();
    expect(distributionText(summaryOf(tailed))).toMatch(/ at 12\.0\d ms, one in 1 000 above 41/);
    expect(distributionText(summaryOf(BOTH))).not.toMatch(/one in/);
  });

  it('names no path that only some of its packets took', () => {
    const mixed = histogramOf([200, 12.06 * MS]).data();
    expect(
      findDistributionModes(BOTH, { 'via-130': FAR, 'via-140': mixed })[1]?.path,
    ).toBeUndefined();
  });
});

describe('a distribution that spreads', () => {
  it('has no modes', () => {
    const histogram = new LogHistogram();
    const draw = draws(3);
    for (let i = 0; i < 20_000; i += 1) histogram.record(Math.round((5 + 10 * draw()) * MS));
    expect(findDistributionModes(histogram.data())).toEqual([]);
  });

  it('is told with as many digits as tell its percentiles apart', () => {
    expect(distinctQuantityTexts([12.061 * MS, 12.064 * MS], 'ns')).toEqual([
      '12.061 ms',
      '12.064 ms',
    ]);
    expect(distinctQuantityTexts([10 * MS, 41.7 * MS], 'ns')).toEqual(['10 ms', '41.7 ms']);
    expect(distinctQuantityTexts([5 * MS, 5 * MS], 'ns')).toEqual(['5 ms', '5 ms']);
    const of = (median: number, value: number): string =>
      distributionText({
        ...{ unit: 'ns', count: 10_000, min: MS, max: value + MS },
        quantiles: [
          { p: 0.5, value: median },
          { p: 0.999, value },
        ],
      });
    expect(of(12.061 * MS, 12.064 * MS)).toBe(
      'half at most 12.061 ms, one in 1 000 above 12.064 ms',
    );
    expect(of(12 * MS, 12 * MS)).toBe('half, and all but one in 1 000, at most 12 ms');
  });

  it('tells no quantile with fewer than ten samples beyond it', () => {
    expect([
      isReliableQuantile(0.99, 1_000),
      isReliableQuantile(0.99, 999),
      isReliableQuantile(0.9, 100),
    ]).toEqual([true, false, true]);
    const points = [0.5, 0.9, 0.95, 0.99].map((p) => ({ p, value: p * MS }));
    const of = (count: number): string =>
      distributionText({ unit: 'ns', count, min: 0, max: MS, quantiles: points });
    expect(of(999)).toMatch(/one in 20 above 950 /);
    expect(of(1_000)).toMatch(/one in 100 above 990 /);
    expect(of(99)).toBe('half at most 500 µs');
  });

  it('is one value, said once, where all samples are equal', () => {
    expect(distributionText(summaryOf(histogramOf([40, 5 * MS]).data()))).toBe(
      'all 40 samples at 5 ms',
    );
    expect(distributionText(summaryOf(histogramOf([1, 67 * MS]).data()))).toBe('1 sample at 67 ms');
  });
});

describe('the report', () => {
  it('had an empty section for one sample: it says the value', () => {
    const base = runInput({ seeds: 1, slowdown: 1 });
    const seeds: JudgeInput['seeds'] = base.seeds.map((seed) => ({
      ...seed,
      metrics: { ...seed.metrics, 'gateway.failover': { kind: 'samples', values: [136 * MS] } },
      faults: seed.faults.slice(0, 1),
    }));
    const page = renderHtml(judgeRun({ ...base, seeds }));
    expect(page).toContain('gateway.failover, 1 sample: 136 ms');
    expect(page).not.toContain('too few for a distribution');
    expect(page).not.toContain('All 1 faults');
    expect(page).toMatch(/The fault healed within 250\u00a0ms: it took \d+/);
  });

  it('reported the warm-up in its headlines: peaks and gaps are those of measured time', () => {
    const base = runInput({ seeds: 1, slowdown: 1 });
    const seeds: JudgeInput['seeds'] = base.seeds.map((seed) => ({
      ...seed,
      series: seed.series.map((one) =>
        one.name === 'latency.p95'
          ? { ...one, values: one.values.map((value, bin) => (bin < 3 ? 900 * MS : value)) }
          : one,
      ),
    }));
    const page = renderHtml(judgeRun({ ...base, seeds }));
    expect(page).not.toMatch(/latency\.p95: at most 900/);
    expect(page).toMatch(/latency\.p95: at most 1\d\.\d/);
  });
});
