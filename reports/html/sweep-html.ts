/**
 * The page of a sweep: a heat map per KPI over the first two varying parameters, with the value in
 * each cell and missed cells framed and marked, lines with intervals over the first parameter that is a
 * number (sweep-lines.ts), and a table of all combinations.
 *
 * @module
 */
import { greatestOf, leastOf } from '../../engine/pure/extremes.ts';
import { countWithNoun, limitQuantityText } from '../format.ts';
import { kpiMark, measuredText } from '../kpi-text.ts';
import type { KpiResult } from '../report-schema.ts';
import {
  kpiResultOfRow,
  missingKpiText,
  type SweepGrid,
  type SweepResult,
  seedRange,
  shortestUniqueEnding,
  sweepGrid,
  sweepKpiNames,
  sweepParameterNames,
  sweepResultColumns,
  sweepVerdict,
} from '../sweep.ts';
import type { QuantityReader } from '../sweep-axis.ts';
import { emptyChart, figure, makePlotFrame, svg } from './chart.ts';
import { htmlDocument } from './html.ts';
import { coordinateText, html, type Markup } from './markup.ts';
import { sweepFigures } from './sweep-lines.ts';

const STEPS = 5;
const ROW = 40;

/**
 * The complete document of a sweep.
 * @param read Reads values of parameters, so that numbers get an axis.
 */
export function renderSweepHtml(sweep: SweepResult, read: QuantityReader): string {
  const { word, text } = sweepVerdict(sweep);
  const tone = { PASS: 'pass', FAIL: 'fail', STOP: 'open' }[word];
  const kpis = sweepKpiNames(sweep);
  return htmlDocument(`${word} ${sweep.name}`, [
    html`<header class="bar ${tone}"><div>
<h1><b>${word}</b>${sweep.name}: ${text}</h1>
<p class="question">${sweep.question}</p>
<dl class="facts"><div><dt>seeds</dt><dd>${seedsText(sweep)}</dd></div><div><dt>parameters</dt><dd>${sweepParameterNames(sweep).join(', ')}</dd></div></dl>
</div></header>
<main>
<section><h2>Each KPI over the parameters</h2>
${kpis.map((kpi) => kpiFigures(sweep, kpi, read))}</section>
${tableSection(sweep)}
<section><h2>Do it again</h2><div class="command"><code id="reproduce">${sweep.reproduce}</code><button type="button" data-copy="reproduce" hidden>Copy</button></div></section>
</main>
`,
  ]);
}

function seedsText(sweep: SweepResult): string {
  const { least, most } = seedRange(sweep);
  if (least === most) return `${most} each, the same for all`;
  return `${least} to ${most}, more where they decide`;
}

/**
 * Smallest share of cells with a value for which a heat map is drawn. Sampled combinations fill a
 * smaller share.
 */
const GRID_SHARE_MIN = 0.25;

function kpiFigures(sweep: SweepResult, kpi: string, read: QuantityReader): readonly Markup[] {
  const lines = sweepFigures(sweep, kpi, read);
  const grid = sweepGrid(sweep, kpi);
  const cells = grid.rows.flat();
  const share = cells.filter((row) => row !== undefined).length / cells.length;
  if (share < GRID_SHARE_MIN && lines.length > 0) return lines;
  return [heatFigure(shortNamed(grid, sweepParameterNames(sweep))), ...lines];
}

/**
 * Shortens the paths of the parameters, which would be wider than the charts. The header of the
 * page has the full paths.
 */
function shortNamed(grid: SweepGrid, all: readonly string[]): SweepGrid {
  const named = ([path, value]: [string, string]): [string, string] => [
    shortestUniqueEnding(path, all),
    value,
  ];
  return {
    ...grid,
    x: { ...grid.x, name: shortestUniqueEnding(grid.x.name, all) },
    y: { ...grid.y, name: shortestUniqueEnding(grid.y.name, all) },
    fixed: Object.fromEntries(Object.entries(grid.fixed).map(named)),
  };
}

function valuesOf(grid: SweepGrid): readonly number[] {
  return grid.cells
    .flat()
    .flatMap((kpi) => (kpi === undefined || kpi.value === null ? [] : [kpi.value]));
}

function heatFigure(grid: SweepGrid): Markup {
  const cells = grid.cells.flat().filter((kpi) => kpi !== undefined);
  const [first] = cells;
  const values = valuesOf(grid);
  const draw = (isWide: boolean): Markup => {
    if (first === undefined || values.length === 0) {
      const frame = makePlotFrame(isWide, { height: 90, label: 12, left: 12 });
      return emptyChart(frame, 'measured in no combination');
    }
    return heatMap(grid, values, isWide);
  };
  const missed = cells.filter((kpi) => !kpi.pass).length;
  const limit = grid.limits
    .map(({ comparison, limit: bound, unit }) => `${comparison} ${limitQuantityText(bound, unit)}`)
    .join(' and ');
  const title =
    missed === 0
      ? `${grid.kpi}: ${limit} is met everywhere`
      : `${grid.kpi}: ${limit} is missed in ${missed} of ${countWithNoun(cells.length, 'cell')}`;
  const fixed = Object.entries(grid.fixed).map(([name, value]) => `${name} = ${value}`);
  const others = fixed.length === 0 ? '' : ` Fixed: ${fixed.join(', ')}.`;
  const caption = `Darker (lighter on dark): larger. Framed with ✗: missed.${others}`;
  return figure({ title, caption, draw });
}

/**
 * The colour step 1 to 5 of a value, by its position between the least and the greatest of all
 * values.
 */
function stepOf(value: number, values: readonly number[]): number {
  const least = leastOf(values);
  const most = greatestOf(values);
  if (most === least) return 1;
  return Math.min(STEPS, 1 + Math.floor((STEPS * (value - least)) / (most - least)));
}

function heatMap(grid: SweepGrid, values: readonly number[], isWide: boolean): Markup {
  const height = 46 + ROW * grid.y.values.length;
  const left = isWide ? 180 : 84;
  const frame = makePlotFrame(isWide, { height, label: 24, left });
  const wanted = (frame.right - frame.left) / Math.max(1, grid.x.values.length);
  const width = Math.min(wanted, 130);
  const column = (i: number): number => frame.left + width * i;
  const line = (i: number): number => frame.top + ROW * i;
  const cells = grid.cells.flatMap((row, j) =>
    row.map((kpi, i) => cell(kpi, { x: column(i), y: line(j), width, values })),
  );
  const xLabels = grid.x.values.map(
    (value, i) =>
      html`<text class="middle" x="${coordinateText(column(i) + width / 2)}" y="${line(grid.y.values.length) + 16}">${value}</text>`,
  );
  const letters = Math.floor((left - 10) / 7);
  const yLabels = grid.y.values.map(
    (value, j) =>
      html`<text class="end" x="${left - 10}" y="${line(j) + ROW / 2 + 4}"><title>${value}</title>${cutTo(value, letters)}</text>`,
  );
  const rowsText = grid.y.name === '' ? '' : `${grid.y.name} ↓ · `;
  const names = html`<text class="strong" x="0" y="12">${rowsText}${grid.x.name} →</text>`;
  return svg(frame, `${grid.kpi} over ${grid.x.name} and ${grid.y.name}`, [
    names,
    cells,
    xLabels,
    yLabels,
  ]);
}

/** Cuts a name that would run out of the page. */
function cutTo(text: string, letters: number): string {
  return text.length > letters ? `${text.slice(0, letters - 1)}…` : text;
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly values: readonly number[];
}

function cell(kpi: KpiResult | undefined, place: Place): Markup {
  const { x, y, width, values } = place;
  const box = `x="${coordinateText(x + 1)}" y="${y + 1}" width="${coordinateText(width - 2)}" height="${ROW - 2}" rx="4"`;
  const middle = coordinateText(x + width / 2);
  const attributes = { markup: box };
  if (kpi === undefined || kpi.value === null) {
    return html`<rect class="empty-box" ${attributes}/><text class="middle" x="${middle}" y="${y + ROW / 2 + 4}">none</text>`;
  }
  const step = stepOf(kpi.value, values);
  const full = measuredText(kpi);
  const text = full.length * 7 + 20 > width ? (full.split(/ (?=[^\d])/)[0] ?? full) : full;
  const tone = step === STEPS ? 'on-heat-strong' : 'on-heat';
  const frame = kpi.pass ? '' : html`<rect class="miss-frame" ${attributes}/>`;
  return html`<g><title>${kpi.metric} ${kpi.aggregation}: ${measuredText(kpi)}</title><rect class="h${step}" ${attributes}/>${frame}<text class="middle ${tone}" x="${middle}" y="${y + ROW / 2 + 4}">${kpi.pass ? '' : `${kpiMark(kpi)} `}${text}</text></g>
`;
}

function tableSection(sweep: SweepResult): Markup {
  const kpis = sweepResultColumns(sweep);
  const parameters = sweepParameterNames(sweep);
  const rows = sweep.rows.map((row) => {
    const tone = row.pass ? 'pass-text' : 'fail-text';
    const values = kpis.map((name) => {
      const kpi = kpiResultOfRow(row, name);
      return html`<td class="number ${kpi?.pass === true ? '' : tone}">${kpi === undefined ? missingKpiText(row) : measuredText(kpi)}</td>`;
    });
    return html`<tr><td class="mark ${tone}">${row.pass ? '✓' : '✗'}</td>${parameters.map((name) => html`<td>${row.parameters[name] ?? '-'}</td>`)}${values}</tr>
`;
  });
  return html`<section><h2>All combinations</h2><details open><summary>Table</summary><div tabindex="0" role="region" aria-label="All combinations"><table><thead><tr><th>met</th>${[...parameters].map((name) => html`<th title="${name}">${shortestUniqueEnding(name, parameters)}</th>`)}${kpis.map((name) => html`<th class="number">${name}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div></details></section>`;
}
