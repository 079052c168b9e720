/**
 * The KPI table of the HTML report: each value with its interval and its seeds drawn against the
 * limit line, the allowed side tinted.
 *
 * @module
 */
import { scaleLinear } from 'd3-scale';
import { throughputNote } from '../cpu-note.ts';
import {
  intervalKind,
  intervalText,
  kpiMargin,
  kpiMark,
  kpiName,
  limitText,
  measuredText,
  missedFirst,
  missedText,
} from '../kpi-text.ts';
import type { KpiResult, Report } from '../report-schema.ts';
import { type Content, html, type Markup, NOTHING, px } from './markup.ts';

const WIDTH = 260;
const HEIGHT = 28;
const MIDDLE = 16;

/** The section with table, intervals in words, invariants and warnings. */
export function kpiSection(report: Report): Markup {
  const rows = missedFirst(report.kpis).map((kpi) => row(kpi, report.seeds.length));
  return html`<section><h2>Limits</h2>
<table class="kpis"><thead><tr><th></th><th>KPI</th><th class="number">measured</th><th class="number">95 % interval</th><th>against the limit</th><th class="number">limit</th><th class="number">margin</th></tr></thead>
<tbody>${rows}</tbody></table>
${notes(report)}</section>
`;
}

/** Tone of the text, word for the mark, and classes of dot and bar. */
const LOOKS: Readonly<
  Record<
    KpiResult['status'],
    { readonly tone: string; readonly word: string; readonly dot: string; readonly bar: string }
  >
> = {
  pass: { tone: 'pass-text', word: 'met', dot: 'good', bar: 'interval-pass' },
  fail: { tone: 'fail-text', word: 'missed', dot: 'bad', bar: 'interval-fail' },
  'not-applicable': { tone: 'muted', word: 'not applicable', dot: 'good', bar: 'interval-pass' },
  inconclusive: { tone: 'open-text', word: 'inconclusive', dot: 'open', bar: 'interval-open' },
};

function row(kpi: KpiResult, seeds: number): Markup {
  const { tone, word } = LOOKS[kpi.status];
  const why = whyMissed(kpi, seeds);
  return html`<tr class="${why === undefined ? '' : 'has-why'}">
<td class="mark ${tone}" title="${word}">${kpiMark(kpi)}</td>
<td class="name">${kpiName(kpi)}</td>
<td class="measured number ${kpi.pass ? '' : tone}">${measuredText(kpi)}</td>
<td class="interval number" title="${intervalKind(kpi)}"><small>${intervalText(kpi)}</small></td>
<td class="plot">${bar(kpi)}</td>
<td class="limit-cell number">${limitText(kpi)}</td>
<td class="margin number">${kpiMargin(kpi)}</td></tr>
${why === undefined ? NOTHING : html`<tr class="why ${tone}"><td></td><td colspan="6">${why}</td></tr>`}`;
}

function whyMissed(kpi: KpiResult, seeds: number): string | undefined {
  if (kpi.status === 'pass') return undefined;
  const parts = [kpi.reason, kpi.status === 'fail' ? missedText(kpi, seeds) : undefined];
  return parts.filter((one) => one !== undefined).join('; ');
}

/** From where to where the bar reaches: everything that is known, with room at both ends. */
function domainOf(kpi: KpiResult): readonly [number, number] {
  const { low, high } = kpi.ci95;
  const seeds = kpi.perSeed.map((entry) => entry.value);
  const known = [kpi.value, kpi.limit, low, high, ...seeds].filter((one) => one !== null);
  const least = Math.min(...known);
  const most = Math.max(...known);
  if (kpi.unit === 'ratio' && least > 0.5) return [least - (1 - least) * 0.15, 1];
  return [Math.min(0, least), most === 0 ? 1 : most * 1.12];
}

function bar(kpi: KpiResult): Markup {
  if (kpi.value === null) return NOTHING;
  const x = scaleLinear([...domainOf(kpi)], [4, WIDTH - 4]);
  const limit = x(kpi.limit);
  const label = `${kpiName(kpi)} ${measuredText(kpi)}, limit ${limitText(kpi)}, 95 % interval ${intervalText(kpi)}`;
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" role="img" aria-label="${label}">
${allowed(kpi, limit)}<line class="grid" x1="4" x2="${WIDTH - 4}" y1="${MIDDLE}" y2="${MIDDLE}"/>
${seedTicks(kpi, x)}<line class="limit" x1="${px(limit)}" x2="${px(limit)}" y1="2" y2="${HEIGHT}"/>
${intervalMark(kpi, x)}<circle class="${LOOKS[kpi.status].dot}" cx="${px(x(kpi.value))}" cy="${MIDDLE}" r="4.5"/></svg>`;
}

function allowed(kpi: KpiResult, limit: number): Markup {
  if (kpi.comparison === '==') return NOTHING;
  const isUpper = kpi.comparison === '<=' || kpi.comparison === '<';
  const from = isUpper ? 4 : limit;
  const width = Math.max(0, isUpper ? limit - 4 : WIDTH - 4 - limit);
  return html`<rect class="allowed" x="${px(from)}" y="4" width="${px(width)}" height="${HEIGHT - 4}"/>`;
}

function seedTicks(kpi: KpiResult, x: (value: number) => number): Content {
  if (kpi.perSeed.length < 2) return NOTHING;
  return kpi.perSeed.map((entry) => {
    if (entry.value === null) return NOTHING;
    const at = px(x(entry.value));
    return html`<line class="seed-tick" x1="${at}" x2="${at}" y1="${MIDDLE - 10}" y2="${MIDDLE - 6}"/>`;
  });
}

function intervalMark(kpi: KpiResult, x: (value: number) => number): Markup {
  const { low, high, kind } = kpi.ci95;
  if (kind === 'none' || (low === null && high === null)) return NOTHING;
  const from = low === null ? 4 : x(low);
  const to = high === null ? WIDTH - 4 : x(high);
  const open = low === null || high === null ? 'dashed' : '';
  const tone = LOOKS[kpi.status].bar;
  const end = (at: number): Markup =>
    html`<line class="${tone}" x1="${px(at)}" x2="${px(at)}" y1="${MIDDLE - 4}" y2="${MIDDLE + 4}"/>`;
  return html`<line class="${tone} ${open}" stroke-width="3" x1="${px(from)}" x2="${px(to)}" y1="${MIDDLE}" y2="${MIDDLE}"/>${low === null ? NOTHING : end(from)}${high === null ? NOTHING : end(to)}`;
}

function notes(report: Report): Markup {
  const ranks = report.kpis.flatMap((kpi) =>
    kpi.ci95.kind === 'order-statistics' && kpi.ci95.note !== undefined
      ? [html`<li>${kpiName(kpi)}: ${kpi.ci95.note}</li>`]
      : [],
  );
  const cpu = throughputNote(report);
  const broken = report.invariants.flatMap((one) =>
    one.pass ? [] : [html`<li class="broken"><b>✗ ${one.name}</b> ${one.detail}</li>`],
  );
  const warnings = report.warnings.map(
    ({ text, seeds }) =>
      html`<li class="warn"><b>Warning</b> ${text} (seed ${seeds.slice(0, 8).join(', ')})</li>`,
  );
  const seeds =
    report.seeds.length > 1
      ? html`<li>Dot: all seeds. Bar: 95 % interval. Ticks: single seeds. Tinted: where the limit is met.</li>`
      : html`<li>One seed has no interval over seeds; try --seeds 30.</li>`;
  return html`<ul class="notes">${broken}${warnings}${ranks}${cpu === undefined ? NOTHING : html`<li>${cpu}</li>`}${seeds}</ul>`;
}
