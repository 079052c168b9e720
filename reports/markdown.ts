/**
 * `report.md` and the GitHub step summary: if the text would exceed 64 kB, its last sections are left
 * out. Also the workflow commands that annotate a file (GitHub Actions documentation, "Workflow
 * commands").
 *
 * @module
 */

import { greatestOf } from '../engine/pure/extremes.ts';
import { predictionMarkdown } from './against-text.ts';
import { carriedRateTexts } from './carried.ts';
import { changeText, findKpiChange, type ReportComparison } from './compare.ts';
import { throughputNote } from './cpu-note.ts';
import { listDropCounts } from './drops.ts';
import { inconclusiveKpisText, isInconclusiveByEarlyEnd, reportEarlyEndText } from './early-end.ts';
import { quantityText, shortFingerprint, wholeNumberText } from './format.ts';
import { droppedPackets } from './judge.ts';
import {
  conditionsText,
  intervalText,
  kpiMargin,
  kpiName,
  limitText,
  measuredText,
  metKpisText,
  missedText,
  repeatSeedCommand,
  sortMissedFirst,
  verdictWord,
} from './kpi-text.ts';
import { latenessRows } from './lateness-table.ts';
import { messageTerms, noAccountReasonText } from './messages.ts';
import { oneLine } from './plain-text.ts';
import { shortAdversaryText } from './privacy-part.ts';
import type { KpiResult, Report } from './report-schema.ts';
import { faultEffectTexts, warningTexts } from './terminal-details.ts';
import { seedsText, twinMarkdown } from './twin-text.ts';

/**
 * Largest size of the text: below GitHub's limits for the body of a comment (65,536 characters) and for
 * a step summary (1,024 kB).
 */
export const MARKDOWN_BYTES_MAX = 64_000;

const FAULTS_SHOWN = 40;

/** What the summary contains in addition to the report. */
export interface MarkdownOptions {
  readonly comparison?: ReportComparison;
}

/** The report as GitHub Markdown. */
export function renderMarkdown(report: Report, options: MarkdownOptions = {}): string {
  const sections = [
    headline(report),
    kpiTable(report, options.comparison),
    report.privacy === undefined ? '' : `Privacy: ${shortAdversaryText(report.privacy)}.`,
    misses(report),
    reproduction(report),
    report.twin === undefined ? '' : twinMarkdown(report.twin, escapeMarkdown),
    report.against === undefined ? '' : predictionMarkdown(report.against, escapeMarkdown),
    details('Lateness of this machine', latenessRows(report)),
    details(
      'Warnings',
      warningTexts(report).map((text) => `- ${escapeMarkdown(text)}`),
    ),
    details('Faults', faultRows(report)),
    details('Packets', packetRows(report)),
    details('Messages', messageRows(report)),
    details('Environment', environmentRows(report)),
    details('How this was measured', definitionRows(report)),
  ];
  return joinSectionsWithin(sections, MARKDOWN_BYTES_MAX);
}

/** Joins sections; omits the last ones if the text would exceed `max` bytes. */
export function joinSectionsWithin(sections: readonly string[], max: number): string {
  let text = '';
  const byteLength = (part: string): number => new TextEncoder().encode(part).length;
  const note = '_Sections left out: the summary would be too long. See report.html._\n';
  for (const section of sections.filter((one) => one !== '')) {
    const next = `${text}${text === '' ? '' : '\n'}${section}\n`;
    if (byteLength(next) + note.length > max) return `${text}\n${note}`;
    text = next;
  }
  return text;
}

/** Escapes text from files for Markdown: one line, which contains no markup and ends no table cell. */
export function escapeMarkdown(text: string): string {
  return oneLine(text)
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_[\]|~#]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;');
}

/** Puts text between backticks so that nothing inside can end the code span. */
export function inlineCode(text: string): string {
  const line = oneLine(text).replace(/\s+/g, ' ').replaceAll('|', '\\|');
  const longest = greatestOf([0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length)]);
  if (longest === 0) return `\`${line}\``;
  const fence = '`'.repeat(longest + 1);
  return `${fence} ${line} ${fence}`;
}

function headline(report: Report): string {
  const icons = { PASS: '✅', FAIL: '❌', STOP: '❔', INCONCLUSIVE: '❔', 'NO VERDICT': '➖' };
  const icon = icons[verdictWord(report)];
  const conditions = escapeMarkdown(conditionsText(report).join(', '));
  const name = escapeMarkdown(report.scenario.name);
  const seeds = seedsText(report);
  const question = escapeMarkdown(report.scenario.question);
  return `### ${icon} ${name}: ${[...carriedRateTexts(report), metKpisText(report)].join('; ')} (${seeds}, ${conditions})\n${question}\n`;
}

function kpiTable(report: Report, comparison: ReportComparison | undefined): string {
  if (report.kpis.length === 0) return '';
  const versus = comparison === undefined ? '' : ` vs ${inlineCode(comparison.baseline.commit)} |`;
  const head = [
    `| | KPI | measured [95 % interval] | limit | margin |${versus}`,
    `|---|---|---:|---:|---:|${comparison === undefined ? '' : '---:|'}`,
  ];
  const rows = sortMissedFirst(report.kpis).map((kpi) => kpiRow(kpi, comparison));
  const cpu = throughputNote(report);
  return [...head, ...rows, ...(cpu === undefined ? [] : ['', escapeMarkdown(cpu)])].join('\n');
}

function kpiRow(kpi: KpiResult, comparison: ReportComparison | undefined): string {
  const icon = { pass: '✅', fail: '❌', 'not-applicable': '➖', inconclusive: '❔' }[kpi.status];
  // The unit is escaped like the name, because both are texts from the report.
  const value = escapeMarkdown(measuredText(kpi));
  const measured = kpi.pass ? value : `**${value}**`;
  const cells = [
    icon,
    escapeMarkdown(kpiName(kpi)),
    `${measured} ${escapeMarkdown(intervalText(kpi))}`,
    escapeMarkdown(limitText(kpi)),
    escapeMarkdown(kpiMargin(kpi)),
    ...(comparison === undefined
      ? []
      : [escapeMarkdown(changeText(findKpiChange(comparison, kpi)))]),
  ];
  return `| ${cells.join(' | ')} |`;
}

function misses(report: Report): string {
  const earlyEnd = reportEarlyEndText(report);
  const kpis = report.kpis.filter(
    (kpi) => kpi.status !== 'pass' && !isInconclusiveByEarlyEnd(kpi, report),
  );
  const lines = kpis.map((kpi) => {
    const missed = kpi.status === 'fail' ? missedText(kpi, report) : undefined;
    const text = [kpi.reason, missed].filter((one) => one !== undefined).join('; ');
    return `- ${escapeMarkdown(`${kpiName(kpi)}: ${kpi.status === 'inconclusive' ? 'inconclusive: ' : ''}${text}`)}`;
  });
  const broken = report.invariants.filter((one) => !one.pass);
  return [
    ...(earlyEnd === undefined ? [] : [`- ${inconclusiveKpisText(earlyEnd)}`]),
    ...lines,
    ...broken.map((one) => `- ${escapeMarkdown(`${one.name}: ${one.detail}`)}`),
  ].join('\n');
}

function reproduction(report: Report): string {
  const worst = sortMissedFirst(report.kpis).find((kpi) => kpi.worstSeed !== undefined)?.worstSeed;
  const seed = worst ?? report.seeds[0];
  const one =
    seed === undefined ? [] : [`Worst seed: ${inlineCode(repeatSeedCommand(report, seed))}`];
  return `\n${[`Reproduce: ${inlineCode(report.reproduce)}`, ...one].join('<br>\n')}\n`;
}

function details(title: string, rows: readonly string[]): string {
  if (rows.length === 0) return '';
  return `<details><summary>${title}</summary>\n\n${rows.join('\n')}\n\n</details>`;
}

function faultRows(report: Report): readonly string[] {
  const { faults } = report;
  if (faults.length === 0) return [];
  const rows = faults.slice(0, FAULTS_SHOWN).map((fault) => {
    const at = `${(fault.beginNs / 1e9).toFixed(3)} s`;
    const text = escapeMarkdown(fault.text);
    return `| ${fault.seed} | ${at} | ${text} | ${escapeMarkdown(faultEffectTexts(fault).join(', '))} |`;
  });
  const more = faults.length - rows.length;
  const rest = more > 0 ? [`\nand ${wholeNumberText(more)} more in report.json`] : [];
  return ['| seed | at | fault | effects |', '|---:|---:|---|---|', ...rows, ...rest];
}

function messageRows({ messages, messagesUntracked, refusals = {} }: Report): readonly string[] {
  if (messages === undefined) {
    if (messagesUntracked === undefined) return [];
    const sentence = `Messages are ${escapeMarkdown(noAccountReasonText(messagesUntracked))}.`;
    const reasons = Object.entries(refusals).map(
      ([name, n]) => `${wholeNumberText(n)} as ${escapeMarkdown(name)}`,
    );
    return [reasons.length === 0 ? sentence : `${sentence} Refused: ${reasons.join(', ')}.`];
  }
  const rows = (what: string, reasons: Readonly<Record<string, number>>): readonly string[] =>
    Object.entries(reasons).map(
      ([name, n]) => `| ${what}: ${escapeMarkdown(name)} | ${wholeNumberText(n)} |`,
    );
  return [
    messageTerms(messages).join(' '),
    '',
    '| not delivered because | messages |',
    '|---|---:|',
    ...rows('refused', messages.refused),
    ...rows('lost', messages.lost),
  ];
}

function packetRows(report: Report): readonly string[] {
  const { packets } = report;
  return [
    `On links, counting each hop separately: ${wholeNumberText(packets.sent)} sent, ` +
      `${wholeNumberText(packets.delivered)} delivered, ${wholeNumberText(droppedPackets(packets))} dropped, ` +
      `${wholeNumberText(packets.inFlight)} in flight`,
    '',
    '| dropped because | packets |',
    '|---|---:|',
    ...listDropCounts(report).map(
      ({ label, count }) => `| ${escapeMarkdown(label)} | ${wholeNumberText(count)} |`,
    ),
  ];
}

function environmentRows(report: Report): readonly string[] {
  const { scenario, environment } = report;
  return [
    `- scenario ${inlineCode(scenario.file)} sha256 ${inlineCode(scenario.sha256)}`,
    `- topology ${inlineCode(scenario.topologyFile)} sha256 ${inlineCode(scenario.topologySha256)}`,
    `- fingerprint ${inlineCode(shortFingerprint(report.fingerprint))}, commit ${inlineCode(environment.commit)}`,
    `- node ${inlineCode(environment.node)} on ${escapeMarkdown(`${environment.os}, ${environment.cpu}`)}`,
    `- ${report.virtualSeconds} s ${report.clock} in ${report.wallSeconds} s wall`,
    `- crypto: ${escapeMarkdown(report.crypto)}, CPU: ${escapeMarkdown(report.cpu)}`,
  ];
}

function definitionRows(report: Report): readonly string[] {
  return report.kpis.map((kpi) => {
    const value = kpi.value === null ? 'not measured' : quantityText(kpi.value, kpi.unit);
    const text = `${kpi.definition} ${kpi.estimator}; n = ${wholeNumberText(kpi.n)}; ${kpi.clock} time`;
    return `- **${escapeMarkdown(kpiName(kpi))}** (${escapeMarkdown(value)}): ${escapeMarkdown(text)}`;
  });
}

/** The target of a workflow annotation. */
export interface AnnotationTarget {
  readonly level: 'error' | 'warning' | 'notice';
  readonly file: string;
  readonly line: number;
  readonly column?: number;
  readonly title?: string;
  readonly message: string;
}

/** A workflow command: `::error file=scenarios/failover.yaml,line=12,col=15::text`. */
export function workflowCommand(annotation: AnnotationTarget): string {
  const { level, file, line, column, title, message } = annotation;
  const properties = [
    `file=${escapeProperty(file)}`,
    `line=${line}`,
    ...(column === undefined ? [] : [`col=${column}`]),
    ...(title === undefined ? [] : [`title=${escapeProperty(title)}`]),
  ];
  return `::${level} ${properties.join(',')}::${escapeData(message)}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
