import { XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import type { MetricDefinition } from '../../../engine/host/measure.ts';
import { renderHtml } from '../../../reports/html/html.ts';
import { readReport, renderJson } from '../../../reports/json.ts';
import { chooseExitCode, judgeRun } from '../../../reports/judge.ts';
import { renderJunit } from '../../../reports/junit.ts';
import { judgeKpi } from '../../../reports/kpi.ts';
import { kpiMark, verdictWord } from '../../../reports/kpi-text.ts';
import { renderMarkdown } from '../../../reports/markdown.ts';
import type { JudgeInput, KpiSpec } from '../../../reports/model.ts';
import { renderPrometheus } from '../../../reports/prometheus.ts';
import type { KpiResult, Report } from '../../../reports/report-schema.ts';
import { renderTerminal } from '../../../reports/terminal.ts';
import { kpi, runInput, seedResult } from './fixture.ts';

const MS = 1e6;
const LIMIT = 100 * MS;

interface Setup {
  readonly metric?: string;
  readonly unit?: MetricDefinition['unit'];
  readonly value?: number;
  readonly spec?: Partial<KpiSpec>;
}

/**
 * A KPI with limit 100 ms that was met with 60 ms (unless stated otherwise), with one clock
 * uncertainty per seed.
 */
function judged(uncertainties: readonly (number | undefined)[], setup: Setup = {}): KpiResult {
  const { metric = 'gateway.latency', unit = 'ns', value = 60 * MS } = setup;
  const definition: MetricDefinition = { name: metric, kind: 'samples', unit, help: 'A test.' };
  const spec = { ...kpi(metric, 'p95', ['<=', LIMIT, '<= 100ms']), ...setup.spec };
  const seeds = uncertainties.map((one, index) => ({
    ...seedResult(index + 1, 1),
    metrics: { [metric]: { kind: 'samples' as const, values: [value] } },
    ...(one === undefined ? {} : { clockUncertaintyNs: one }),
  }));
  return judgeKpi({ spec, definition, definitions: [], seeds, mode: 'live', warmupNs: 0 });
}

describe('a latency between two machines', () => {
  it('passes when their clocks are uncertain by exactly 10 % of the limit', () => {
    expect(judged([10 * MS])).toMatchObject({ status: 'pass', clockUncertaintyNs: 10 * MS });
  });

  it('is inconclusive, and not met, when it is a nanosecond more', () => {
    expect(judged([10 * MS + 1])).toMatchObject({
      status: 'inconclusive',
      pass: false,
      value: 60 * MS,
      clockUncertaintyNs: 10 * MS + 1,
      reason: 'the clocks agree only to within 10.000001 ms, more than 10 % of the limit 100 ms',
    });
  });

  it('is judged by the worst clocks of all seeds', () => {
    expect(judged([0, 11 * MS, undefined]).status).toBe('inconclusive');
    expect(judged([0, 9 * MS]).clockUncertaintyNs).toBe(9 * MS);
  });

  it('is judged as ever where all nodes share one clock', () => {
    expect(judged([undefined])).not.toHaveProperty('clockUncertaintyNs');
    expect(judged([0])).toMatchObject({ status: 'pass', clockUncertaintyNs: 0 });
    expect(judged([0], { spec: { limit: 0, comparison: '>=' } }).status).toBe('pass');
  });

  it('stays missed when no clock could undo the miss', () => {
    expect(judged([11 * MS], { value: 111 * MS }).status).toBe('inconclusive');
    expect(judged([11 * MS], { value: 111 * MS + 1 })).toMatchObject({
      status: 'fail',
      reason: '111 ms is above 100 ms',
    });
    const atLeast = { comparison: '>=' } as const;
    expect(judged([11 * MS], { value: 89 * MS, spec: atLeast }).status).toBe('inconclusive');
    expect(judged([11 * MS], { value: 89 * MS - 1, spec: atLeast }).status).toBe('fail');
    const equal = { comparison: '==' } as const;
    expect(judged([11 * MS], { value: 89 * MS, spec: equal }).status).toBe('inconclusive');
    expect(judged([11 * MS], { value: 88 * MS, spec: equal }).status).toBe('fail');
  });

  it.each([
    ['a response time', { metric: 'bulk.response_time' }],
    ['a round trip', { metric: 'ping.rtt' }],
    ['a failover gap', { metric: 'gateway.failover' }],
    ['a number that is no time', { metric: 'x.latency', unit: 'count' }],
    ['how many there are', { spec: { aggregation: 'count', comparison: '>=', limit: 1 } }],
  ] as const)('is not %s: that is read from one clock', (_what, setup) => {
    const result = judged([50 * MS], setup);
    expect(result.status).toBe('pass');
    expect(result).not.toHaveProperty('clockUncertaintyNs');
  });
});

describe('an inconclusive KPI', () => {
  /** The failover scenario on two machines whose clocks agree to within 12 ms. */
  function input(slowdown = 1): JudgeInput {
    const base = runInput({ seeds: 2, slowdown });
    const seeds = base.seeds.map((seed) => ({ ...seed, clockUncertaintyNs: 12 * MS }));
    return { ...base, mode: 'live', seeds };
  }

  const report: Report = judgeRun(input());
  const options = { width: 100, colour: false, unicode: true };

  it('is not met: exit code 1', () => {
    expect(report.kpis.map(({ status }) => status)).toEqual([
      'pass',
      'pass',
      'inconclusive',
      'pass',
      'pass',
      'pass',
    ]);
    expect([report.pass, chooseExitCode(report)]).toEqual([false, 1]);
  });

  it('gives the run a word of its own, unless something is missed too', () => {
    expect(verdictWord(report)).toBe('INCONCLUSIVE');
    const missed = judgeRun(input(2.4));
    expect(verdictWord(missed)).toBe('FAIL');
    expect(renderTerminal(missed, options)).toContain('2 of 6 KPIs missed, 1 inconclusive');
    const idle = input();
    const seeds = idle.seeds.map((seed) => ({
      ...seed,
      packets: { ...seed.packets, sent: seed.packets.sent + 1 },
    }));
    expect(verdictWord(judgeRun({ ...idle, seeds }))).toBe('FAIL');
  });

  it('has its own mark and its reason in a terminal, first', () => {
    const lines = renderTerminal(report, options).split('\n');
    expect(lines[0]).toMatch(/^INCONCLUSIVE {2}failover {2}5 of 6 KPIs met, 1 inconclusive/);
    const row = lines.findIndex((line) => line.startsWith('  ? gateway.latency p95'));
    expect(row).toBe(lines.findIndex((line) => line.includes('margin')) + 1);
    expect(lines[row + 1]).toBe(
      '      the clocks agree only to within 12 ms, more than 10 % of the limit 100 ms',
    );
    expect(report.kpis.map(kpiMark)).toEqual(['✓', '✓', '?', '✓', '✓', '✓']);
  });

  it('is a failure of its own type in JUnit', () => {
    const xml = renderJunit(report);
    expect(XMLValidator.validate(xml)).toBe(true);
    expect(xml).toContain('failures="1"');
    expect(xml).toContain('<failure type="inconclusive" message="inconclusive: the clocks agree');
  });

  it('has its own sign in Markdown, colour in HTML and gauge in Prometheus text', async () => {
    const markdown = renderMarkdown(report);
    expect(markdown).toMatch(/^### ❔ failover: 5 of 6 KPIs met, 1 inconclusive/);
    expect(markdown).toContain('| ❔ | gateway.latency p95 |');
    expect(markdown).toContain('- gateway.latency p95: inconclusive: the clocks agree only');
    const page = renderHtml(report);
    expect(page).toContain('<header class="bar open">');
    expect(page).toContain('<td class="mark open-text" title="inconclusive">?</td>');
    expect(page).toContain('the clocks agree only to within 12 ms');
    const metrics = await renderPrometheus(report);
    const labels = '{scenario="failover",mode="live",kpi="gateway.latency p95"}';
    expect(metrics).toContain(`orrery_kpi_inconclusive${labels} 1`);
    expect(metrics).toContain(`orrery_kpi_pass${labels} 0`);
    expect(metrics).toContain('kpi="gateway.failover p95"} 0');
  });

  it('survives the way through report.json', () => {
    expect(readReport(renderJson(report))).toEqual({ kind: 'report', report });
  });
});
