/**
 * A live run compared with its prediction, from fixed inputs.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { LogHistogram, visitBuckets } from '../../../engine/measure/histogram.ts';
import {
  compareWithPrediction,
  isWithinTolerance,
  relativeDifference,
} from '../../../reports/against.ts';
import { predictionLines, predictionMarkdown } from '../../../reports/against-text.ts';
import { throughputNote } from '../../../reports/cpu-note.ts';
import { renderHtml } from '../../../reports/html/html.ts';
import { readReport, renderJson } from '../../../reports/json.ts';
import { judgeRun } from '../../../reports/judge.ts';
import { escapeMarkdown, renderMarkdown } from '../../../reports/markdown.ts';
import type { JudgeInput, MetricData } from '../../../reports/model.ts';
import type { Report } from '../../../reports/report-schema.ts';
import { renderTerminal } from '../../../reports/terminal.ts';
import { runInput } from './fixture.ts';

const input = runInput({ seeds: 1, slowdown: 1 });
const live: JudgeInput = { ...input, mode: 'live' };
const CPU = 'calibrated (runs/calibration.json, Test CPU, 2026-01-02)';

type Change = (value: number) => number;

/** The same measurements with the values of some metrics changed. */
function predictedAs(changes: Readonly<Record<string, Change>>): JudgeInput {
  const seeds = live.seeds.map((seed) => {
    const metrics = Object.entries(seed.metrics).map(([name, data]) => [
      name,
      changed(data, changes[name] ?? times(1)),
    ]);
    return { ...seed, fingerprint: 'ff', metrics: Object.fromEntries(metrics) };
  });
  return { ...live, mode: 'sim', cpu: CPU, cpuProfileSha256: 'ab', seeds };
}

function changed(data: MetricData, change: Change): MetricData {
  if (data.kind === 'counter') return { ...data, value: change(data.value) };
  if (data.kind !== 'histogram') return data;
  const histogram = new LogHistogram();
  visitBuckets(data.data, (_first, last, count) => {
    for (let i = 0; i < count; i += 1) histogram.record(Math.round(change(last)));
  });
  return { kind: 'histogram', data: histogram.data() };
}

function times(factor: number): Change {
  return (value): number => value * factor;
}

describe('a live run against its prediction', () => {
  it('holds when throughput and median latency agree; tails are reported, not promised', () => {
    const against = compareWithPrediction(
      live,
      predictedAs({ 'gateway.latency': (ns) => (ns > 13e6 ? ns * 1.5 : ns) }),
    );
    expect(against.pass).toBe(true);
    const row = (metric: string, aggregation: string): unknown =>
      against.rows.find((one) => one.metric === metric && one.aggregation === aggregation);
    expect(row('gateway.latency', 'p95')).toMatchObject({ isInside: false, isPromised: false });
    expect(row('gateway.latency', 'p50')).toMatchObject({ isInside: true, isPromised: true });
    expect(row('gateway.throughput', 'rate')).toMatchObject({ difference: 0, isPromised: true });
    expect(new Set(against.rows.map((one) => `${one.metric} ${one.aggregation}`)).size).toBe(
      against.rows.length,
    );
  });

  it('flags a profile with half the costs, which predicts twice the throughput', () => {
    const against = compareWithPrediction(live, predictedAs({ 'gateway.throughput': times(2) }));
    expect(against.pass).toBe(false);
    const [row] = against.rows.filter(({ metric }) => metric === 'gateway.throughput');
    expect(row).toMatchObject({ isInside: false, difference: 1 });
    expect(predictionLines(against).join('\n')).toMatch(
      /✗ gateway\.throughput .* \+100 % \[\+99, \+101\] +OUTSIDE/,
    );
  });

  it('promises nothing where the prediction has no processor, and says so', () => {
    const against = compareWithPrediction(live, { ...predictedAs({}), cpu: 'not modelled' });
    expect(against.rows.filter(({ isPromised }) => isPromised)).toEqual([]);
    expect(predictionLines(against)[0]).toContain(
      'without a processor model: nothing is promised here',
    );
  });

  it('said "predicted within 15 %" where nothing was promised', () => {
    const against = compareWithPrediction(live, predictedAs({}));
    const rest = { ...against, rows: against.rows.filter(({ isPromised }) => !isPromised) };
    expect(predictionLines(rest)[0]).toMatch(/: no rate or median latency to predict here$/);
  });

  it('flags half the median latency as well', () => {
    expect(compareWithPrediction(live, predictedAs({ 'gateway.latency': times(0.5) })).pass).toBe(
      false,
    );
  });

  it.each([
    [100, 115, true],
    [100, 85, true],
    [100, 115.1, false],
    [0, 0, true],
    [0, 1, false],
    [null, 1, false],
  ])(
    'of %s measured and %s predicted is within 15 percent: %s',
    (measured, predicted, isInside) => {
      expect(isWithinTolerance(relativeDifference(measured, predicted))).toBe(isInside);
    },
  );

  it('is drawn as a table', () => {
    const against = compareWithPrediction(live, predictedAs({ 'gateway.latency': times(0.98) }));
    const short = { ...against, rows: against.rows.filter(({ isPromised }) => isPromised) };
    expect(predictionLines(short)).toMatchSnapshot();
    expect(predictionMarkdown(short, escapeMarkdown)).toMatchSnapshot();
  });

  it('is part of every report and is read back from report.json', () => {
    const against = compareWithPrediction(live, predictedAs({}));
    const report = judgeRun({ ...input, mode: 'live', against });
    const title =
      'Compared with virtual time, processor modelled: rate and median predicted within 15 %';
    const options = { width: 100, colour: false, unicode: true };
    expect(renderTerminal(report, options)).toContain(title);
    expect(renderMarkdown(report)).toContain(title);
    expect(renderHtml(report)).toContain(title);
    expect(readReport(renderJson(report))).toMatchObject({ kind: 'report', report: { against } });
  });
});

describe('beside throughput', () => {
  it('stands whether processor time was modelled, in every report of virtual time', () => {
    const free = judgeRun(input);
    const charged = judgeRun({ ...input, cpu: CPU });
    const options = { width: 120, colour: false, unicode: true };
    for (const render of [
      (report: Report): string => renderTerminal(report, options),
      (report: Report): string => renderMarkdown(report).replaceAll('\\', ''),
      (report: Report): string => renderHtml(report),
    ]) {
      expect(render(free)).toContain('throughput: CPU time not modelled');
      expect(render(charged)).toContain(`throughput: CPU time ${CPU}`);
    }
    expect(throughputNote(judgeRun(live))).toBeUndefined();
    expect(throughputNote({ ...free, kpis: [] })).toBeUndefined();
  });
});
