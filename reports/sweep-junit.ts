/**
 * JUnit XML of a sweep: one case per combination, whose failure lists every KPI that was missed, and an
 * error for a combination that broke or a sweep that was interrupted (junit.ts).
 *
 * @module
 */
import { escapeXml } from './escape-xml.ts';
import { TEST_CASE_END, xmlDocument, xmlEmptyElement, xmlStartTag } from './junit-xml.ts';
import { kpiName, limitText, measuredText } from './kpi-text.ts';
import type { KpiResult } from './report-schema.ts';
import { type SweepResult, type SweepRow, sweepVerdict } from './sweep.ts';

/** Renders the results of a sweep as JUnit XML. */
export function renderSweepJunit(sweep: SweepResult): string {
  const { name, rows, interruptedOf } = sweep;
  const early = interruptedOf === undefined ? [] : [interruptedCase(sweep)];
  const broke = rows.filter((row) => row.broke !== undefined).length;
  const totals = {
    tests: rows.length + early.length,
    failures: rows.filter((row) => !row.pass && row.broke === undefined).length,
    errors: broke + early.length,
  };
  return xmlDocument([
    xmlStartTag('testsuites', { name: 'orrery', ...totals, time: 0 }),
    xmlStartTag('testsuite', { name, ...totals, skipped: 0, time: 0 }),
    '<properties>',
    xmlEmptyElement('property', { name: 'seeds', value: sweep.seeds.join(' ') }),
    xmlEmptyElement('property', { name: 'reproduce', value: sweep.reproduce }),
    '</properties>',
    ...early,
    ...rows.map((row) => rowCase(row, name)),
    '</testsuite>',
    '</testsuites>',
  ]);
}

/** The error case of an interrupted sweep; without it nobody would notice that combinations never ran. */
function interruptedCase(sweep: SweepResult): string {
  const { name, reproduce } = sweep;
  const { text: message } = sweepVerdict(sweep);
  const title = `${name}: the sweep reaches its end`;
  return wrong(title, name, { tag: 'error', type: 'interrupted', message, reproduce });
}

function rowCase(row: SweepRow, sweep: string): string {
  const values = Object.entries(row.parameters).map(([path, value]) => `${path}=${value}`);
  const title = `${sweep}: ${values.join(', ')}`;
  const { reproduce } = row;
  if (row.broke !== undefined) {
    const message = `broke: ${row.broke}`;
    return wrong(title, sweep, { tag: 'error', type: 'broke', message, reproduce });
  }
  if (!row.pass) return wrong(title, sweep, { tag: 'failure', ...missOf(row), reproduce });
  const measured = row.kpis.map((kpi) => `${kpiName(kpi)} ${measuredText(kpi)}`).join('\n');
  const head = xmlStartTag('testcase', { classname: `orrery.${sweep}`, name: title, time: 0 });
  return [head, `<system-out>${escapeXml(measured)}</system-out>`, TEST_CASE_END].join('\n');
}

interface Wrong {
  readonly tag: 'error' | 'failure';
  readonly type: string;
  readonly message: string;
  readonly reproduce: string | undefined;
}

function wrong(title: string, sweep: string, { tag, type, message, reproduce }: Wrong): string {
  const head = xmlStartTag('testcase', { classname: `orrery.${sweep}`, name: title, time: 0 });
  const command = reproduce === undefined ? '' : `\nreproduce: ${reproduce}`;
  const body = `${xmlStartTag(tag, { type, message })}${escapeXml(message + command)}</${tag}>`;
  return [head, body, TEST_CASE_END].join('\n');
}

/** The failure of a case. Readers of JUnit show one failure for each case, so it names all missed KPIs. */
function missOf({ kpis }: SweepRow): Pick<Wrong, 'type' | 'message'> {
  const missed = kpis.filter((kpi) => !kpi.pass);
  if (missed.length === 0) {
    const message = 'all KPIs are met, but the run is not: an invariant, or an early end';
    return { type: 'run', message };
  }
  const type = missed.some(({ status }) => status === 'fail') ? 'kpi' : 'inconclusive';
  return { type, message: missed.map(missText).join('; ') };
}

function missText(kpi: KpiResult): string {
  const told = `${kpiName(kpi)}: ${measuredText(kpi)}, limit ${limitText(kpi)}`;
  if (kpi.status === 'inconclusive') return `${told}, inconclusive: ${kpi.reason ?? ''}`;
  return kpi.value === null ? `${told}: ${kpi.reason ?? 'not measured'}` : told;
}
