/** Limits of series whose data are not in every seed, or not whole. */
import { describe, expect, it } from 'vitest';
import type { MetricDefinition } from '../../../engine/host/measure.ts';
import { foldedSeriesName } from '../../../engine/measure/bounded-series.ts';
import { judgeKpi } from '../../../reports/kpi.ts';
import type { MetricData } from '../../../reports/model.ts';
import type { KpiResult } from '../../../reports/report-schema.ts';
import { kpi, seedResult } from './fixture.ts';

const DEFINITION: MetricDefinition = {
  ...{ name: 'x.y', kind: 'counter', unit: 'count', help: 'For the test.', labels: ['path'] },
};
const SERIES = 'x.y{path="1"}';
const counter = (value: number): MetricData => ({ kind: 'counter', value });

function judged(metric: string, seeds: readonly Record<string, MetricData>[]): KpiResult {
  const spec = { ...kpi(metric, 'count', ['<=', 9, '<= 9']) };
  const all = seeds.map((metrics, index) => ({ ...seedResult(index + 1, 1), metrics }));
  const facts = { definition: DEFINITION, definitions: [DEFINITION] };
  return judgeKpi({ spec, ...facts, seeds: all, mode: 'sim', warmupNs: 5e9 });
}

describe('a limit of a series', () => {
  it('takes a counter that only other seeds have for 0', () => {
    const result = judged(SERIES, [
      { 'x.y': counter(7), [SERIES]: counter(7) },
      { 'x.y': counter(0) },
    ]);
    expect(result).toMatchObject({ pass: true, value: 7 });
    expect(result.perSeed.map(({ value }) => value)).toEqual([7, 0]);
  });

  it('fails if no seed has the series', () => {
    expect(judged(SERIES, [{ 'x.y': counter(0) }])).toMatchObject({ pass: false, code: 'E125' });
  });

  it('fails if a part of the metric was folded, except that of the rest itself', () => {
    const other = 'x.y{path="other"}';
    const seed = {
      ...{ 'x.y': counter(8), [SERIES]: counter(7), [other]: counter(1) },
      [foldedSeriesName('x.y')]: counter(1),
    };
    const result = judged(SERIES, [seed]);
    expect(result).toMatchObject({ pass: false, code: 'E125', value: null });
    expect(result.reason).toContain('more than 64 combinations');
    expect(judged(other, [seed])).toMatchObject({ pass: true, value: 1 });
    expect(judged('x.y', [seed])).toMatchObject({ pass: true, value: 8 });
  });
});
