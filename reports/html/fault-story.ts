/**
 * The cost of every fault: one strip per fault, from the fault over its detection and the switch to
 * the first packet that arrives again. Strips are sorted by length, and a line shows the limit.
 *
 * @module
 */

import { scaleLinear } from 'd3-scale';
import { greatestOf } from '../../engine/pure/extremes.ts';
import {
  chooseUnitScale,
  countWithNoun,
  limitQuantityText,
  quantityText,
  scaledNumberText,
  type UnitScale,
  wholeNumberText,
} from '../format.ts';
import { kpiName } from '../kpi-text.ts';
import type { KpiResult, Report, ReportFault } from '../report-schema.ts';
import { quantile, sortedAscending } from '../statistics/quantile.ts';
import { emptyChart, figure, legend, makePlotFrame, type PlotFrame, svg, xAxis } from './chart.ts';
import { coordinateText, EMPTY_MARKUP, html, type Markup } from './markup.ts';

const STRIPS_MAX = 200;
const TABLE_ROWS = 200;

/** The strip of one fault: its stages from detection to recovery. */
interface Strip {
  readonly fault: ReportFault;
  /** Ends of the stages in ns after the fault; undefined for a stage that did not happen. */
  readonly ends: readonly (number | undefined)[];
  readonly last: number;
}

interface Story {
  readonly strips: readonly Strip[];
  readonly stages: readonly string[];
  readonly kpi: KpiResult | undefined;
  readonly top: number;
}

/** The section about faults; for a run without faults, a sentence that there were none. */
export function faultSection(report: Report): Markup {
  const story = storyOf(report);
  if (story.strips.length === 0) {
    const reason =
      report.faults.length === 0
        ? 'no fault happened in this run'
        : 'no effect of the faults of this run was measured';
    const draw = (isWide: boolean): Markup =>
      emptyChart(makePlotFrame(isWide, { height: 90, label: 12, left: 12 }), reason);
    const table = faultTable(report.faults);
    return section(figure({ title: 'Faults', caption: reason, draw, table }));
  }
  const draw = (isWide: boolean): Markup => drawStrips(story, isWide);
  const entries = story.stages.map((text, i) => ({
    text: stageText(text, i),
    colour: STAGE_COLOURS[i] ?? 6,
  }));
  const caption = captionOf(report, story);
  const parts = { title: titleOf(story), caption, draw, legend: legend(entries, 'always') };
  return section(figure({ ...parts, table: tableOf(story) }));
}

/** Colours of the stages, in order. */
const STAGE_COLOURS = [1, 2, 5, 4, 3, 6] as const;

function section(body: Markup): Markup {
  return html`<section><h2>What the faults cost</h2>
${body}</section>
`;
}

function stageText(name: string, index: number): string {
  return index === 0 ? `until ${name}` : `then ${name}`;
}

/** The KPI that is a duration sampled per fault, if any. */
function faultKpi(report: Report): KpiResult | undefined {
  const sampled = report.kpis.filter(
    (kpi) => kpi.unit === 'ns' && report.metrics[kpi.metric]?.kind === 'samples',
  );
  return sampled.find((kpi) => kpi.metric.includes('failover')) ?? sampled[0];
}

function storyOf(report: Report): Story {
  const kpi = faultKpi(report);
  const longest = kpi === undefined ? 0 : (report.metrics[kpi.metric]?.max ?? 0);
  // Stages long after the outage, such as the return to the old path, are left out: they would compress
  // all strips.
  const end = kpi === undefined ? Number.POSITIVE_INFINITY : 1.5 * Math.max(kpi.limit, longest);
  const delays = new Map<string, number[]>();
  for (const fault of report.faults) {
    for (const [name, at] of Object.entries(fault.effects)) {
      delays.set(name, [...(delays.get(name) ?? []), at - fault.beginNs]);
    }
  }
  const medians = [...delays].map(([name, values]) => ({
    name,
    median: quantile(sortedAscending(values), 0.5) ?? 0,
  }));
  const stages = medians
    .filter(({ median }) => median >= 0 && median <= end)
    .sort((a, b) => a.median - b.median)
    .map(({ name }) => name);
  const strips = report.faults
    .map((fault) => stripOf(fault, stages))
    .filter((strip) => strip.last > 0)
    .sort((a, b) => a.last - b.last);
  const most = greatestOf([0, ...strips.map((strip) => strip.last)]);
  return { strips, stages, kpi, top: Math.max(most * 1.06, (kpi?.limit ?? 0) * 1.06) };
}

function stripOf(fault: ReportFault, stages: readonly string[]): Strip {
  const ends = stages.map((name) => {
    const at = fault.effects[name];
    return at === undefined ? undefined : at - fault.beginNs;
  });
  return { fault, ends, last: greatestOf([0, ...ends.filter((end) => end !== undefined)]) };
}

function titleOf(story: Story): string {
  const { strips, kpi } = story;
  const worst = strips.at(-1);
  const longest = quantityText(worst?.last ?? 0, 'ns');
  if (kpi === undefined)
    return `${countWithNoun(strips.length, 'fault')}, the longest took ${longest}`;
  const over = strips.filter((strip) => strip.last > kpi.limit).length;
  const limit = limitQuantityText(kpi.limit, kpi.unit);
  if (over === 0 && strips.length === 1)
    return `The fault healed within ${limit}: it took ${longest}`;
  if (over === 0)
    return `All ${strips.length} faults healed within ${limit}; the slowest took ${longest}`;
  if (strips.length === 1) return `The fault took ${longest}, longer than ${limit}`;
  return `${over} of ${countWithNoun(strips.length, 'fault')} took longer than ${limit}; the slowest ${longest}`;
}

function captionOf(report: Report, story: Story): string {
  const clock = report.clock === 'virtual' ? 'virtual time' : 'wall time';
  const shown =
    story.strips.length > STRIPS_MAX ? `evenly chosen from ${story.strips.length}, ` : '';
  const without = report.faults.length - story.strips.length;
  const gap =
    without === 0
      ? ''
      : ` ${countWithNoun(without, 'fault')} had no measured effect and is not drawn.`;
  return `One strip per fault of ${countWithNoun(report.seeds.length, 'seed')}, ${shown}sorted, ${clock} after the fault.${gap}`;
}

/** Leaves out strips evenly if there are too many; the slowest is always kept. */
function thinned(strips: readonly Strip[]): readonly Strip[] {
  const step = Math.max(1, Math.ceil(strips.length / STRIPS_MAX));
  return strips.filter((_, i) => (strips.length - 1 - i) % step === 0);
}

function drawStrips(story: Story, isWide: boolean): Markup {
  const strips = thinned(story.strips);
  const few = strips.length <= 16;
  const pitch = few ? 22 : Math.max(2.5, Math.min(8, 420 / strips.length));
  const left = few && isWide ? 250 : 12;
  const height = Math.round(46 + pitch * strips.length);
  const frame = makePlotFrame(isWide, { height, label: 80, left });
  const x = scaleLinear([0, story.top], [frame.left, frame.right]);
  const scale = chooseUnitScale(story.top, 'ns');
  const ticks = x
    .ticks(isWide ? 8 : 4)
    .map((value) => ({ at: x(value), label: tickText(value, scale) }));
  const rows = strips.map((strip, i) =>
    drawStrip({ strip, story, x }, frame.top + pitch * i, pitch),
  );
  const names =
    few && isWide
      ? strips.map((strip, i) => rowName(strip, frame, frame.top + pitch * (i + 0.5)))
      : [];
  const grid = ticks.map(
    ({ at }) =>
      html`<line class="grid" x1="${coordinateText(at)}" x2="${coordinateText(at)}" y1="${frame.top}" y2="${frame.bottom}"/>`,
  );
  const body = [grid, rows, names, limitLine(story, frame, x), xAxis(frame, ticks, scale.suffix)];
  return svg(frame, titleOf(story), body);
}

function tickText(value: number, scale: UnitScale): string {
  return scaledNumberText(value, { ...scale, suffix: 'ms' });
}

interface StripDrawing {
  readonly strip: Strip;
  readonly story: Story;
  readonly x: (value: number) => number;
}

function drawStrip(drawing: StripDrawing, y: number, pitch: number): Markup {
  const { strip, story, x } = drawing;
  const thickness = Math.min(10, Math.max(1.5, pitch * (pitch < 8 ? 0.8 : 0.6)));
  const top = y + (pitch - thickness) / 2;
  let from = 0;
  const parts = strip.ends.map((end, i) => {
    if (end === undefined || end < from) return EMPTY_MARKUP;
    const width = Math.max(0.8, x(end) - x(from));
    const rect = html`<rect class="strip f${STAGE_COLOURS[i] ?? 6}" x="${coordinateText(x(from))}" y="${coordinateText(top)}" width="${coordinateText(width)}" height="${coordinateText(thickness)}"/>`;
    from = end;
    return rect;
  });
  const isOver = story.kpi !== undefined && strip.last > story.kpi.limit;
  const radius = Math.min(4, Math.max(1.8, pitch / 2.2));
  const dot = html`<circle class="${isOver ? 'bad' : 'good'}" cx="${coordinateText(x(strip.last) + radius + 2)}" cy="${coordinateText(y + pitch / 2)}" r="${coordinateText(radius)}"/>`;
  return html`<g><title>${stripText(strip, story.stages)}</title>${parts}${dot}</g>
`;
}

function stripText(strip: Strip, stages: readonly string[]): string {
  const { fault, ends } = strip;
  const effects = stages.flatMap((name, i) => {
    const end = ends[i];
    return end === undefined ? [] : [`${name} +${quantityText(end, 'ns')}`];
  });
  const at = `${(fault.beginNs / 1e9).toFixed(3)} s`;
  return `seed ${fault.seed}, ${at}, ${fault.text}: ${effects.join(', ')}`;
}

function rowName(strip: Strip, frame: PlotFrame, y: number): Markup {
  const at = `${(strip.fault.beginNs / 1e9).toFixed(1)} s`;
  const text = `${strip.fault.text}, ${at}`;
  const short = text.length > 40 ? `${text.slice(0, 39)}…` : text;
  return html`<text class="end" x="${frame.left - 8}" y="${coordinateText(y + 4)}">${short}</text>`;
}

function limitLine(story: Story, frame: PlotFrame, x: (value: number) => number): Markup {
  const { kpi } = story;
  if (kpi === undefined) return EMPTY_MARKUP;
  const at = x(kpi.limit);
  const isLate = at > frame.left + (frame.right - frame.left) * 0.6;
  const anchor = isLate ? 'end' : '';
  const text = `limit ${limitQuantityText(kpi.limit, kpi.unit)} for ${kpiName(kpi)}`;
  return html`<line class="limit" x1="${coordinateText(at)}" x2="${coordinateText(at)}" y1="${frame.top - 4}" y2="${frame.bottom}"/><text class="limit-label halo ${anchor}" x="${coordinateText(at + (isLate ? -6 : 6))}" y="${frame.top - 8}">${text}</text>`;
}

/** A table of the faults that have nothing to draw, such as floods without effect. */
function faultTable(faults: readonly ReportFault[]): Markup {
  if (faults.length === 0) return EMPTY_MARKUP;
  const rows = faults.slice(0, TABLE_ROWS).map(
    ({ seed, beginNs, text }) =>
      html`<tr><td class="number">${seed}</td><td class="number">${(beginNs / 1e9).toFixed(3)} s</td><td>${text}</td></tr>
`,
  );
  return html`<details><summary>${countWithNoun(faults.length, 'fault')}</summary><div><table><thead><tr><th class="number">seed</th><th class="number">at</th><th>fault</th></tr></thead>
<tbody>${rows}</tbody></table>${moreRows(faults.length)}</div></details>`;
}

function moreRows(all: number): Markup {
  const more = all - TABLE_ROWS;
  return more > 0
    ? html`<p class="muted">${wholeNumberText(more)} more in report.json.</p>`
    : EMPTY_MARKUP;
}

function tableOf(story: Story): Markup {
  const rows = [...story.strips].reverse().slice(0, TABLE_ROWS);
  const cells = (strip: Strip): Markup[] =>
    strip.ends.map(
      (end) => html`<td class="number">${end === undefined ? '–' : quantityText(end, 'ns')}</td>`,
    );
  return html`<details><summary>Table, slowest first</summary><div><table><thead><tr><th class="number">seed</th><th class="number">at</th><th>fault</th>${story.stages.map((name) => html`<th class="number">${name}</th>`)}</tr></thead>
<tbody>${rows.map(
    (strip) =>
      html`<tr><td class="number">${strip.fault.seed}</td><td class="number">${(strip.fault.beginNs / 1e9).toFixed(3)} s</td><td>${strip.fault.text}</td>${cells(strip)}</tr>
`,
  )}</tbody></table>${moreRows(story.strips.length)}</div></details>`;
}
