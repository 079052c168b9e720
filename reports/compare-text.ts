/**
 * The comparison of two reports, for a terminal and as Markdown (`npm run compare A B`).
 *
 * @module
 */
import picocolors from 'picocolors';
import { changeText, type KpiChange, type ReportComparison } from './compare.ts';
import { inScale, plural, quantity, scaleOf } from './format.ts';
import { kpiName } from './kpi-text.ts';
import { code, escapeMarkdown } from './markdown.ts';
import { sameEventsText } from './partings.ts';
import { oneLine } from './plain-text.ts';
import type { Report } from './report-schema.ts';
import { toAscii, withoutControls } from './terminal-layout.ts';

const MARKS: Readonly<Record<KpiChange['verdict'], string>> = {
  better: '✓',
  worse: '✗',
  same: '=',
  inconclusive: '?',
  'not comparable': '–',
};

/** The columns of a change, as text. */
function cellsOf(change: KpiChange): readonly string[] {
  const text = (value: number | null): string =>
    value === null ? 'none' : quantity(value, change.unit);
  return [
    kpiName(change),
    text(change.baseline),
    text(change.value),
    changeText(change),
    differenceText(change),
    change.verdict,
  ];
}

/** `[-4.1, -2.0] ms r=0.93 n=30`: the interval of the mean difference per seed. */
function differenceText(change: KpiChange): string {
  const { difference, unit } = change;
  if (difference === undefined) return change.note ?? '-';
  const { low, high, n, isPaired, correlation } = difference;
  const scale = scaleOf(Math.max(Math.abs(low), Math.abs(high)), unit);
  const points = { divisor: scale.divisor, suffix: scale.suffix === '%' ? '' : scale.suffix };
  const suffix = scale.suffix === '%' ? 'pt' : scale.suffix;
  const bounds = `[${inScale(low, points)}, ${inScale(high, points)}] ${suffix}`.trimEnd();
  const r = isPaired && Number.isFinite(correlation) ? ` r=${correlation.toFixed(2)}` : '';
  return `${bounds}${r} n=${n}`;
}

const HEADER = ['KPI', 'before', 'after', 'change', '95 % of the difference', 'verdict'] as const;

/** How the seeds were paired. */
function pairingText(comparison: ReportComparison): string {
  const { baseline, isPaired, pairingNote, smallestEffect } = comparison;
  const pairing = isPaired ? 'paired by seed' : `unpaired: ${pairingNote ?? ''}`;
  const effect = `smallest effect ${smallestEffect * 100} %`;
  return `${plural(baseline.seeds, 'seed')} of ${baseline.commit}, ${pairing}, ${effect}`;
}

/** The comparison for a terminal. */
export function renderComparison(
  raw: { readonly comparison: ReportComparison; readonly candidate: Report },
  options: { readonly colour: boolean; readonly unicode: boolean },
): string {
  const comparison = withoutControls(raw.comparison);
  const paint = picocolors.createColors(options.colour);
  const rows = [HEADER, ...comparison.kpis.map(cellsOf)];
  const widths = HEADER.map((_, i) => Math.max(...rows.map((cells) => cells[i]?.length ?? 0)));
  const lines = rows.map((cells, row) => {
    const change = comparison.kpis[row - 1];
    const mark = change === undefined ? ' ' : MARKS[change.verdict];
    const text = cells.map((cell, i) =>
      i === 0 || i > 3 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0),
    );
    return `  ${painted(mark, change, paint)} ${text.join('  ').trimEnd()}`;
  });
  const name = oneLine(raw.candidate.scenario.name);
  const head = `${comparison.verdict.toUpperCase()}  ${name}   ${pairingText(comparison)}`;
  const notes = comparison.kpis.flatMap((change) =>
    change.difference === undefined || change.note === undefined
      ? []
      : [`    ${kpiName(change)}: ${change.note}`],
  );
  const events = sameEventsText(comparison.partings);
  const end = events === undefined ? [] : ['', `  Events: ${events}`];
  const early = comparison.earlyEnd === undefined ? [] : [`      ${comparison.earlyEnd}`];
  const text = `${[head, ...early, '', ...lines, ...notes, ...end].join('\n')}\n`;
  return options.unicode ? text : toAscii(text);
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
    `${code(candidate.environment.commit)} against ${escapeMarkdown(pairingText(comparison))}`,
    ...(comparison.earlyEnd === undefined ? [] : [`\n${escapeMarkdown(comparison.earlyEnd)}`]),
    '',
    `| | ${HEADER.join(' | ')} |`,
    '|---|---|---:|---:|---:|---|---|',
    ...rows,
    '',
  ].join('\n');
}

/** Exit code of `compare`: 1 when a KPI got worse, or when a run that ended early is compared. */
export function comparisonExitCode(comparison: ReportComparison): 0 | 1 {
  return comparison.verdict === 'worse' || comparison.earlyEnd !== undefined ? 1 : 0;
}
