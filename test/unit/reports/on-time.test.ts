/**
 * Latency minus lateness, compared with the simulated latency, from fixed inputs.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { LogHistogram } from '../../../engine/measure/histogram.ts';
import { compareWithPrediction } from '../../../reports/against.ts';
import { renderHtml } from '../../../reports/html/html.ts';
import { readReport, renderJson } from '../../../reports/json.ts';
import { judgeRun } from '../../../reports/judge.ts';
import { renderMarkdown } from '../../../reports/markdown.ts';
import type { JudgeInput, MetricData, TimeSeries } from '../../../reports/model.ts';
import { compareOnTimeLatency, type OnTimeLatencyComparison } from '../../../reports/on-time.ts';
import { onTimeLatencyLines } from '../../../reports/on-time-text.ts';
import { renderTerminal } from '../../../reports/terminal.ts';
import { LIVE_METRICS } from '../../../scenarios/metrics/live-metrics.ts';
import { draws } from './draws.ts';
import { runInput } from './fixture.ts';

const MS = 1e6;
const PACKETS = 4_000;
const base = runInput({ seeds: 1, slowdown: 1 });

function histogramOf(values: readonly number[]): MetricData {
  const histogram = new LogHistogram();
  for (const value of values) histogram.record(Math.round(value));
  return { kind: 'histogram', data: histogram.data() };
}

function inputOf(metrics: Readonly<Record<string, MetricData>>): JudgeInput {
  const [seed] = base.seeds;
  const definitions = [...base.definitions, ...LIVE_METRICS];
  return {
    ...base,
    mode: 'live',
    definitions,
    seeds: [{ ...seed!, metrics: { ...seed!.metrics, ...metrics } }],
  };
}

/**
 * Two paths of 10 and 12 ms, and packets that are late by an exponential delay with a mean of 8 ms.
 */
const draw = draws(7);
const ideal = Array.from({ length: PACKETS }, (_, i) => (i % 5 === 0 ? 12 : 10) * MS);
const late = ideal.map(() => -Math.log(1 - draw()) * 8 * MS);
const simulated = inputOf({ 'gateway.latency': histogramOf(ideal) });

function live(lateness: readonly number[], hidden = 0): JudgeInput {
  const latency = ideal.map((ns, i) => ns + (late[i] as number) + hidden);
  return inputOf({
    'gateway.latency': histogramOf(latency),
    'live.way_lateness': histogramOf(lateness),
    'live.on_time_latency': histogramOf(latency.map((ns, i) => ns - (lateness[i] as number))),
  });
}

function compared(run: JudgeInput): OnTimeLatencyComparison {
  const onTime = compareOnTimeLatency(run, simulated);
  if (onTime === undefined) throw new Error('nothing was compared');
  return onTime;
}

describe('latency less lateness', () => {
  it('is the simulated latency where the lateness is true, percentile by percentile', () => {
    const onTime = compared(live(late));
    expect(onTime).toMatchObject({ pass: true, packets: PACKETS });
    for (const row of onTime.rows) expect(Math.abs(row.difference ?? 1)).toBeLessThan(0.002);
    expect(onTime.rows.map(({ p, isInside }) => [p, isInside])).toEqual([
      [0.5, true],
      [0.95, true],
      [0.99, true],
    ]);
  });

  it('is not where a part of the lateness is seen by nobody', () => {
    const onTime = compared(live(late, 3 * MS));
    expect(onTime.pass).toBe(false);
    expect(onTime.rows[0]).toMatchObject({ isInside: false, isPromised: true });
  });

  it('is not where lateness is told that was none', () => {
    expect(compared(live(late.map((ns) => ns + 3 * MS))).pass).toBe(false);
  });

  it('judges the sum of two percentiles apart, which is no promise', () => {
    const [, p95] = compared(live(late)).rows;
    expect(p95).toMatchObject({ simulated: 12 * MS, isSumInside: true });
    expect(p95!.sum).toBe(12 * MS + (p95!.lateness ?? 0));
    // The late packets are not those on the long path: the sum is too large, but packet by packet
    // there is agreement.
    const apart = ideal.map((ns, i) => (ns < 11 * MS && i % 10 === 1 ? 3 * MS : 0));
    const rows = compared(
      inputOf({
        'gateway.latency': histogramOf(ideal.map((ns, i) => ns + (apart[i] as number))),
        'live.way_lateness': histogramOf(apart),
        'live.on_time_latency': histogramOf(ideal),
      }),
    ).rows;
    // 13 ms compared with 12 + 3.
    expect(rows[1]).toMatchObject({ isInside: true, isSumInside: false });
  });

  it('is not judged at a percentile beyond which hardly a packet was followed', () => {
    const few = { 'live.on_time_latency': histogramOf(ideal.slice(0, 60)) };
    const onTime = compared(inputOf({ ...live(late).seeds[0]!.metrics, ...few }));
    expect(onTime.pass).toBe(false);
    expect(onTime.rows.map(({ isInside }) => isInside)).toEqual([true, null, null]);
    expect(onTimeLatencyLines(onTime, 0.15).join('\n')).toContain('too few packets');
  });

  it('did "not match" where too few packets were followed, or none', () => {
    const first = (followed: readonly number[]): string | undefined => {
      const own = { 'live.on_time_latency': histogramOf(followed) };
      const onTime = compared(inputOf({ ...live(late).seeds[0]!.metrics, ...own }));
      return onTimeLatencyLines(onTime, 0.15)[0]?.replaceAll('\u202f', ' ').trim();
    };
    expect(first(ideal.slice(0, 60))).toBe(
      'Latency minus lateness: too few packets to tell within 15 % (60 of 4 000 packets followed)',
    );
    expect(first([])).toBe('Latency minus lateness is not known: 0 of 4 000 packets followed');
  });

  it('is compared only where both have a latency of applications', () => {
    const none = inputOf({ 'gateway.latency': histogramOf([]) });
    expect(compareOnTimeLatency(none, simulated)).toBeUndefined();
    expect(compareOnTimeLatency(live(late), none)).toBeUndefined();
  });

  it('says which paths carried the packets, where they are not those of virtual time', () => {
    const withPaths = (run: JudgeInput, near: number, far: number): JudgeInput => {
      const [seed] = run.seeds;
      const pathOf = (name: string, values: readonly number[]): TimeSeries => ({
        name: `path:${name}`,
        unit: 'packets',
        binNs: 1e8,
        values,
      });
      const series = [pathOf('near', [near / 2, near / 2]), pathOf('far', [0, far])];
      return { ...run, seeds: [{ ...seed!, series }] };
    };
    const onTime = compareOnTimeLatency(
      withPaths(live(late), 60, 40),
      withPaths(simulated, 100, 0),
    ) as OnTimeLatencyComparison;
    expect(onTime.paths).toEqual([
      { path: 'far', live: 0.4, simulated: 0 },
      { path: 'near', live: 0.6, simulated: 1 },
    ]);
    expect(onTimeLatencyLines(onTime, 0.15).join('\n')).toContain(
      'far: live 40 %, simulated 0 %\n',
    );
    const report = judgeRun({
      ...live(late),
      against: { ...compareWithPrediction(live(late), simulated), onTime },
    });
    expect(renderMarkdown(report)).toContain('packets took different paths than in virtual time');
    expect(renderHtml(report)).toContain('far: live 40 %, simulated 0 %; near: live');
    expect(renderHtml(report)).toContain('packets took different paths than in virtual time');
    // Depending on the instant at which a path is left, shares differ by a few percentage points.
    const alike = compareOnTimeLatency(
      withPaths(live(late), 97, 3),
      withPaths(simulated, 100, 0),
    ) as OnTimeLatencyComparison;
    expect(onTimeLatencyLines(alike, 0.15).join('\n')).not.toContain('paths');
  });

  it('stands in every report of the run, beside the lateness of this machine', () => {
    const run = live(late);
    const plain = compareWithPrediction(run, simulated);
    const against = { ...plain, onTime: compared(run) };
    const report = judgeRun({ ...run, against });
    const title = 'Latency minus lateness matches the simulated latency within 15 %';
    expect(onTimeLatencyLines(against.onTime, 0.15)).toMatchSnapshot();
    expect(renderTerminal(report, { width: 100, colour: false, unicode: true })).toContain(title);
    expect(renderMarkdown(report)).toContain(title);
    expect(renderHtml(report)).toContain(title);
    expect(renderMarkdown(report)).toMatch(/a packet over its whole path \| 4 000 \| 5\.\d+ ms/);
    expect(renderHtml(report)).toContain('How late this machine was');
    expect(readReport(renderJson(report))).toMatchObject({ kind: 'report', report: { against } });
  });
});
