/**
 * Compares latency less lateness with the simulated latency, for a terminal, as Markdown and as
 * HTML.
 *
 * @module
 */
import { greatestOf } from '../engine/pure/extremes.ts';
import { differenceText } from './difference-text.ts';
import { quantityText, significantDigitsText, wholeNumberText } from './format.ts';
import { html, type Markup } from './html/markup.ts';
import { chooseToleranceMark, type ToleranceMark } from './inside-words.ts';
import type { OnTimeLatencyComparison } from './on-time.ts';

type Row = OnTimeLatencyComparison['rows'][number];

const HEADER = ['', 'live', 'lateness', 'on time', 'simulated', 'difference', ''] as const;
/** The percentile named in the summary sentence. */
const NAMED = 0.95;
/**
 * Path shares that differ by more than this are reported. A few points may only mean that a switch came
 * earlier or later.
 */
const SHARE_MATTERS = 0.05;

/** The comparison as lines for a terminal, without colour. */
export function onTimeLatencyLines(
  onTime: OnTimeLatencyComparison,
  tolerance: number,
): readonly string[] {
  const rows = [HEADER, ...onTime.rows.map(cellsOf)];
  const widths = HEADER.map((_, i) => greatestOf(rows.map((cells) => cells[i]?.length ?? 0)));
  const lines = rows.map((cells, index) => {
    const row = onTime.rows[index - 1];
    const text = cells.map((cell, i) =>
      i === 0 || i === HEADER.length - 1
        ? cell.padEnd(widths[i] ?? 0)
        : cell.padStart(widths[i] ?? 0),
    );
    return `  ${row === undefined ? ' ' : wordsOf(row).mark} ${text.join('  ')}`.trimEnd();
  });
  const notes = [...sumTexts(onTime), ...pathTexts(onTime)].map((text) => `    ${text}`);
  return [`  ${headline(onTime, tolerance)}`, ...lines, ...notes];
}

/** The comparison as a section of `report.md`. */
export function onTimeLatencyMarkdown(
  onTime: OnTimeLatencyComparison,
  tolerance: number,
  plain: (text: string) => string,
): string {
  return [
    `#### ${headline(onTime, tolerance)}`,
    '',
    '| | | live | lateness | on time | simulated | difference | |',
    '|---|---|---:|---:|---:|---:|---:|---|',
    ...onTime.rows.map(
      (row) => `| ${wordsOf(row).mark} | ${cellsOf(row).map(plain).join(' | ')} |`,
    ),
    '',
    plain(sumTexts(onTime).join('; ')),
    '',
    ...pathSentences(onTime).flatMap((text) => [plain(text), '']),
  ].join('\n');
}

/** The comparison as a section of `report.html`. */
export function onTimeLatencyHtml(onTime: OnTimeLatencyComparison, tolerance: number): Markup {
  const rows = onTime.rows.map((row) => {
    const [name = '', ...rest] = cellsOf(row);
    const note = rest.pop() ?? '';
    const numbers = rest.map((cell) => html`<td class="number">${cell}</td>`);
    const { tone, mark } = wordsOf(row);
    return html`<tr><td class="${tone}">${mark}</td><td>${name}</td>${numbers}<td><small>${note}</small></td></tr>
`;
  });
  const heads = HEADER.slice(1, -1).map((head) => html`<th class="number">${head}</th>`);
  return html`<section><h2>${headline(onTime, tolerance)}</h2>
<table><thead><tr><th></th><th></th>${heads}<th></th></tr></thead><tbody>${rows}</tbody></table>
<p class="muted">${sumTexts(onTime).join('; ')}</p>
${pathSentences(onTime).map((text) => html`<p class="muted">${text}</p>`)}</section>
`;
}

function headline(
  { pass, packets, delivered, rows }: OnTimeLatencyComparison,
  tolerance: number,
): string {
  const limit = `${significantDigitsText(tolerance * 100, 2)} %`;
  const of = `${wholeNumberText(packets)} of ${wholeNumberText(delivered)} packets followed`;
  if (packets === 0) return `Latency minus lateness is not known: ${of}`;
  if (!pass && rows.every(({ isPromised, isInside }) => !isPromised || isInside !== false))
    return `Latency minus lateness: too few packets to tell within ${limit} (${of})`;
  return pass
    ? `Latency minus lateness matches the simulated latency within ${limit} (${of})`
    : `Latency minus lateness does not match the simulated latency within ${limit} (${of})`;
}

/** The live percentile compared with the sum of two percentiles, in a sentence. */
function sumTexts({ rows }: OnTimeLatencyComparison): readonly string[] {
  return rows
    .filter(({ p }) => p === NAMED)
    .flatMap(({ live, lateness, simulated, sum, sumDifference, isSumInside }) => {
      if (lateness === null || sum === null) return ['too few packets were followed for a p95'];
      const parts = `simulated ${ns(simulated)} + lateness ${ns(lateness)} = ${ns(sum)}`;
      const verdict = isSumInside === true ? 'inside' : 'OUTSIDE';
      return [
        `p95 live ${ns(live)}, ${parts}: ${differenceText(sumDifference)}, ${verdict}`,
        'percentiles do not add up, so their sum is judged but not promised',
      ];
    });
}

/**
 * Says that packets took different paths in the two runs, which lateness cannot explain; empty if they
 * did not.
 */
function pathTexts({ paths }: OnTimeLatencyComparison): readonly string[] {
  if (!paths.some(({ live, simulated }) => Math.abs(live - simulated) > SHARE_MATTERS)) return [];
  return [
    'packets took different paths than in virtual time, and the latency depends on the path:',
    ...paths.map(
      ({ path, live, simulated }) =>
        `${path}: live ${percent(live)}, simulated ${percent(simulated)}`,
    ),
  ];
}

function pathSentences(onTime: OnTimeLatencyComparison): readonly string[] {
  const [title, ...shares] = pathTexts(onTime);
  return title === undefined ? [] : [`${title} ${shares.join('; ')}`];
}

function percent(share: number): string {
  return `${significantDigitsText(100 * share, 2)} %`;
}

function cellsOf(row: Row): readonly string[] {
  const { p, live, lateness, onTime, simulated, difference } = row;
  return [
    `p${p * 100}`,
    ns(live),
    ns(lateness),
    ns(onTime),
    ns(simulated),
    differenceText(difference),
    wordsOf(row).note,
  ];
}

function ns(value: number | null): string {
  return value === null ? 'none' : quantityText(value, 'ns');
}

function wordsOf(row: Row): ToleranceMark {
  return chooseToleranceMark(row, 'too few packets');
}
