/**
 * The comparison of a live run with its prediction, for a terminal, as Markdown and as HTML.
 *
 * @module
 */
import { greatestOf } from '../engine/pure/extremes.ts';
import type { PredictionRow } from './against.ts';
import { CPU_NOT_MODELLED } from './cpu-note.ts';
import { differenceText } from './difference-text.ts';
import { quantityText, significantDigitsText } from './format.ts';
import { EMPTY_MARKUP, html, type Markup } from './html/markup.ts';
import { chooseToleranceMark, type ToleranceMark } from './inside-words.ts';
import { kpiName } from './kpi-text.ts';
import { onTimeLatencyHtml, onTimeLatencyLines, onTimeLatencyMarkdown } from './on-time-text.ts';
import type { PredictionComparison } from './report-schema.ts';

const HEADER = ['', 'live', 'predicted', 'difference', ''] as const;

/** The comparison as lines for a terminal, without colour. */
export function predictionLines(against: PredictionComparison): readonly string[] {
  const rows = [HEADER, ...against.rows.map(cellsOf)];
  const widths = HEADER.map((_, i) => greatestOf(rows.map((cells) => cells[i]?.length ?? 0)));
  const lines = rows.map((cells, index) => {
    const row = against.rows[index - 1];
    const text = cells.map((cell, i) =>
      i === 0 || i === 4 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0),
    );
    return `  ${row === undefined ? ' ' : wordsOf(row).mark} ${text.join('  ')}`.trimEnd();
  });
  const { onTime, tolerance } = against;
  const own = onTime === undefined ? [] : ['', ...onTimeLatencyLines(onTime, tolerance)];
  return [`  ${headline(against)}`, `  cpu ${against.cpu}`, ...lines, ...own];
}

/** The comparison as a section of `report.md`. @param plain escapes text from files for Markdown. */
export function predictionMarkdown(
  against: PredictionComparison,
  plain: (text: string) => string,
): string {
  const { onTime, tolerance } = against;
  const rows = against.rows.map(
    (row) => `| ${wordsOf(row).mark} | ${cellsOf(row).map(plain).join(' | ')} |`,
  );
  return [
    `#### ${headline(against)}`,
    `cpu ${plain(against.cpu)}`,
    '',
    '| | quantity | live | predicted | difference | |',
    '|---|---|---:|---:|---:|---|',
    ...rows,
    '',
    ...(onTime === undefined ? [] : [onTimeLatencyMarkdown(onTime, tolerance, plain)]),
  ].join('\n');
}

/** The comparison as a section of `report.html`. */
export function predictionHtml(against: PredictionComparison): Markup {
  const { onTime, tolerance } = against;
  const rows = against.rows.map((row) => {
    const [name = '', live = '', predicted = '', difference = '', note = ''] = cellsOf(row);
    const { tone, mark } = wordsOf(row);
    return html`<tr><td class="${tone}">${mark}</td><td>${name}</td><td class="number">${live}</td><td class="number">${predicted}</td><td class="number">${difference}</td><td><small>${note}</small></td></tr>
`;
  });
  return html`<section><h2>${headline(against)}</h2>
<p class="muted">cpu ${against.cpu}</p>
<table><thead><tr><th></th><th>quantity</th><th class="number">live</th><th class="number">predicted</th><th class="number">difference</th><th></th></tr></thead><tbody>${rows}</tbody></table></section>
${onTime === undefined ? EMPTY_MARKUP : onTimeLatencyHtml(onTime, tolerance)}`;
}

function headline({ pass, tolerance, cpu, rows }: PredictionComparison): string {
  if (cpu === CPU_NOT_MODELLED)
    return 'Compared with virtual time without a processor model: nothing is promised here';
  const limit = `${significantDigitsText(tolerance * 100, 2)} %`;
  const promised = rows.filter(({ isPromised }) => isPromised);
  if (promised.length === 0)
    return 'Compared with virtual time, processor modelled: no rate or median latency to predict here';
  if (!pass && promised.every(({ isInside }) => isInside !== false)) {
    return `Compared with virtual time, processor modelled: too few samples to tell within ${limit}`;
  }
  return pass
    ? `Compared with virtual time, processor modelled: rate and median predicted within ${limit}`
    : `Compared with virtual time, processor modelled: not predicted within ${limit}`;
}

function cellsOf(row: PredictionRow): readonly string[] {
  const text = (value: number | null): string =>
    value === null ? 'none' : quantityText(value, row.unit);
  return [
    kpiName(row),
    text(row.live),
    text(row.predicted),
    `${differenceText(row.difference)}${spanText(row.intervals?.difference)}`,
    wordsOf(row).note,
  ];
}

/**
 * The interval of a difference, such as ` [-5, +371]`, in percent; empty if there is none or both ends
 * are 0.
 */
function spanText(
  bounds: { readonly low: number | null; readonly high: number | null } | undefined,
): string {
  if (bounds === undefined || (bounds.low === 0 && bounds.high === 0)) return '';
  const end = (value: number | null, none: string): string =>
    value === null ? none : differenceText(value).replace(/ %$/, '');
  return ` [${end(bounds.low, '-')}, ${end(bounds.high, '∞')}]`;
}

function wordsOf(row: PredictionRow): ToleranceMark {
  return chooseToleranceMark(row, 'nothing to compare');
}
