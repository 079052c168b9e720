/** Distributions, histograms, the parts of a delay and series, as the latency page shows them. @module */
import { describe, expect, it } from 'vitest';
import { distributionText } from '../../../../reports/distribution-text.ts';
import { judgeRun } from '../../../../reports/judge.ts';
import {
  type Distribution,
  listDistributions,
  quantileAt,
  splitByReliability,
  tailAxisPosition,
  tailTicks,
  unreliableQuantileReason,
} from '../../../../viz/app/chart/tail.ts';
import { RateDelayHistory } from '../../../../viz/app/data/paces.ts';
import type { HopColumns } from '../../../../viz/app/data/trace-answers.ts';
import { effectDistributions } from '../../../../viz/app/pages/latency/effects.ts';
import { computeBars } from '../../../../viz/app/pages/latency/histogram.ts';
import {
  delayPartSums,
  routeDelays,
  serialisationNsPerByte,
} from '../../../../viz/app/pages/latency/parts.ts';
import {
  isolatedPixelColumns,
  pixelColumns,
  seriesLimitKpi,
} from '../../../../viz/app/pages/latency/series.ts';
import { runInput } from '../../reports/fixture.ts';

const REPORT = judgeRun(runInput({ seeds: 3, slowdown: 1 }));
const named = (name: string): Distribution =>
  listDistributions(REPORT).find((one) => one.name === name) as Distribution;

describe('the tail axis', () => {
  it('has ticks only as far as ten samples lie beyond', () => {
    const shares = (n: number): readonly number[] => tailTicks(n).map(({ p }) => p);
    expect(shares(19)).toEqual([0]);
    expect(shares(20)).toEqual([0, 0.5]);
    expect(shares(999)).toEqual([0, 0.5, 0.9]);
    expect(shares(1_000)).toEqual([0, 0.5, 0.9, 0.99]);
  });

  it('puts shares on -log10(1 - F), and the largest of n samples at log10(n)', () => {
    expect(tailAxisPosition(0.99, 1e6)).toBeCloseTo(2, 9);
    expect(tailAxisPosition(1, 1_000)).toBeCloseTo(3, 9);
  });

  it('says what a quantile needs and what it has', () => {
    expect(unreliableQuantileReason(0.99, 212)).toBe('needs 1 000 samples, has 212');
    expect(unreliableQuantileReason(0.9, 100)).toBeUndefined();
  });

  it('draws as sure only what the samples justify, without a gap to the rest', () => {
    const { sure, rest } = splitByReliability(named('gateway.failover'));
    const n = named('gateway.failover').metric.count;
    expect(sure.every(({ p }) => (1 - p) * n >= 9.99)).toBe(true);
    expect(rest[0]).toBe(sure.at(-1));
  });
});

describe('the histogram', () => {
  it('accounts for every sample, whether from samples or from quantiles', () => {
    for (const name of ['gateway.failover', 'gateway.latency']) {
      const one = named(name);
      for (const narrowest of [0, 3e5, 1e9]) {
        const bars = computeBars(one, 12, { place: (value) => value, narrowest });
        expect(bars.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
        expect(bars.every(({ from, to }) => to >= from)).toBe(true);
      }
    }
  });
});

describe('what followed faults', () => {
  it('has its distribution from every fault of every seed, by nearest rank', () => {
    const list = effectDistributions(REPORT);
    const first = list.find(({ name }) => name === 'fault to first packet');
    const delays = REPORT.faults
      .flatMap(({ beginNs, effects }) => (effects['first packet'] ?? Number.NaN) - beginNs)
      .sort((a, b) => a - b);
    expect(first?.metric.count).toBe(12);
    expect(quantileAt(first as Distribution, 0.5)).toBe(delays[5]);
    expect(distributionText((first as Distribution).metric)).toMatch(/^half at most 122 ms/);
    expect(first?.points.at(-1)).toEqual({ p: 1, value: delays[11] });
    expect(effectDistributions({ ...REPORT, faults: [] })).toEqual([]);
  });
});

const ROWS = [
  // Columns: packet, link, depart, queue, transit, bytes. Link 0 takes 1 ns per byte and a delay of
  // 50 ns.
  [7, 0, 1_010, 10, 150, 100],
  [7, 1, 1_200, 20, 500, 100],
  [8, 0, 1_400, 0, 250, 200],
  [8, 1, 1_650, 0, 500, 100],
] as const;

function hopsOf(copies: number): HopColumns {
  const rows = Array.from({ length: copies }, (_, copy) =>
    ROWS.map(([packet, ...rest]) => [packet + 10 * copy, ...rest] as const),
  ).flat();
  const at = (column: number): number[] => rows.map((row) => row[column] ?? 0);
  return {
    ...{ rows: rows.length, total: rows.length },
    departNs: Float64Array.from(at(2)),
    arriveNs: Float64Array.from(rows, (row) => row[2] + row[4]),
    queueNs: Float64Array.from(at(3)),
    link: Uint32Array.from(at(1)),
    packet: Uint32Array.from(at(0)),
    flow: Uint16Array.from(at(0), () => 1),
    class: new Uint8Array(rows.length),
    flags: new Uint8Array(rows.length),
    bytes: Uint16Array.from(at(5)),
    fate: new Uint8Array(rows.length),
  };
}

describe('the parts of a delay', () => {
  const paces = new RateDelayHistory([], []);
  const packets = { kind: 'data', dataClass: 0 } as const;
  const window = { fromNs: 0, toNs: 5_000, guardNs: 100, paces, packets };

  it('add up to the whole way from the first offer to the last arrival', () => {
    const [way] = routeDelays(hopsOf(5), window as Parameters<typeof routeDelays>[1]);
    expect(way?.packets).toBe(10);
    const { propagation, serialisation, queue, processing } = delayPartSums(
      way as NonNullable<typeof way>,
    );
    expect(propagation + serialisation + queue + processing).toBeCloseTo(way?.totalNs ?? 0, 6);
    expect(way?.totalNs).toBe((700 + 750) / 2);
    expect(serialisation).toBe(150);
    expect(queue).toBe(15);
  });

  it('are exact where the trace holds rates and delays, also after a change; the rest is jitter', () => {
    const link = { id: 'l', name: 'a->b', from: 0, to: 1 };
    const book = new RateDelayHistory(
      [
        // First 1 ns per byte, with 10 additional bytes, and a delay of 30 ns; then no
        // serialisation time and a delay of 480 ns.
        { ...link, rateBps: 8e9, delayNs: 30, overheadBytes: 10 },
        { ...link, rateBps: null, delayNs: 500 },
      ],
      [{ timeNs: 1_500, link: 1, rateBps: 16e9, delayNs: 400 }],
    );
    const [way] = routeDelays(hopsOf(1), { ...window, paces: book });
    const [first, second] = way?.parts ?? [];
    expect(first).toMatchObject({ serialisationNs: 160, propagationNs: 30, jitterNs: 10 });
    expect(second).toMatchObject({ serialisationNs: 25, propagationNs: 450, jitterNs: 25 });
    const { propagation, serialisation, jitter, queue, processing } = delayPartSums(
      way as NonNullable<typeof way>,
    );
    const sum = propagation + serialisation + jitter + queue + processing;
    expect(sum).toBeCloseTo(way?.totalNs ?? 0, 6);
  });

  it('tell the serialisation only where packets of two sizes came often enough', () => {
    expect([...serialisationNsPerByte(hopsOf(5))]).toEqual([[0, 1]]);
    expect(serialisationNsPerByte(hopsOf(4)).size).toBe(0);
  });

  it('leave out packets that an end of the window may have cut, and those that were lost', () => {
    expect(routeDelays(hopsOf(1), { ...window, fromNs: 1_000 } as never)[0]?.packets).toBe(1);
    const lost = hopsOf(1);
    lost.fate.fill(1);
    expect(routeDelays(lost, window as never)).toEqual([]);
  });
});

describe('a series', () => {
  const series = {
    ...{ name: 'latency.p95', unit: 'ns', binNs: 1, stepNs: 1, shownSeed: [] },
    mean: [1, 9, null, 2, null, null],
    low: [0, 8, null, 2, null, null],
    high: [2, 99, null, 3, null, null],
  };

  it('keeps its peaks when several steps fall into one pixel', () => {
    expect(pixelColumns(series, 3).map(({ low, high }) => [low, high])).toEqual([
      [0, 99],
      [2, 3],
      [null, null],
    ]);
  });

  it('names the columns that a line would not show', () => {
    expect(isolatedPixelColumns(pixelColumns(series, 6)).map(({ mean }) => mean)).toEqual([2]);
  });

  it('takes the limit of the latency of flows only', () => {
    const kpi = { aggregation: 'p95', unit: 'ns', limit: 5 };
    const kpis = [{ ...kpi, metric: 'mix.latency' }] as never;
    expect(seriesLimitKpi(series, { kpis, metrics: REPORT.metrics })).toBeUndefined();
    expect(seriesLimitKpi(series, REPORT)?.metric).toBe('gateway.latency');
  });
});
