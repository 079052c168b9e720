/**
 * JUnit XML as accepted by Jenkins (junit-10.xsd): one suite per scenario, one case per KPI and per
 * invariant, and an error for a run that did not reach its end. Some readers show only the `message`
 * attribute and others only the text, so both contain the message, and the name of a case says everything.
 *
 * @module
 */
import { runCompletionText } from './done-text.ts';
import { inconclusiveKpisText, reportEarlyEndText } from './early-end.ts';
import { escapeXml } from './escape-xml.ts';
import { TEST_CASE_END, xmlDocument, xmlEmptyElement, xmlStartTag } from './junit-xml.ts';
import {
  hasLimits,
  intervalText,
  kpiName,
  limitText,
  measuredText,
  missedText,
  repeatSeedCommand,
} from './kpi-text.ts';
import type { KpiResult, Report } from './report-schema.ts';

/** Facts for the document that a report does not contain. */
export interface JunitFacts {
  /** Wall time of the run's start, ISO 8601 without zone, e.g. `2026-11-20T10:00:00`. */
  readonly startedAt?: string;
}

/** The document for one scenario. */
export function renderJunit(report: Report, facts: JunitFacts = {}): string {
  const early = earlyEndCases(report);
  const cases = [
    ...early,
    ...(hasLimits(report) ? [] : [noVerdict(report)]),
    ...report.kpis.map((kpi) => kpiCase(kpi, report)),
    ...report.invariants.map((one) => invariantCase(one, report)),
  ];
  const failures =
    report.kpis.filter((kpi) => !kpi.pass).length +
    report.invariants.filter((one) => !one.pass).length;
  const idle = report.kpis.filter((kpi) => kpi.status === 'not-applicable').length;
  const skipped = hasLimits(report) ? idle : 1;
  const time = report.wallSeconds.toFixed(3);
  const name = report.scenario.name;
  const when = facts.startedAt === undefined ? {} : { timestamp: facts.startedAt };
  // The Jenkins schema (junit-10.xsd) has `skipped` on a suite, but not above it.
  const totals = { tests: cases.length, failures, errors: early.length };
  const counts = { ...totals, skipped };
  return xmlDocument([
    xmlStartTag('testsuites', { name: 'orrery', ...totals, time }),
    xmlStartTag('testsuite', { name, ...counts, time, ...when }),
    '<properties>',
    ...properties(report),
    '</properties>',
    ...cases,
    '</testsuite>',
    '</testsuites>',
  ]);
}

/**
 * The document for a scenario that has no report, for example because of a bad file: its cases are
 * errors, not failures.
 * @param type Kind of the errors, for example `configuration` for bad files.
 */
export function renderJunitErrors(
  scenario: string,
  type: string,
  messages: readonly string[],
): string {
  const totals = { tests: messages.length, failures: 0, errors: messages.length };
  const counts = { ...totals, skipped: 0 };
  const cases = messages.flatMap((message) => {
    const name = `${scenario}: ${message.split('\n')[0] ?? ''}`;
    return [
      xmlStartTag('testcase', { classname: `orrery.${scenario}`, name, time: 0 }),
      `${xmlStartTag('error', { type, message })}${escapeXml(message)}</error>`,
      '</testcase>',
    ];
  });
  return xmlDocument([
    xmlStartTag('testsuites', { name: 'orrery', ...totals, time: 0 }),
    xmlStartTag('testsuite', { name: scenario, ...counts, time: 0 }),
    ...cases,
    '</testsuite>',
    '</testsuites>',
  ]);
}

function properties(report: Report): readonly string[] {
  const end = runCompletionText(report);
  const values = {
    fingerprint: report.fingerprint,
    seeds: report.seeds.join(' '),
    mode: report.mode,
    ...(end === undefined ? {} : { end }),
    crypto: report.crypto,
    cpu: report.cpu,
    commit: report.environment.commit,
    reproduce: report.reproduce,
  };
  return Object.entries(values).map(([name, value]) =>
    xmlEmptyElement('property', { name, value }),
  );
}

/**
 * If a run was interrupted or timed out, that is a separate error, whatever the run had measured.
 */
function earlyEndCases(report: Report): readonly string[] {
  const earlyEnd = reportEarlyEndText(report);
  if (earlyEnd === undefined) return [];
  const scenario = report.scenario.name;
  const name = `${scenario}: the run reaches its end`;
  const message = inconclusiveKpisText(earlyEnd);
  const text = escapeXml(`${message}\nreproduce: ${report.reproduce}`);
  const error = `${xmlStartTag('error', { type: report.ending, message })}${text}</error>`;
  return [
    [
      xmlStartTag('testcase', { classname: `orrery.${scenario}`, name, time: 0 }),
      error,
      TEST_CASE_END,
    ].join('\n'),
  ];
}

/** The case of a run without limits, which neither passed nor failed: it is skipped. */
function noVerdict({ scenario: { name } }: Report): string {
  const head = { classname: `orrery.${name}`, name: `${name}: limits`, time: 0 };
  return [
    xmlStartTag('testcase', head),
    xmlEmptyElement('skipped', { message: 'no verdict: no KPIs' }),
    TEST_CASE_END,
  ].join('\n');
}

function kpiCase(kpi: KpiResult, report: Report): string {
  const scenario = report.scenario.name;
  const title = `${scenario}: ${kpiName(kpi)} ${limitText(kpi)}`;
  const head = { classname: `orrery.${scenario}`, name: title, time: 0 };
  if (kpi.status === 'pass') {
    const measured = `${measuredText(kpi)} (${kpi.clock}), interval ${intervalText(kpi)}`;
    return [
      xmlStartTag('testcase', head),
      `<system-out>${escapeXml(measured)}</system-out>`,
      TEST_CASE_END,
    ].join('\n');
  }
  if (kpi.status === 'not-applicable') {
    return [
      xmlStartTag('testcase', head),
      xmlEmptyElement('skipped', { message: kpi.reason ?? '' }),
      TEST_CASE_END,
    ].join('\n');
  }
  const { type, message } = notMet(kpi, report);
  const seed = kpi.worstSeed ?? report.seeds[0];
  const command = seed === undefined ? report.reproduce : repeatSeedCommand(report, seed);
  const text = `${message}\n95 % interval: ${intervalText(kpi)}\nreproduce: ${command}`;
  const failure = `${xmlStartTag('failure', { type, message })}${escapeXml(text)}</failure>`;
  return [xmlStartTag('testcase', head), failure, TEST_CASE_END].join('\n');
}

/**
 * The type and message of a failure. JUnit has no third state, so an inconclusive KPI is a failure
 * of a special type.
 */
function notMet(kpi: KpiResult, report: Report): { type: string; message: string } {
  if (kpi.status === 'inconclusive') {
    return { type: 'inconclusive', message: `inconclusive: ${kpi.reason ?? ''}` };
  }
  const missed = missedText(kpi, report);
  const others = missed === undefined ? '' : ` (${missed})`;
  return { type: 'kpi', message: `${kpi.reason ?? 'missed'}${others}` };
}

function invariantCase(one: Report['invariants'][number], report: Report): string {
  const scenario = report.scenario.name;
  const head = { classname: `orrery.${scenario}`, name: `${scenario}: ${one.name}`, time: 0 };
  if (one.pass) return xmlEmptyElement('testcase', head);
  const message = `${one.name}: ${one.detail}`;
  const failure = `${xmlStartTag('failure', { type: 'invariant', message })}${escapeXml(message)}</failure>`;
  return [xmlStartTag('testcase', head), failure, TEST_CASE_END].join('\n');
}
