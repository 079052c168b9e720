/**
 * The KPI table of the HTML report: each value with its interval and its seeds, drawn beside the
 * limit line; the permitted side is tinted.
 *
 * @module
 */
import { throughputNote } from '../cpu-note.ts';
import {
  inconclusiveKpisText,
  isInconclusiveByEarlyEnd,
  reportEarlyEndText,
} from '../early-end.ts';
import { KPI_HEADINGS, type KpiBar, kpiBar, kpiMissReason, STATUS_WORDS } from '../kpi-bar.ts';
import {
  intervalKind,
  intervalText,
  isIntervalNoteShown,
  kpiMargin,
  kpiMark,
  kpiName,
  limitText,
  measuredText,
  sortMissedFirst,
} from '../kpi-text.ts';
import type { KpiResult, Report } from '../report-schema.ts';
import { warningTexts } from '../terminal-details.ts';
import { coordinateText, EMPTY_MARKUP, html, type Markup } from './markup.ts';

const WIDTH = 260;
const HEIGHT = 28;
const MIDDLE = 16;

/** The section with table, explanation of intervals, invariants and warnings. */
export function kpiSection(report: Report): Markup {
  const rows = sortMissedFirst(report.kpis).map((kpi) => row(kpi, report));
  return html`<section><h2>Limits</h2>
<table class="kpis"><thead><tr>${KPI_HEADINGS.map(heading)}</tr></thead>
<tbody>${rows}</tbody></table>
${notes(report)}</section>
`;
}

function heading(text: string): Markup {
  if (text === '' || text === 'KPI' || text === 'against the limit') return html`<th>${text}</th>`;
  return html`<th class="number">${text}</th>`;
}

/** CSS classes for each status: of the text, the dot and the bar. */
const STATUS_CLASSES: Readonly<
  Record<KpiResult['status'], { readonly tone: string; readonly dot: string; readonly bar: string }>
> = {
  pass: { tone: 'pass-text', dot: 'good', bar: 'interval-pass' },
  fail: { tone: 'fail-text', dot: 'bad', bar: 'interval-fail' },
  'not-applicable': { tone: 'muted', dot: 'good', bar: 'interval-pass' },
  inconclusive: { tone: 'open-text', dot: 'open', bar: 'interval-open' },
};

function row(kpi: KpiResult, report: Report): Markup {
  const { tone } = STATUS_CLASSES[kpi.status];
  const word = STATUS_WORDS[kpi.status];
  const why = isInconclusiveByEarlyEnd(kpi, report) ? undefined : kpiMissReason(kpi, report);
  return html`<tr class="${why === undefined ? '' : 'has-why'}">
<td class="mark ${tone}" title="${word}">${kpiMark(kpi)}</td>
<td class="name">${kpiName(kpi)}</td>
<td class="measured number ${kpi.pass ? '' : tone}">${measuredText(kpi)}</td>
<td class="interval number" title="${intervalKind(kpi)}"><small>${intervalText(kpi)}</small></td>
<td class="plot">${bar(kpi)}</td>
<td class="limit-cell number">${limitText(kpi)}</td>
<td class="margin number">${kpiMargin(kpi)}</td></tr>
${why === undefined ? EMPTY_MARKUP : html`<tr class="why ${tone}"><td></td><td colspan="6">${why}</td></tr>`}`;
}

function bar(kpi: KpiResult): Markup {
  const drawn = kpiBar(kpi, WIDTH);
  if (drawn === undefined) return EMPTY_MARKUP;
  const { allowed, limit, seeds, value } = drawn;
  const label = `${kpiName(kpi)} ${measuredText(kpi)}, limit ${limitText(kpi)}, 95 % interval ${intervalText(kpi)}`;
  const tinted =
    allowed === undefined
      ? EMPTY_MARKUP
      : html`<rect class="allowed" x="${coordinateText(allowed.from)}" y="4" width="${coordinateText(allowed.width)}" height="${HEIGHT - 4}"/>`;
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" role="img" aria-label="${label}">
${tinted}<line class="grid" x1="4" x2="${WIDTH - 4}" y1="${MIDDLE}" y2="${MIDDLE}"/>
${seeds.map(seedTick)}<line class="limit" x1="${coordinateText(limit)}" x2="${coordinateText(limit)}" y1="2" y2="${HEIGHT}"/>
${intervalMark(drawn, STATUS_CLASSES[kpi.status].bar)}<circle class="${STATUS_CLASSES[kpi.status].dot}" cx="${coordinateText(value)}" cy="${MIDDLE}" r="4.5"/></svg>`;
}

function seedTick(x: number): Markup {
  const at = coordinateText(x);
  return html`<line class="seed-tick" x1="${at}" x2="${at}" y1="${MIDDLE - 10}" y2="${MIDDLE - 6}"/>`;
}

function intervalMark({ interval }: KpiBar, tone: string): Markup {
  if (interval === undefined) return EMPTY_MARKUP;
  const { from, to, hasLow, hasHigh } = interval;
  const open = hasLow && hasHigh ? '' : 'dashed';
  const end = (at: number): Markup =>
    html`<line class="${tone}" x1="${coordinateText(at)}" x2="${coordinateText(at)}" y1="${MIDDLE - 4}" y2="${MIDDLE + 4}"/>`;
  return html`<line class="${tone} ${open}" stroke-width="3" x1="${coordinateText(from)}" x2="${coordinateText(to)}" y1="${MIDDLE}" y2="${MIDDLE}"/>${hasLow ? end(from) : EMPTY_MARKUP}${hasHigh ? end(to) : EMPTY_MARKUP}`;
}

function notes(report: Report): Markup {
  const ranks = report.kpis.flatMap((kpi) =>
    isIntervalNoteShown(kpi) && kpi.ci95.note !== undefined
      ? [html`<li>${kpiName(kpi)}: ${kpi.ci95.note}</li>`]
      : [],
  );
  const cpu = throughputNote(report);
  const broken = report.invariants.flatMap((one) =>
    one.pass ? [] : [html`<li class="broken"><b>✗ ${one.name}</b> ${one.detail}</li>`],
  );
  const warnings = warningTexts(report).map(
    (text) => html`<li class="warn"><b>Warning</b> ${text}</li>`,
  );
  const seeds =
    report.seeds.length > 1
      ? html`<li>Dot: all seeds. Bar: 95 % interval. Ticks: single seeds. Tinted: where the limit is met.</li>`
      : html`<li>One seed has no interval over seeds; try --seeds 30.</li>`;
  const earlyEnd = reportEarlyEndText(report);
  const early =
    earlyEnd === undefined
      ? EMPTY_MARKUP
      : html`<li class="broken"><b>Ended early</b> ${inconclusiveKpisText(earlyEnd)}</li>`;
  return html`<ul class="notes">${early}${broken}${warnings}${ranks}${cpu === undefined ? EMPTY_MARKUP : html`<li>${cpu}</li>`}${seeds}</ul>`;
}
