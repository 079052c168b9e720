/**
 * The comparison of two reports, for a terminal and as Markdown (`npm run compare A B`).
 *
 * @module
 */

import picocolors from 'picocolors';
import { greatestOf } from '../engine/pure/extremes.ts';
import {
  changeText,
  incomparableReason,
  type KpiChange,
  type ReportComparison,
} from './compare.ts';
import { chooseUnitScale, countWithNoun, quantityText, scaledNumberText } from './format.ts';
import { kpiName } from './kpi-text.ts';
import { escapeMarkdown, inlineCode } from './markdown.ts';
import { sameEventsText } from './partings.ts';
import { oneLine } from './plain-text.ts';
import type { Report } from './report-schema.ts';
import {
  foldIntoLines,
  toAscii,
  withoutControlCharacters,
  wrapIndented,
} from './terminal-layout.ts';

const MARKS: Readonly<Record<KpiChange['verdict'], string>> = {
  better: '✓',
  worse: '✗',
  same: '=',
  inconclusive: '?',
  'not comparable': '–',
};

/** The cells of the table row of a KPI's change. */
function cellsOf(change: KpiChange, noDifference?: string): readonly string[] {
  const text = (value: number | null): string =>
    value === null ? 'none' : quantityText(value, change.unit);
  return [
    kpiName(change),
    text(change.baseline),
    text(change.value),
    changeText(change),
    differenceText(change) ?? noDifference ?? change.note ?? '-',
    change.verdict,
  ];
}

/** `[-4.1, -2.0] ms r=0.93 n=30`: the interval of the mean difference per seed. */
function differenceText(change: KpiChange): string | undefined {
  const { difference, unit } = change;
  if (difference === undefined) return undefined;
  const { low, high, n, isPaired, correlation } = difference;
  const scale = chooseUnitScale(Math.max(Math.abs(low), Math.abs(high)), unit);
  const points = { divisor: scale.divisor, suffix: scale.suffix === '%' ? '' : scale.suffix };
  const suffix = scale.suffix === '%' ? 'pt' : scale.suffix;
  const bounds =
    `[${scaledNumberText(low, points)}, ${scaledNumberText(high, points)}] ${suffix}`.trimEnd();
  const r = isPaired && Number.isFinite(correlation) ? ` r=${correlation.toFixed(2)}` : '';
  return `${bounds}${r} n=${n}`;
}

const GAP = '  ';
/** Index in {@link HEADER} of the column with the interval. */
const INTERVAL = 4;
const HEADER = ['KPI', 'before', 'after', 'change', '95 % of the difference', 'verdict'] as const;

/** How the seeds were paired, as parts of the header line. */
function pairingParts(comparison: ReportComparison): readonly string[] {
  const { baseline, isPaired, pairingNote, smallestEffect } = comparison;
  const pairing = isPaired ? 'paired by seed' : `unpaired: ${pairingNote ?? ''}`;
  const effect = `smallest effect ${smallestEffect * 100} %`;
  return [`${countWithNoun(baseline.seeds, 'seed')} of ${baseline.commit}`, pairing, effect];
}

/** The comparison for a terminal. */
export function renderComparison(
  raw: { readonly comparison: ReportComparison; readonly candidate: Report },
  options: { readonly colour: boolean; readonly unicode: boolean; readonly width: number },
): string {
  const comparison = withoutControlCharacters(raw.comparison);
  const { width } = options;
  const name = oneLine(raw.candidate.scenario.name);
  const head = [`${comparison.verdict.toUpperCase()}  ${name}`, ...pairingParts(comparison)];
  const events = sameEventsText(comparison.partings);
  const end = events === undefined ? [] : ['', ...wrapIndented(`Events: ${events}`, width, 2)];
  const { earlyEnd } = comparison;
  const early = earlyEnd === undefined ? [] : wrapIndented(earlyEnd, width, 6);
  const lines = [
    ...foldIntoLines(head, { width, indent: 6, gap: '   ' }),
    ...early,
    '',
    ...tableLines(comparison, options),
    ...noteLines(comparison.kpis, width),
    ...end,
  ];
  const text = `${lines.join('\n')}\n`;
  return options.unicode ? text : toAscii(text);
}

/** If the table is too wide, intervals move to lines of their own. */
function tableLines(
  { kpis }: ReportComparison,
  { colour, width }: { readonly colour: boolean; readonly width: number },
): readonly string[] {
  const paint = picocolors.createColors(colour);
  const rows = [HEADER, ...kpis.map((change) => cellsOf(change, '-'))];
  const widths = HEADER.map((_, i) => greatestOf(rows.map((cells) => cells[i]?.length ?? 0)));
  const isWide = widths.reduce((sum, one) => sum + one + GAP.length, GAP.length) > width;
  return rows.flatMap((cells, row) => {
    const change = kpis[row - 1];
    const mark = change === undefined ? ' ' : MARKS[change.verdict];
    const text = cells.flatMap((cell, i) => {
      if (isWide && i === INTERVAL) return [];
      const size = widths[i] ?? 0;
      return [i === 0 || i >= INTERVAL ? cell.padEnd(size) : cell.padStart(size)];
    });
    const line = `  ${painted(mark, change, paint)} ${text.join(GAP).trimEnd()}`;
    const difference = change === undefined ? undefined : differenceText(change);
    return isWide && difference !== undefined
      ? [line, `      ${HEADER[INTERVAL]} ${difference}`]
      : [line];
  });
}

/** Each note once, followed by the names of its KPIs unless all KPIs have this note. */
function noteLines(kpis: readonly KpiChange[], width: number): readonly string[] {
  const notes = [...new Set(kpis.flatMap(({ note }) => (note === undefined ? [] : [note])))];
  return notes.flatMap((note) => {
    const noted = kpis.filter((change) => change.note === note);
    const whose = noted.length === kpis.length ? '' : `${noted.map(kpiName).join(', ')}: `;
    return wrapIndented(`${whose}${note}`, width, 4);
  });
}

function painted(
  mark: string,
  change: KpiChange | undefined,
  paint: ReturnType<typeof picocolors.createColors>,
): string {
  if (change?.verdict === 'better') return paint.green(mark);
  return change?.verdict === 'worse' ? paint.red(mark) : mark;
}

/** The comparison as GitHub Markdown. */
export function renderComparisonMarkdown(comparison: ReportComparison, candidate: Report): string {
  const icon = {
    better: '✅',
    worse: '❌',
    same: '➖',
    inconclusive: '❔',
    'not comparable': '❔',
  };
  const rows = comparison.kpis.map(
    (change) => `| ${icon[change.verdict]} | ${cellsOf(change).map(escapeMarkdown).join(' | ')} |`,
  );
  return [
    `### ${icon[comparison.verdict]} ${escapeMarkdown(candidate.scenario.name)}: ${comparison.verdict}`,
    `${inlineCode(candidate.environment.commit)} against ${escapeMarkdown(pairingParts(comparison).join(', '))}`,
    ...(comparison.earlyEnd === undefined ? [] : [`\n${escapeMarkdown(comparison.earlyEnd)}`]),
    '',
    `| | ${HEADER.join(' | ')} |`,
    '|---|---|---:|---:|---:|---|---|',
    ...rows,
    '',
  ].join('\n');
}

/**
 * Exit code of `compare`: 1 when a KPI got worse, or when a run that ended early is compared; 2 when
 * nothing can be compared.
 */
export function comparisonExitCode(comparison: ReportComparison): 0 | 1 | 2 {
  if (incomparableReason(comparison) !== undefined) return 2;
  return comparison.verdict === 'worse' || comparison.earlyEnd !== undefined ? 1 : 0;
}
