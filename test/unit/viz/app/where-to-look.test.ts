/** At which instant pages open, and where the link of a missed KPI leads. @module */
import { describe, expect, it } from 'vitest';
import { judgeRun } from '../../../../reports/judge.ts';
import type { KpiResult, Report } from '../../../../reports/report-schema.ts';
import type { FaultRow } from '../../../../viz/app/data/trace-answers.ts';
import {
  firstBusyInstant,
  initialCursorNs,
  pageOfMissedKpi,
} from '../../../../viz/app/data/where-to-look.ts';
import { runInput } from '../../reports/fixture.ts';

const REPORT = judgeRun(runInput({ seeds: 3, slowdown: 4 }));
const kpiOf = (metric: string, report: Report = REPORT): KpiResult =>
  report.kpis.find((kpi) => kpi.metric === metric) as KpiResult;

/** A report with series for the shown seed only; the warm-up of the fixture is 5 s. */
function withSeries(
  name: string,
  shownSeed: readonly (number | null)[],
  report: Report = REPORT,
): Report {
  const series = {
    name,
    unit: 'ns',
    binNs: 1e9,
    stepNs: 1e9,
    mean: [],
    low: [],
    high: [],
    shownSeed,
  };
  return { ...report, faults: [], series: [series] };
}

describe('a missed KPI leads to where it shows', () => {
  it('of faults: the fault of the shown seed that cost most', () => {
    const own = REPORT.faults.filter(({ seed }) => seed === REPORT.shownSeed);
    const costs = own.map(({ gaps = [] }) => Math.max(...gaps.map(({ gapNs }) => gapNs)));
    const worst = own[costs.indexOf(Math.max(...costs))];
    expect(pageOfMissedKpi(REPORT, kpiOf('gateway.failover'))).toEqual({
      ...{ page: 'failover', timeNs: worst?.beginNs, parameters: { fault: worst?.id } },
    });
  });

  it('of a latency: its worst step after the warm-up', () => {
    const report = withSeries('latency.p95', [9e9, 0, 0, 0, 0, 1, 2, null, 8, 3, 9e9]);
    expect(pageOfMissedKpi(report, kpiOf('gateway.latency'))).toEqual({
      ...{ page: 'latency', timeNs: 8e9, parameters: { metric: 'gateway.latency' } },
    });
  });

  it('of packets that did not arrive: the step in which fewest did, or the fault just before it', () => {
    const report = withSeries('delivered', [0, 0, 0, 0, 0, 9, 9, 2, 9, 9, 1]);
    expect(pageOfMissedKpi(report, kpiOf('gateway.delivery'))).toEqual({
      ...{ page: 'network', timeNs: 7e9, parameters: {} },
    });
    const [cut] = REPORT.faults.filter(({ seed }) => seed === REPORT.shownSeed);
    const faults = [
      { ...cut, beginNs: 1e9, id: 'early' },
      { ...cut, beginNs: 6.5e9, id: 'near' },
    ];
    const cutReport = { ...report, faults } as Report;
    expect(pageOfMissedKpi(cutReport, kpiOf('gateway.delivery'))).toMatchObject({
      ...{ page: 'failover', timeNs: 6.5e9, parameters: { fault: 'near' } },
    });
  });

  it('of privacy: its page, which has no instants', () => {
    const kpi = { ...kpiOf('gateway.latency'), metric: 'privacy.guesses' };
    expect(pageOfMissedKpi(REPORT, kpi)).toEqual({
      page: 'privacy',
      timeNs: undefined,
      parameters: {},
    });
  });
});

describe('pages of the trace opened at 0 s, where nothing happens', () => {
  const fault: FaultRow = { kind: 'begin', timeNs: 8e9, target: 'a', text: 'a down' };

  it('open 50 ms before the first fault', () => {
    expect(initialCursorNs([fault, { ...fault, timeNs: 20e9 }], REPORT)).toBe(7.95e9);
    expect(initialCursorNs([{ ...fault, timeNs: 1e6 }], REPORT)).toBe(0);
  });

  it('open before the first miss of a run without faults', () => {
    const kpis = [{ ...kpiOf('gateway.latency'), status: 'fail' as const }];
    const report = { ...withSeries('latency.p95', [0, 0, 0, 0, 0, 1, 7, 2, 0]), kpis };
    expect(initialCursorNs([], report)).toBe(5.95e9);
  });

  it('open at the beginning where nothing stands out', () => {
    const kpis = REPORT.kpis.map((kpi) => ({ ...kpi, status: 'pass' as const }));
    expect(initialCursorNs([], { ...REPORT, kpis })).toBeUndefined();
    expect(initialCursorNs([], undefined)).toBeUndefined();
  });
});

describe('a run without faults', () => {
  const bins = [0, 0, 3, 1, 9, 5, 8].map((count, at) => ({
    ...{ startNs: at * 100, widthNs: 100, count },
  }));

  it('opened at 0, where nothing happens: it opens where it is busy after the warm-up', () => {
    expect(firstBusyInstant(bins, 0)).toBe(450);
    expect(firstBusyInstant(bins, 500)).toBe(550);
    // Nothing after the warm-up: what was before it is better than nothing.
    expect(firstBusyInstant(bins, 9_999)).toBe(450);
    expect(firstBusyInstant([], 0)).toBeUndefined();
    expect(firstBusyInstant([{ startNs: 0, widthNs: 100, count: 0 }], 0)).toBeUndefined();
  });
});
