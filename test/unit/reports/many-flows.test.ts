/** Reports of runs with many flows stay small, and say what they leave out and where it is. */
import { describe, expect, it } from 'vitest';
import { flowsCsv } from '../../../reports/flows-csv.ts';
import { renderHtml } from '../../../reports/html/html.ts';
import { renderJson } from '../../../reports/json.ts';
import { judgeRun } from '../../../reports/judge.ts';
import type { FlowResult, SeedResult, TimeSeries } from '../../../reports/model.ts';
import type { Report } from '../../../reports/report-schema.ts';
import { runInput } from './fixture.ts';

const BINS = 600;
const LOSSY = 'node-0 -> node-77';

/** Three series of each flow; one of them delivers half of what is sent. */
function seriesOf(flow: string): readonly TimeSeries[] {
  const bin = (value: number): readonly number[] => new Array<number>(BINS).fill(value);
  const of = (name: string, unit: string, value: number): TimeSeries => {
    return { name: `${name} ${flow}`, flow, unit, binNs: 1e8, values: bin(value) };
  };
  const delivered = flow === LOSSY ? 5 : 10;
  return [
    of('sent', 'packets', 10),
    of('delivered', 'packets', delivered),
    of('latency.p95', 'ns', 1e7),
  ];
}

function manyFlows(count: number, gaps = 0): Report {
  const { seeds, ...input } = runInput({ seeds: 1, slowdown: 1 });
  const names = Array.from({ length: count }, (_, i) => `node-0 -> node-${i}`);
  const made = seeds.map((seed): SeedResult => {
    const cost = Array.from({ length: gaps }, (_, i) => {
      return { flow: `node-0 -> node-${i}`, gapNs: i, lost: 0, isRecovered: true };
    });
    const faults = seed.faults.map((fault) => ({ ...fault, gaps: cost }));
    return { ...seed, faults, series: names.flatMap(seriesOf) };
  });
  return judgeRun({ ...input, seeds: made });
}

describe('reports of many flows', () => {
  it('are no larger with 2,000 flows than with 20', () => {
    const [few, many] = [manyFlows(20), manyFlows(2_000)];
    expect(renderHtml(many).length / renderHtml(few).length).toBeLessThan(1.1);
    expect(renderJson(many).length / renderJson(few).length).toBeLessThan(1.1);
  });

  it('show the flow that lost most, and what all carried together', () => {
    const names = manyFlows(600).series.map(({ name }) => name);
    expect(names).toContain(`delivered ${LOSSY}`);
    const all = manyFlows(600).series.find(({ name }) => name === 'all delivered');
    expect(all?.shownSeed[0]).toBe(5_995);
    expect(renderHtml(manyFlows(600))).toContain(' packets/s delivered by all flows');
  });

  it('say how many flows are left out, and where they are', () => {
    expect(manyFlows(600).flowsLeftOut).toBe(584);
    expect(renderHtml(manyFlows(600))).toContain('584 flows not drawn');
    expect(renderHtml(manyFlows(600))).toContain('flows.csv');
  });

  it('leave out no flow of a few', () => {
    const report = manyFlows(16);
    expect(report.flowsLeftOut).toBeUndefined();
    expect(report.series).toHaveLength(3 * 16);
  });

  it('keep the longest gaps of each fault, and count the others', () => {
    const [fault] = manyFlows(20, 3_000).faults;
    expect(fault?.gaps).toHaveLength(1_250);
    expect(fault?.gaps?.[0]?.gapNs).toBe(2_999);
    expect(fault?.gapsLeftOut).toBe(1_750);
  });

  it('say in a table of faults how many are in report.json only', () => {
    const report = manyFlows(1);
    const [fault] = report.faults;
    const faults = Array.from({ length: 205 }, () => fault!);
    expect(renderHtml({ ...report, faults })).toContain('5 more in report.json');
    const marks = faults.map((one) => ({ ...one, effects: {} }));
    expect(renderHtml({ ...report, faults: marks })).toContain('5 more in report.json');
  });

  it('come with a line of flows.csv for each flow of each seed', () => {
    const [seed] = runInput({ seeds: 1, slowdown: 1 }).seeds;
    const flows: FlowResult[] = [
      { flow: 'a -> b', sent: 10, delivered: 9, latencyNs: { p50: 1, p95: 2, max: 3 } },
      { flow: '=c -> d', sent: 10, delivered: 0 },
    ];
    const lines = [...flowsCsv([{ ...seed!, flows }])].join('').split('\r\n');
    expect(lines.slice(1)).toEqual(['1,a -> b,10,9,1,2,3', "1,'=c -> d,10,0,,,", '']);
    const many = [...flowsCsv([{ ...seed!, flows: new Array(2_500).fill(flows[0]) }])];
    expect(many).toHaveLength(3);
    expect(many.join('').split('\r\n')).toHaveLength(2_502);
  });
});
