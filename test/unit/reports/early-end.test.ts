/** The outputs for a run that did not reach its end: none of them may be green. */
import { XMLParser } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { compareReports } from '../../../reports/compare.ts';
import { comparisonExitCode, renderComparison } from '../../../reports/compare-text.ts';
import { renderHtml } from '../../../reports/html/html.ts';
import { readReport, renderJson } from '../../../reports/json.ts';
import { chooseExitCode, judgeRun } from '../../../reports/judge.ts';
import { renderJunit } from '../../../reports/junit.ts';
import { renderMarkdown } from '../../../reports/markdown.ts';
import type { KpiSpec, SeedResult } from '../../../reports/model.ts';
import { renderPrometheus } from '../../../reports/prometheus.ts';
import type { Report } from '../../../reports/report-schema.ts';
import { reportSoFar } from '../../../reports/so-far.ts';
import { renderSweepTable, sweepRow } from '../../../reports/sweep.ts';
import { renderTerminal, renderVerdictLine } from '../../../reports/terminal.ts';
import { makeRunCard } from '../../../viz/format/run-card.ts';
import { kpi, runInput } from './fixture.ts';
import { parsePrometheus } from './prometheus-parser.ts';

const SECOND = 1e9;

/** A report in which every limit is met as far as it was measured, and each seed ends as given. */
function ended(...endings: readonly SeedResult['ending'][]): Report {
  const input = runInput({ seeds: endings.length, slowdown: 1 });
  const seeds = input.seeds.map((seed, at) => {
    const ending = endings[at] ?? 'complete';
    return { ...seed, ending, virtualNs: ending === 'complete' ? 60 * SECOND : 12.3 * SECOND };
  });
  return judgeRun({ ...input, seeds });
}

const whole = ended('complete');
const terminal = { width: 80, colour: false, unicode: true };

describe.each([
  ['interrupted', 'interrupted at 12.3 s of 60 s', 130],
  ['time-limit', 'stopped by timeLimit at 12.3 s of 60 s', 5],
] as const)('a run that ended by %s', (ending, words, code) => {
  const report = ended(ending);

  it('meets no limit in report.json, and is read back so', () => {
    expect([report.pass, report.ending, chooseExitCode(report)]).toEqual([false, ending, code]);
    expect(new Set(report.kpis.map((kpi) => kpi.status))).toEqual(new Set(['inconclusive']));
    expect(report.kpis.every((kpi) => !kpi.pass)).toBe(true);
    expect(report.kpis[0]?.reason).toBe(`the run was ${words}`);
    expect(report.kpis[0]?.value).toBe(ended('complete').kpis[0]?.value);
    expect(readReport(renderJson(report))).toEqual({ kind: 'report', report });
  });

  it('wrote a green junit.xml: it has an error of its own, and no KPI passes', () => {
    const xml = renderJunit(report);
    const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '@' });
    const { testsuite } = parser.parse(xml).testsuites;
    expect(testsuite['@errors']).toBe('1');
    expect(testsuite['@failures']).toBe(String(report.kpis.length));
    expect(testsuite['@tests']).toBe(String(testsuite.testcase.length));
    const [first] = testsuite.testcase;
    expect(first['@name']).toBe('failover: the run reaches its end');
    expect(first.error['@type']).toBe(ending);
    expect(first.error['@message']).toContain(words);
    expect(renderJunit(whole)).not.toContain('<error');
  });

  it('says so once in a terminal, and no KPI has a tick', () => {
    const text = renderTerminal(report, terminal);
    expect(text).toMatch(/^STOP {2}failover {2}/);
    expect(text).not.toContain('✓');
    expect(text.split(`the run was ${words}`)).toHaveLength(2);
    expect(renderVerdictLine(report, terminal)).toContain(words);
    expect(renderTerminal(whole, terminal)).toContain('✓');
  });

  it('is not green as Markdown, on the page, on its card, or as metrics', async () => {
    const markdown = renderMarkdown(report);
    expect(markdown).not.toContain('✅');
    expect(markdown).toContain(words);
    const page = renderHtml(report);
    expect(page).toContain('<header class="bar open">');
    expect(page).not.toMatch(/class="(?:mark pass-text|interval-pass)/);
    expect(page).toContain(words);
    const card = makeRunCard(report, { id: 'failover/1', traceBytes: 0, files: [] });
    expect(card.verdict).toBe('STOP');
    expect(card.kpis.some(({ status }) => status === 'pass')).toBe(false);
    const { samples } = parsePrometheus(await renderPrometheus(report));
    const of = (name: string): number[] =>
      samples.filter((one) => one.name === name).map(({ value }) => value);
    expect(of('orrery_run_pass')).toEqual([0]);
    expect(of('orrery_run_complete')).toEqual([0]);
    expect(new Set(of('orrery_kpi_pass'))).toEqual(new Set([0]));
    const all = parsePrometheus(await renderPrometheus(whole)).samples;
    expect(all.find((one) => one.name === 'orrery_run_complete')?.value).toBe(1);
  });

  it('is neither better nor the same as another, and compare does not exit with 0', () => {
    for (const comparison of [compareReports(whole, report), compareReports(report, whole)]) {
      expect(new Set(comparison.kpis.map(({ verdict }) => verdict))).toEqual(
        new Set(['inconclusive']),
      );
      expect(comparison.earlyEnd).toContain(words);
      expect(comparisonExitCode(comparison)).toBe(1);
      const text = renderComparison({ comparison, candidate: report }, terminal);
      expect(text).toMatch(/^INCONCLUSIVE/);
      expect(text).toContain(words);
    }
    expect(comparisonExitCode(compareReports(whole, whole))).toBe(0);
  });

  it('is no met combination of a sweep', () => {
    const rows = [sweepRow({ x: '1' }, report, undefined)];
    const sweep = { name: 'probe', question: '', seeds: [1], rows, reproduce: '' };
    const text = renderSweepTable(sweep, terminal);
    expect(text).toMatch(/^FAIL {2}probe {3}0 of 1 combination met/);
    expect(text).not.toContain('✓');
  });
});

describe('of several seeds', () => {
  it('one that stopped is named, with how many others', () => {
    const report = ended('complete', 'interrupted', 'complete', 'interrupted');
    expect(report.kpis.every((kpi) => !kpi.pass)).toBe(true);
    expect(renderVerdictLine(report, terminal)).toContain(
      'interrupted at 12.3 s of 60 s (seed 2 and 1 other of 4)',
    );
  });

  it('all that reached the end are judged as they are', () => {
    expect(ended('complete', 'complete').kpis.every((kpi) => kpi.status === 'pass')).toBe(true);
  });
});

describe('what was missed before the end', () => {
  it.each<[string, KpiSpec['aggregation'], KpiSpec['comparison'], number, boolean]>([
    ['antireplay.false_reject', 'count', '<', 0, true],
    ['antireplay.false_reject', 'count', '==', 9, false],
    ['gateway.throughput', 'count', '<=', 10, true],
    ['gateway.throughput', 'count', '==', 10, true],
    ['gateway.throughput', 'count', '>=', 1e9, false],
    ['gateway.throughput', 'rate', '<=', 1, false],
    ['gateway.failover', 'max', '<=', 1, true],
    ['gateway.failover', 'min', '>=', 1e12, true],
    ['gateway.failover', 'max', '>=', 1e12, false],
    ['gateway.failover', 'min', '<=', 1, false],
    ['gateway.failover', 'p95', '<=', 1, false],
    ['gateway.availability', 'value', '>', 1, false],
    ['gateway.unknown', 'count', '<=', 1, true],
  ])('was missed for good though it could come back: %s %s %s %d', (...row) => {
    const [metric, aggregation, comparison, limit, isFinal] = row;
    const input = runInput({ seeds: 2, slowdown: 1 });
    const spec = kpi(metric, aggregation, [comparison, limit, `${comparison} ${limit}`]);
    const judged = { ...input, kpis: [spec] };
    expect(judgeRun(judged).kpis[0]?.status).toBe('fail');
    const seeds = input.seeds.map((seed) => ({ ...seed, ending: 'interrupted' as const }));
    const [stopped] = judgeRun({ ...judged, seeds }).kpis;
    expect(stopped?.status).toBe(isFinal ? 'fail' : 'inconclusive');
  });

  it('is open if it had no sample yet', () => {
    const input = runInput({ seeds: 1, slowdown: 2.4 });
    const [spec] = input.kpis;
    const seeds = input.seeds.map((seed) => ({ ...seed, ending: 'interrupted' as const }));
    const unmeasured = seeds.map((seed) => {
      const rest = Object.entries(seed.metrics).filter(([name]) => name !== spec?.metric);
      return { ...seed, metrics: Object.fromEntries(rest) };
    });
    const [open] = judgeRun({ ...input, seeds: unmeasured }).kpis;
    expect(open).toMatchObject({ status: 'inconclusive', value: null, pass: false });
    expect(open).not.toHaveProperty('code');
  });

  it('is no end of a run that goes on: its KPIs are shown as far as they are', () => {
    const input = runInput({ seeds: 1, slowdown: 1 });
    const seeds = input.seeds.map((seed) => ({ ...seed, ending: 'interrupted' as const }));
    const report = reportSoFar({ ...input, seeds });
    expect(report.kpis.every((kpi) => kpi.status === 'pass')).toBe(true);
    expect([report.pass, report.ending]).toEqual([false, 'complete']);
  });
});
