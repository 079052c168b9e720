/**
 * Quantities over time: throughput with the faults shaded, latency, and the use of paths as stacked
 * areas. The line is one seed (the worst, or the first), the band is the range of all seeds.
 *
 * @module
 */

import { scaleLinear } from 'd3-scale';
import { area, line, stack } from 'd3-shape';
import { greatestOf } from '../../engine/pure/extremes.ts';
import { axisEndNs } from '../done-text.ts';
import { FLOWS_FILE } from '../flows-csv.ts';
import {
  chooseUnitScale,
  countWithNoun,
  limitQuantityText,
  quantityText,
  runSpanText,
  runTimeUnitFor,
  scaledNumberText,
  shortCountText,
  significantDigitsText,
  type UnitScale,
  wholeNumberText,
} from '../format.ts';
import type { KpiResult, Report, SeriesSummary } from '../report-schema.ts';
import { ALL_DELIVERED_SERIES, ALL_SENT_SERIES } from '../shown-flows.ts';
import {
  type EndLabel,
  emptyChart,
  endLabels,
  endLabelsWidthPx,
  figure,
  legend,
  makePlotFrame,
  type PlotFrame,
  pointerLineMarkup,
  seriesColourNumber,
  svg,
  xAxis,
  yAxis,
} from './chart.ts';
import { type CurveCorner, limitLabelPosition } from './limit-label.ts';
import { coordinateText, EMPTY_MARKUP, html, type Markup, type TemplateContent } from './markup.ts';

const PATH = 'path:';
const HEIGHT = 210;
/** Smallest room for names at the ends of lines, px. */
const LABEL = 96;
/** Steps of at least ten minutes are written in minutes; the value is in seconds. */
const MINUTES_MIN = 600;

type Values = readonly (number | null)[];
type Position = (value: number) => number;

/** A group of series that share one chart. */
interface Panel {
  readonly title: string;
  readonly caption: string;
  readonly series: readonly SeriesSummary[];
  readonly isStacked: boolean;
  readonly limit?: { readonly value: number; readonly text: string };
}

/** All series of the report, each group in its own chart. */
export function timeSection(report: Report): Markup {
  const panels = panelsOf(report);
  if (panels.length === 0) {
    const reason = 'this run recorded no series';
    const draw = (isWide: boolean): Markup =>
      emptyChart(makePlotFrame(isWide, { height: 90, label: 12, left: 12 }), reason);
    return section([figure({ title: 'Over time', caption: reason, draw })]);
  }
  return section([leftOutNote(report), ...panels.map((panel) => panelFigure(panel, report))]);
}

function leftOutNote({ flowsLeftOut }: Report): Markup {
  if (flowsLeftOut === undefined) return EMPTY_MARKUP;
  return html`<p class="muted">${countWithNoun(flowsLeftOut, 'flow')} not drawn: of single flows, only those that delivered least and some that delivered most. ${FLOWS_FILE} has a line for each; trace.orr has all of them over time.</p>
`;
}

function section(figures: readonly Markup[]): Markup {
  return html`<section><h2>Over time</h2>
${figures}</section>
`;
}

/** Factor from the base unit of a series to the unit drawn; counts per bin become rates. */
function factorOf(series: SeriesSummary): number {
  const isCount = series.unit === 'packets' || series.unit === 'bytes' || series.unit === 'count';
  return isCount ? 1e9 / series.binNs : 1;
}

function drawnUnit(series: SeriesSummary): string {
  const rates: Readonly<Record<string, string>> = {
    packets: 'packets/s',
    bytes: 'bytes/s',
    count: '/s',
  };
  return rates[series.unit] ?? series.unit;
}

function scaled(series: SeriesSummary, values: Values): Values {
  const factor = factorOf(series);
  return values.map((value) => (value === null ? null : value * factor));
}

function panelsOf(report: Report): readonly Panel[] {
  const { series } = report;
  const { warmupNs } = report.scenario;
  const seeds = countWithNoun(report.seeds.length, 'seed');
  const band = report.seeds.length > 1 ? `, band: range of ${seeds}` : '';
  const caption = `Seed ${report.shownSeed}${band}; shaded: while a fault lasts.`;
  const traffic = [...series.filter(isSent), ...series.filter(isDelivered)];
  const paths = series.filter((one) => one.name.startsWith(PATH));
  const rest = series.filter((one) => !traffic.includes(one) && !paths.includes(one));
  const limit = rateLimit(report);
  return [
    ...(traffic.length === 0
      ? []
      : [
          {
            title: trafficTitle(traffic, warmupNs),
            caption,
            series: traffic,
            isStacked: false,
            ...limit,
          },
        ]),
    ...rest.map((one) => ({
      title: seriesTitle(one, warmupNs),
      caption,
      series: [one],
      isStacked: false,
    })),
    ...(paths.length === 0
      ? []
      : [
          {
            title: pathTitle(paths, warmupNs),
            caption: `Packets by path, stacked; seed ${report.shownSeed}; shaded: while a fault lasts.`,
            series: paths,
            isStacked: true,
          },
        ]),
  ];
}

/** The limit on the rate of delivered packets, per second. */
function rateLimit(report: Report): Pick<Panel, 'limit'> {
  const kpi = report.kpis.find(
    (one: KpiResult) => one.aggregation === 'rate' && /throughput|delivered/.test(one.metric),
  );
  if (kpi === undefined) return {};
  const text = `limit ${limitQuantityText(kpi.limit, '1/min')}`;
  return { limit: { value: kpi.limit / 60, text } };
}

/** The values of the shown seed, null in steps that begin in the warm-up: titles do not count these. */
function measured(one: SeriesSummary, warmupNs: number): Values {
  const first = Math.ceil(warmupNs / one.stepNs);
  return one.shownSeed.map((value, step) => (step < first ? null : value));
}

function trafficTitle(traffic: readonly SeriesSummary[], warmupNs: number): string {
  const one = traffic.find(isDelivered) ?? traffic[0];
  if (one === undefined) return '';
  const rates = scaled(one, measured(one, warmupNs)).filter((value) => value !== null);
  if (rates.length === 0) return `${one.name}: nothing measured`;
  const sorted = [...rates].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const unit = drawnUnit(one);
  const step = stepText(one);
  if (shortCountText(median) === '0') return sparseTitle(one, rates);
  const gaps = rates.filter((value) => value < median / 2).length;
  const gapText =
    gaps === 0
      ? 'never below half of it'
      : `below half of it in ${countWithNoun(gaps, 'step')} of ${step}`;
  return `${shortCountText(median)} ${unit} ${wordsOf(one)}, ${gapText}`;
}

function wordsOf({ name }: SeriesSummary): string {
  return name === ALL_DELIVERED_SERIES ? 'delivered by all flows' : name;
}

/** The title if so many steps have few or no packets that the median rate would be written as 0. */
function sparseTitle(one: SeriesSummary, rates: readonly number[]): string {
  const empty = rates.filter((value) => value === 0).length;
  const sum = total(rates) * (one.stepNs / 1e9);
  const steps = countWithNoun(rates.length, 'step');
  return `${shortCountText(Math.round(sum))} ${one.unit} ${wordsOf(one)}, none in ${wholeNumberText(empty)} of ${steps} of ${stepText(one)}`;
}

function stepText({ stepNs }: SeriesSummary): string {
  const seconds = stepNs / 1e9;
  return seconds < MINUTES_MIN
    ? quantityText(stepNs, 'ns')
    : `${significantDigitsText(seconds / 60, 3)} min`;
}

function seriesTitle(one: SeriesSummary, warmupNs: number): string {
  const values = scaled(one, measured(one, warmupNs));
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return `${one.name}: nothing measured`;
  const peak = greatestOf(known);
  const at = values.indexOf(peak) * one.stepNs;
  const text = `${one.name}: at most ${quantityText(peak, drawnUnit(one))}, at ${instantText(at, one)}`;
  const gaps = values.slice(Math.ceil(warmupNs / one.stepNs)).length - known.length;
  return gaps === 0 ? text : `${text}; nothing arrived in ${countWithNoun(gaps, 'step')}`;
}

function instantText(ns: number, { shownSeed, stepNs }: SeriesSummary): string {
  const unit = runTimeUnitFor((shownSeed.length * stepNs) / 1e9);
  return `${(ns / 1e9 / unit.seconds).toFixed(1)} ${unit.suffix}`;
}

function pathTitle(paths: readonly SeriesSummary[], warmupNs: number): string {
  const sums = paths.map((one) => ({
    name: one.name.slice(PATH.length),
    sum: total(measured(one, warmupNs)),
  }));
  const all = sums.reduce((sum, one) => sum + one.sum, 0);
  if (all === 0) return 'Use of paths: no packet took one';
  const parts = sums.map(({ name, sum }) => `${((100 * sum) / all).toFixed(1)} % on ${name}`);
  return parts.length > 4 ? `${countWithNoun(parts.length, 'path')} in use` : parts.join(', ');
}

function total(values: Values): number {
  let sum = 0;
  for (const value of values) sum += value ?? 0;
  return sum;
}

/** Scale and unit of the vertical axis. */
function axisScale(panel: Panel, top: number): UnitScale {
  const [first] = panel.series;
  const unit = first === undefined ? '' : drawnUnit(first);
  if (unit === 'ns' || unit === 'ratio') return chooseUnitScale(top, unit);
  if (top >= 1e6) return { divisor: 1e6, suffix: `M ${unit}` };
  return top >= 1e4 ? { divisor: 1e3, suffix: `k ${unit}` } : { divisor: 1, suffix: unit };
}

function topOf(panel: Panel): number {
  const of = (values: Values): number => greatestOf([0, ...values.map((value) => value ?? 0)]);
  if (!panel.isStacked) {
    const tops = panel.series.map((one) => of(scaled(one, one.shownSeed)));
    const bands = panel.series.map((one) => of(scaled(one, one.high)));
    const bandTop = greatestOf(bands);
    const own = greatestOf([...tops, panel.limit?.value ?? 0]);
    return Math.min(bandTop, own * 2) > own ? Math.min(bandTop, own * 2) : own;
  }
  const sums = (panel.series[0]?.shownSeed ?? []).map((_, i) =>
    panel.series.reduce((sum, one) => sum + (one.shownSeed[i] ?? 0) * factorOf(one), 0),
  );
  return greatestOf([0, ...sums]);
}

function nameOf(one: SeriesSummary): string {
  return one.name.startsWith(PATH) ? one.name.slice(PATH.length) : one.name;
}

/**
 * The colour of a series: blue for delivered packets (the main series), a neutral colour for sent
 * packets, and the next colours in order for all others.
 */
function seriesColour(panel: Panel, index: number): number {
  const one = panel.series[index];
  if (one !== undefined && isDelivered(one)) return 1;
  return one !== undefined && isSent(one) ? 6 : seriesColourNumber(index);
}

/**
 * True for the series of sent packets: of the only flow, or of all flows together if some flows are
 * left out.
 */
function isSent({ name }: SeriesSummary): boolean {
  return name === 'sent' || name === ALL_SENT_SERIES;
}

function isDelivered({ name }: SeriesSummary): boolean {
  return name === 'delivered' || name === ALL_DELIVERED_SERIES;
}

function panelFigure(panel: Panel, report: Report): Markup {
  const top = topOf(panel);
  const entries = panel.series.map((one, i) => ({
    text: nameOf(one),
    colour: seriesColour(panel, i),
  }));
  return figure({
    title: panel.title,
    caption: panel.caption,
    draw: (isWide) => drawPanel(panel, report, isWide),
    read: readData(panel, report, axisScale(panel, top)),
    legend: panel.series.length > 1 ? legend(entries, 'narrow') : EMPTY_MARKUP,
  });
}

function readData(panel: Panel, report: Report, scale: UnitScale): unknown {
  const [first] = panel.series;
  const stepNs = first?.stepNs ?? 1;
  const unit = runTimeUnitFor(endOf(panel, report) / 1e9);
  const seconds = (first?.shownSeed ?? []).map((_, i) => Number(((i * stepNs) / 1e9).toFixed(4)));
  return {
    label: 'at',
    x: seconds,
    text: seconds.map((value) => runSpanText(value, unit, unit.seconds === 1 ? 12 : 4)),
    from: 0,
    to: endOf(panel, report) / 1e9,
    series: panel.series.map((one) => ({
      name: nameOf(one),
      unit: scale.suffix,
      values: scaled(one, one.shownSeed).map((value) =>
        value === null ? null : Number((value / scale.divisor).toPrecision(4)),
      ),
    })),
  };
}

function endOf(panel: Panel, report: Report): number {
  const [first] = panel.series;
  const recorded = (first?.shownSeed.length ?? 0) * (first?.stepNs ?? 0);
  return Math.max(recorded, axisEndNs(report));
}

/**
 * The names at the ends of lines in any chart. All charts leave the same room, so that their time
 * axes align.
 */
function labelledNames({ series }: Report): readonly string[] {
  const isLabelled = (one: SeriesSummary): boolean =>
    isSent(one) || isDelivered(one) || one.name.startsWith(PATH);
  return series.filter(isLabelled).map(nameOf);
}

function drawPanel(panel: Panel, report: Report, isWide: boolean): Markup {
  const label = endLabelsWidthPx(labelledNames(report), LABEL);
  const frame = makePlotFrame(isWide, { height: HEIGHT, label, left: 52, head: isWide ? 34 : 20 });
  const top = topOf(panel);
  // Zeros are drawn as zeros; a chart is empty only if nothing was measured in any bin.
  if (panel.series.every((one) => one.high.every((value) => value === null))) {
    // Flow names are only in the title, because a small screen has no room for them twice.
    return emptyChart(frame, 'nothing measured in any bin');
  }
  const x = scaleLinear([0, endOf(panel, report)], [frame.left, frame.right]);
  // If a band exceeds the top of the chart, it is cut there.
  const y = scaleLinear([0, top === 0 ? 1 : top], [frame.bottom, frame.top])
    .nice(4)
    .clamp(true);
  const scale = axisScale(panel, top);
  const yTicks = y.ticks(4).map((value) => ({ at: y(value), label: tick(value, scale) }));
  const unit = runTimeUnitFor(endOf(panel, report) / 1e9);
  const time = scaleLinear(
    [0, endOf(panel, report) / 1e9 / unit.seconds],
    [frame.left, frame.right],
  );
  const xTicks = time
    .ticks(isWide ? 10 : 5)
    .map((value) => ({ at: time(value), label: String(value) }));
  const shapes = panel.isStacked ? stacked(panel, x, y) : lines(panel, x, y);
  const body = [
    shades(report, frame, x),
    yAxis(frame, yTicks, scale.suffix),
    shapes.drawing,
    limitLine(panel, frame, { x, y }),
    xAxis(frame, xTicks, unit.suffix),
    endLabels(frame, shapes.labels),
    pointerLineMarkup(frame),
  ];
  return svg(frame, `${panel.title}. ${panel.caption}`, body);
}

function tick(value: number, scale: UnitScale): string {
  return scaledNumberText(value, { ...scale, suffix: scale.suffix === '%' ? '%' : '' });
}

/** The warm-up and the faults of the shown seed. */
function shades(report: Report, frame: PlotFrame, x: Position): TemplateContent {
  const height = frame.bottom - frame.top;
  const { warmupNs } = report.scenario;
  const axisNs = axisEndNs(report);
  const rect = (kind: string, from: number, to: number, title: string): Markup =>
    html`<rect class="${kind}" x="${coordinateText(x(from))}" y="${frame.top}" width="${coordinateText(Math.max(1, x(to) - x(from)))}" height="${height}"><title>${title}</title></rect>`;
  const faults = report.faults
    .filter((fault) => fault.seed === report.shownSeed)
    .map((fault, i) => {
      const end = Math.min(fault.endNs ?? axisNs, axisNs);
      const at = `${(fault.beginNs / 1e9).toFixed(3)} s: ${fault.text}`;
      const number = html`<text class="middle" x="${coordinateText((x(fault.beginNs) + x(end)) / 2)}" y="${frame.top - 6}">${i + 1}</text>`;
      return html`${rect('fault', fault.beginNs, end, at)}${frame.isWide ? number : EMPTY_MARKUP}`;
    });
  if (warmupNs <= 0) return faults;
  const label = html`<text class="middle" x="${coordinateText((x(0) + x(warmupNs)) / 2)}" y="${frame.top - 6}">warm-up</text>`;
  return [
    rect('warmup', 0, warmupNs, 'warm-up, not measured'),
    frame.isWide ? label : EMPTY_MARKUP,
    faults,
  ];
}

interface Shapes {
  readonly drawing: TemplateContent;
  readonly labels: readonly EndLabel[];
}

function lines(panel: Panel, x: Position, y: Position): Shapes {
  const labels: EndLabel[] = [];
  const drawing = panel.series.map((one, i) => {
    const colour = seriesColour(panel, i);
    const values = scaled(one, one.shownSeed);
    const at = (_: unknown, step: number): number => x((step + 0.5) * one.stepNs);
    const path = line<number | null>()
      .digits(1)
      .defined((value) => value !== null)
      .x(at)
      .y((value) => y(value ?? 0));
    const last = values.findLast((value) => value !== null) ?? 0;
    labels.push({ y: y(last), text: nameOf(one), colour });
    const thin = isSent(one) ? 'thin dashed' : '';
    const band = isSent(one) ? EMPTY_MARKUP : bandOf(one, colour, { x, y });
    return html`${band}<path class="line s${colour} ${thin}" d="${path([...values]) ?? ''}"/>`;
  });
  return { drawing, labels: panel.series.length > 1 ? labels : [] };
}

function bandOf(
  one: SeriesSummary,
  colour: number,
  scales: { readonly x: Position; readonly y: Position },
): Markup {
  const low = scaled(one, one.low);
  const high = scaled(one, one.high);
  const steps = low.map((value, i) => ({ low: value, high: high[i] ?? null }));
  const shape = area<(typeof steps)[number]>()
    .digits(1)
    .defined((step) => step.low !== null && step.high !== null)
    .x((_, i) => scales.x((i + 0.5) * one.stepNs))
    .y0((step) => scales.y(step.low ?? 0))
    .y1((step) => scales.y(step.high ?? 0));
  return html`<path class="band f${colour}" d="${shape(steps) ?? ''}"/>`;
}

function stacked(panel: Panel, x: Position, y: Position): Shapes {
  const names = panel.series.map((one) => one.name);
  const [first] = panel.series;
  const rows = (first?.shownSeed ?? []).map((_, i) =>
    Object.fromEntries(
      panel.series.map((one) => [one.name, (one.shownSeed[i] ?? 0) * factorOf(one)]),
    ),
  );
  const layers = stack<Record<string, number>>().keys(names)(rows);
  const labels: EndLabel[] = [];
  const drawing = layers.map((layer, i) => {
    const shape = area<(typeof layer)[number]>()
      .digits(1)
      .x((_, step) => x((step + 0.5) * (first?.stepNs ?? 1)))
      .y0((d) => y(d[0]))
      .y1((d) => y(d[1]));
    const last = layer.at(-1);
    const one = panel.series[i];
    if (last !== undefined && one !== undefined) {
      labels.push({
        y: y((last[0] + last[1]) / 2),
        text: nameOf(one),
        colour: seriesColourNumber(i),
      });
    }
    return html`<path class="layer f${seriesColourNumber(i)}" d="${shape(layer) ?? ''}"/>`;
  });
  return { drawing, labels };
}

function limitLine(
  panel: Panel,
  frame: PlotFrame,
  { x, y }: { readonly x: Position; readonly y: Position },
): Markup {
  const { limit } = panel;
  if (limit === undefined) return EMPTY_MARKUP;
  const at = y(limit.value);
  const curves = panel.series.map((one) =>
    scaled(one, one.shownSeed).flatMap((value, step): CurveCorner[] =>
      value === null ? [] : [{ x: x((step + 0.5) * one.stepNs), y: y(value) }],
    ),
  );
  const place = limitLabelPosition({ text: limit.text, lineY: at }, frame, curves);
  return html`<line class="limit" x1="${frame.left}" x2="${frame.right}" y1="${coordinateText(at)}" y2="${coordinateText(at)}"/><text class="limit-label halo" x="${coordinateText(place.x)}" y="${coordinateText(place.y)}">${limit.text}</text>`;
}
