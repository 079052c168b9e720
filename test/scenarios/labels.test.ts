/** Limits of labelled metrics: fail-overs of gateways by what showed the fault. */
import { parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { compareReports } from '../../reports/compare.ts';
import { judgeRun } from '../../reports/judge.ts';
import type { SeedResult } from '../../reports/model.ts';
import { renderPrometheus } from '../../reports/prometheus.ts';
import type { Report } from '../../reports/report-schema.ts';
import { sweepRow } from '../../reports/sweep.ts';
import { sweepCsv } from '../../reports/sweep-csv.ts';
import { sweepParquet } from '../../reports/sweep-parquet.ts';
import { makeJudgeInput } from '../../runner/run/run-order.ts';
import { scenarioMetrics } from '../../scenarios/open/nodes.ts';
import { parsePrometheus } from '../unit/reports/prometheus-parser.ts';
import { load, registry, run } from '../unit/runner/fixture.ts';

const SET = { duration: '20s', 'traffic.0.rate': '1000/s' };

/** @param known Of a run that differs in its limits only. */
function reportOf(
  kpis: string,
  set: Readonly<Record<string, string>> = {},
  known?: SeedResult,
): Report {
  const scenario = load('failover.yaml', { ...SET, ...set, kpis });
  const definitions = scenarioMetrics(scenario, registry);
  const facts = { scenario, definitions, commit: '', reproduce: '' };
  return judgeRun({ ...makeJudgeInput(facts, [known ?? run(scenario)], 1), mode: 'sim' });
}

describe('a limit of a labelled metric', () => {
  const OF_REPORTS = 'gateway.fault_switches{cause="report-loss"}';
  const LIMIT = `{ '${OF_REPORTS}': { count: ">= 1" } }`;
  const result = run(load('failover.yaml', { ...SET, kpis: LIMIT }));

  it('judges one series, which stands in the report beside the whole', async () => {
    const report = reportOf(LIMIT, {}, result);
    expect(report.kpis).toMatchObject([{ metric: OF_REPORTS, pass: true }]);
    const whole = report.metrics['gateway.fault_switches']?.value ?? 0;
    const series = Object.entries(report.metrics).filter(([name]) =>
      name.startsWith('gateway.fault_switches{'),
    );
    expect(series.reduce((sum, [, { value }]) => sum + (value ?? 0), 0)).toBe(whole);
    const { samples } = parsePrometheus(await renderPrometheus(report));
    const own = samples.filter(({ name }) => name === 'orrery_gateway_fault_switches_total');
    expect(own.map(({ labels }) => labels['cause'])).toEqual(
      series.map(([name]) => /"(.*)"/.exec(name)?.[1]),
    );
  });

  it('is missed by a gateway without reports, which finds dead paths by probes', () => {
    const { kpis } = reportOf(LIMIT, { 'options.gateway.multipath.mode': 'reference' });
    expect(kpis).toMatchObject([{ pass: false, code: 'E125' }]);
    expect(kpis[0]?.reason).toContain('the run has gateway.fault_switches{cause="probe-loss"}');
  });

  it('has a column of its own in tables of sweeps', async () => {
    const row = sweepRow({}, reportOf(LIMIT, {}, result), undefined);
    const value = row.kpis[0]?.perSeed[0]?.value;
    const sweep = { name: '', question: '', seeds: [1], rows: [row], reproduce: '' };
    const [header = '', line = ''] = [...sweepCsv(sweep)].join('').split('\r\n');
    const name = 'gateway.fault_switches{cause=""report-loss""} [count]';
    expect(header.split(',')).toContain(`"${name}"`);
    expect(line.split(',')).toContain(String(value));
    const file = Uint8Array.from(Buffer.concat([...sweepParquet(sweep)])).buffer;
    const [read] = await parquetReadObjects({ file });
    expect(read).toMatchObject({ [`${OF_REPORTS} [count]`]: value });
  });

  it('is compared with the same series of another run, and with no other', () => {
    const before = reportOf(LIMIT, {}, result);
    const same = compareReports(before, reportOf(LIMIT, {}, result)).kpis;
    expect(same).toMatchObject([{ metric: OF_REPORTS, verdict: 'same' }]);
    const other = `{ 'gateway.fault_switches{cause="probe-loss"}': { count: ">= 0" } }`;
    const others = compareReports(before, reportOf(other, {}, result)).kpis;
    expect(others).toMatchObject([{ baseline: null, verdict: 'not comparable' }]);
  });

  it('whose value is misspelt does not pass for want of samples', () => {
    const { kpis } = reportOf(
      `{ 'gateway.fault_switches{cause="report-los"}': { count: "<= 9" } }`,
      {},
      result,
    );
    expect(kpis).toMatchObject([{ pass: false, code: 'E125' }]);
  });
});

describe('drops of nodes', () => {
  const limitOf = (cause: string, limit: string): string =>
    `{ 'nodes.drops{cause="${cause}"}': { count: "${limit}" } }`;
  const LOSSY = { 'topology.links.6.loss': '10%', duration: '8s', events: '[]' };

  it('are counted by their names, those that did not happen as 0, and warm-up included', () => {
    const [none] = reportOf(limitOf('replay', '== 0'), LOSSY).kpis;
    expect(none).toMatchObject({ pass: true, value: 0 });
    expect(none?.estimator).toContain('warm-up included');
    const { nodeDrops = {}, metrics } = reportOf(limitOf('link-down', '>= 1'), LOSSY);
    const series = Object.entries(metrics).filter(([name]) => name.startsWith('nodes.drops{'));
    const counted = series.map(([name, { value }]) => [/"(.*)"/.exec(name)?.[1], value]);
    expect(Object.fromEntries(counted)).toEqual(nodeDrops);
    expect(metrics['nodes.drops']?.value).toBe(
      Object.values(nodeDrops).reduce((sum, one) => sum + one, 0),
    );
  });

  it('that no node has are refused, with the name that was meant', () => {
    expect(() => reportOf(limitOf('repaly', '== 0'))).toThrow('did you mean replay?');
  });
});
