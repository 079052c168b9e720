/**
 * A KPI of a sweep as lines over a parameter that is a number: the 95 % interval of each combination as a
 * band or a bar, limits as dashed lines, missed combinations ringed.
 *
 * @module
 */

import { scaleLinear, scaleLog } from 'd3-scale';
import { area, line } from 'd3-shape';
import { greatestOf, leastOf } from '../../engine/pure/extremes.ts';
import {
  chooseUnitScale,
  groupThousands,
  limitQuantityText,
  scaledNumberText,
  type UnitScale,
} from '../format.ts';
import { intervalText, measuredText } from '../kpi-text.ts';
import type { KpiResult } from '../report-schema.ts';
import {
  missingKpiText,
  type SweepResult,
  shortestUniqueEnding,
  sweepLimits,
  sweepParameterNames,
} from '../sweep.ts';
import type { QuantityReader } from '../sweep-axis.ts';
import {
  type SweepCurve,
  type SweepCurves,
  type SweepPoint,
  sweepCurves,
} from '../sweep-curves.ts';
import {
  endLabels,
  endLabelsWidthPx,
  figure,
  legend,
  makePlotFrame,
  type PlotFrame,
  seriesColourNumber,
  svg,
  type Tick,
  xAxis,
  yAxis,
} from './chart.ts';
import { type CurveCorner, limitLabelPosition } from './limit-label.ts';
import { coordinateText, EMPTY_MARKUP, html, type Markup } from './markup.ts';

const HEIGHT = 280;
/** Least room for the names of lines, px. */
const LABEL = 150;
const LEFT = 64;
/** Largest number of letters of an end label; there is room for no more. */
const NAME_MAX = 46;
/** Length of the dashes in which lines with equal values alternate, px. */
const DASH = 9;
/** With more curves than this, bands would cover each other; bars are drawn instead. */
const BANDS_MAX = 3;
const COLOURS = 6;
/** The vertical axis is logarithmic if the largest value is at least this many times the smallest. */
const LOG_RATIO = 50;
/**
 * Intervals and limits farther from the values than this many times their range are cut off: they
 * would flatten the curves.
 */
const FAR_RANGES = 1.5;

type Position = (value: number) => number;

interface Measured extends SweepPoint {
  readonly kpi: KpiResult;
  readonly value: number;
}

/** The figures of a KPI; none if no varying parameter is a number, or nothing was measured. */
export function sweepFigures(
  sweep: SweepResult,
  kpi: string,
  read: QuantityReader,
): readonly Markup[] {
  const limits = sweepLimits(sweep, kpi);
  return sweepCurves(sweep, kpi, read).flatMap((curves) => {
    const points = curves.curves.flatMap(measuredOf);
    const [first] = points;
    if (first === undefined) return [];
    return [
      linesFigure({ curves, points, limits, unit: first.kpi.unit }, sweepParameterNames(sweep)),
    ];
  });
}

function linesFigure(full: Chart, paths: readonly string[]): Markup {
  const { x, by } = full.curves;
  const short = { ...x, name: shortestUniqueEnding(x.name, paths) };
  const curves = { ...full.curves, x: short, by: by === '' ? '' : shortestUniqueEnding(by, paths) };
  const chart = { ...full, curves };
  const names = curves.curves.map(({ name }, i) => ({
    text: labelOf(name, i),
    colour: seriesColourNumber(i),
  }));
  return figure({
    title: titleOf(chart),
    caption: captionOf(chart, paths),
    draw: (isWide) => draw(chart, isWide),
    legend: names.length > 1 ? legend(names, 'narrow') : EMPTY_MARKUP,
  });
}

interface Chart {
  readonly curves: SweepCurves;
  readonly points: readonly Measured[];
  readonly limits: readonly KpiResult[];
  readonly unit: string;
}

function measuredOf({ points }: SweepCurve): readonly Measured[] {
  return points.flatMap((point) => measured(point) ?? []);
}

function measured(point: SweepPoint): Measured | undefined {
  const { kpi } = point;
  if (kpi === undefined || kpi.value === null) return undefined;
  return { ...point, kpi, value: kpi.value };
}

function titleOf({ curves, points }: Chart): string {
  const least = points.reduce((a, b) => (b.value < a.value ? b : a));
  const most = points.reduce((a, b) => (b.value > a.value ? b : a));
  const { name } = curves.x;
  if (least.value === most.value) {
    return `${curves.kpi} over ${name}: ${measuredText(least.kpi)} everywhere`;
  }
  const at = (point: Measured): string =>
    `${measuredText(point.kpi)} at ${name} ${point.text}${nameAt(point, curves)}`;
  return `${curves.kpi}: from ${at(least)} to ${at(most)}`;
}

function nameAt(point: Measured, { by, curves }: SweepCurves): string {
  if (by === '') return '';
  const curve = curves.find(({ points }) => points.some(({ row }) => row === point.row));
  return curve === undefined ? '' : ` (${by} ${curve.name})`;
}

function captionOf(chart: Chart, paths: readonly string[]): string {
  const { curves, points } = chart;
  const { by, fixed, left, isScattered, note, x } = curves;
  const others = Object.entries(fixed).map(
    ([name, value]) => `${shortestUniqueEnding(name, paths)} = ${value}`,
  );
  const hasInterval = points.some(({ kpi }) => kpi.ci95.kind !== 'none');
  const interval = hasBands(chart) ? 'Bands' : 'Bars';
  const isOpen = points.some(({ kpi }) => isUnbounded(kpi));
  const parts = [
    ...(isScattered ? ['Each point is a combination'] : []),
    ...(by === '' ? [] : [`One line for each value of ${by}`]),
    ...(hasInterval
      ? [`${interval}: 95 % interval${isOpen ? ', arrows where it has no bound' : ''}`]
      : []),
    ...(points.some(({ kpi }) => !kpi.pass) ? ['Ringed: missed'] : []),
    ...(curves.curves.some(
      ({ points: all }) => all.length > measuredOf({ name: '', points: all }).length,
    )
      ? ['✗ at the foot: broke, or not measured']
      : []),
    ...(equalsOf(curves).some(({ count }) => count > 1)
      ? ['Lines that are equal alternate in their colours']
      : []),
    ...(x.axis.isLog ? [`${x.name} on a logarithmic axis`] : []),
    ...(others.length === 0 ? [] : [`Fixed: ${others.join(', ')}`]),
    ...(left.length === 0 ? [] : [`Not drawn: ${listOf(left)}`]),
    ...(note === '' ? [] : [note]),
  ];
  return `${parts.join('. ')}.`;
}

/** Some of these names, and how many more there are. */
function listOf(names: readonly string[]): string {
  const most = 12;
  const more = names.length > most ? ` and ${names.length - most} more` : '';
  return `${names.slice(0, most).join(', ')}${more}`;
}

/** True if bands show the intervals. A band without bound would cover everything. */
function hasBands({ curves: { curves, isScattered }, points }: Chart): boolean {
  if (isScattered || curves.length > BANDS_MAX) return false;
  return curves.some((one) => one.points.length > 2) && !points.some(({ kpi }) => isUnbounded(kpi));
}

function isUnbounded({ ci95: { kind, low, high } }: KpiResult): boolean {
  return kind !== 'none' && (low === null || high === null);
}

/**
 * For each line: `count`, the number of lines with the same values, itself included, and `before`, how
 * many of these precede it.
 */
function equalsOf({ curves, isScattered }: SweepCurves): readonly {
  readonly count: number;
  readonly before: number;
}[] {
  const keys = curves.map(({ points }) =>
    JSON.stringify(points.map((point) => [point.x, measured(point)?.value])),
  );
  return keys.map((key, index) => ({
    count: isScattered ? 1 : keys.filter((other) => other === key).length,
    before: keys.slice(0, index).filter((other) => other === key).length,
  }));
}

/** The label of a line. Lines 7 and 8 have the colours of lines 1 and 2, and are dashed. */
function labelOf(name: string, index: number): string {
  const text = name.length > NAME_MAX ? `${name.slice(0, NAME_MAX - 1)}…` : name;
  return index < COLOURS ? text : `${text} (dashed)`;
}

function draw(chart: Chart, isWide: boolean): Markup {
  const { curves, points, unit, limits } = chart;
  const isMany = curves.curves.length > 1;
  const names = curves.curves.map(({ name }, index) => labelOf(name, index));
  const size = {
    height: HEIGHT,
    label: isMany ? endLabelsWidthPx(names, LABEL) : 24,
    left: LEFT,
    head: 24,
  };
  const frame = makePlotFrame(isWide, size);
  const yScale = verticalOf(chart, frame);
  const x = horizontalOf(curves, frame);
  const equals = equalsOf(curves);
  const place: Place = { frame, x, y: clamped(yScale.y, frame), equals, shift: 0 };
  const drawn = curves.curves.map((curve, index) =>
    curveOf(curve, index, { ...place, shift: shiftOf(curves, index) }, chart),
  );
  const labels = curves.curves.flatMap((curve, index) => {
    const last = measuredOf(curve).at(-1);
    if (last === undefined) return [];
    return [
      { y: place.y(last.value), text: names[index] ?? '', colour: seriesColourNumber(index) },
    ];
  });
  const corners = curves.curves.map((curve) =>
    measuredOf(curve).map((point): CurveCorner => ({ x: x(point.x), y: place.y(point.value) })),
  );
  const summary = `${curves.kpi} over ${curves.x.name}, ${points.length} combinations; the values are in the table below`;
  return svg(frame, summary, [
    yAxis(frame, yScale.ticks, yScale.suffix),
    xAxis(frame, xTicks(curves, x, frame), ''),
    html`<text class="strong end" x="${frame.right}" y="12">${curves.x.name} →</text>`,
    drawn.map(({ under }) => under),
    limits.map((limit) => limitMark(limit, { ...place, y: yScale.y }, { corners, unit })),
    drawn.map(({ over }) => over),
    isMany ? endLabels(frame, labels) : EMPTY_MARKUP,
  ]);
}

interface Place {
  readonly frame: PlotFrame;
  readonly x: Position;
  readonly y: Position;
  /** Which curves are equal to each curve, see {@link equalsOf}. */
  readonly equals: ReturnType<typeof equalsOf>;
  /** Horizontal offset of the curve, px, so that bars of several curves do not cover each other. */
  readonly shift: number;
}

function shiftOf({ curves, isScattered }: SweepCurves, index: number): number {
  return isScattered ? 0 : (index - (curves.length - 1) / 2) * 2.5;
}

function clamped(y: Position, { top, bottom }: PlotFrame): Position {
  return (value) => Math.max(top, Math.min(bottom, y(value)));
}

/** Room at both ends of the horizontal axis, px, so that the first and last marks are not cut off. */
const INSET = 14;

function horizontalOf({ x }: SweepCurves, { left, right }: PlotFrame): Position {
  const domain = [x.axis.min, x.axis.max];
  const range = [left + INSET, right - INSET];
  return x.axis.isLog ? scaleLog(domain, range) : scaleLinear(domain, range);
}

/** Ticks at the values of the sweep if there is room for all of them, else at round numbers. */
function xTicks(
  { x, curves }: SweepCurves,
  at: Position,
  { isWide, left, right }: PlotFrame,
): Tick[] {
  const letter = 7;
  const own = new Map(curves.flatMap(({ points }) => points.map(({ x: v, text }) => [v, text])));
  const few = own.size <= (isWide ? 16 : 8);
  const { min, max } = x.axis;
  const scale = x.axis.isLog ? scaleLog([min, max], [0, 1]) : scaleLinear([min, max], [0, 1]);
  const wanted = few
    ? [...own].sort(([a], [b]) => a - b)
    : scale.ticks(isWide ? 8 : 4).map((v): [number, string] => [v, x.axis.textOf(v)]);
  const ticks: Tick[] = [];
  let free = left - 30;
  for (const [value, label] of wanted) {
    const half = (label.length * letter) / 2;
    const middle = at(value);
    if (middle - half < free || middle + half > right + 30) continue;
    ticks.push({ at: middle, label });
    free = middle + half + 8;
  }
  return ticks;
}

interface Vertical {
  readonly y: Position;
  readonly ticks: readonly Tick[];
  readonly suffix: string;
}

/**
 * The vertical axis: it contains all values, and those intervals and limits that do not flatten the
 * curves.
 */
function verticalOf({ points, limits, unit }: Chart, { top, bottom }: PlotFrame): Vertical {
  const values = points.map(({ value }) => value);
  const [least, most] = [leastOf(values), greatestOf(values)];
  const range = most - least || Math.abs(most) / 2 || 1;
  const [lowest, highest] = [least - FAR_RANGES * range, most + FAR_RANGES * range];
  const ends = points.flatMap(({ kpi: { ci95 } }) => [ci95.low, ci95.high]);
  const bounds = limits.map(({ limit }) => limit);
  const near = [...ends, ...bounds].filter(
    (value) => value !== null && value >= lowest && value <= highest,
  );
  const all = [...values, ...near.map(Number)];
  const [low, high] = [leastOf(all), greatestOf(all)];
  const scale = chooseUnitScale(Math.max(Math.abs(low), Math.abs(high)), unit);
  const isLog = least > 0 && most / least >= LOG_RATIO;
  const position = isLog
    ? scaleLog([Math.max(low, least / 3) * 0.9, high * 1.1], [bottom, top])
    : scaleLinear(linearDomain(low, high, unit), [bottom, top]);
  return { y: position, ticks: yTicks(position, scale, isLog), suffix: scale.suffix };
}

function linearDomain(low: number, high: number, unit: string): readonly [number, number] {
  const pad = (high - low) * 0.08 || Math.abs(high) * 0.1 || 1;
  // A ratio whose values do not exceed 1 is a share: its axis ends at 100 %.
  const end = unit === 'ratio' && high <= 1 ? Math.min(1, high + pad) : high + pad;
  if (low >= 0 && low < high / 2) return [0, end];
  return [low >= 0 ? Math.max(0, low - pad) : low - pad, end];
}

function yTicks(
  y: Position & { ticks(count?: number): number[]; domain(): number[] },
  scale: UnitScale,
  isLog: boolean,
): readonly Tick[] {
  if (isLog) {
    const powers = y.ticks(5).filter((value) => /^[125]/.test(value.toExponential()));
    const few = powers.filter(
      (value) => powers.length < 7 || value.toExponential().startsWith('1'),
    );
    return few.map((value) => ({ at: y(value), label: numberIn(value, scale) }));
  }
  const [from = 0, to = 1] = y.domain();
  const steps = scaleLinear([from / scale.divisor, to / scale.divisor], [0, 1]).ticks(5);
  return steps.map((step) => ({
    at: y(step * scale.divisor),
    label: groupThousands(String(Number(step.toPrecision(8)))),
  }));
}

function numberIn(value: number, scale: UnitScale): string {
  return scaledNumberText(value, { ...scale, suffix: '' });
}

function curveOf(
  curve: SweepCurve,
  index: number,
  place: Place,
  all: Chart,
): { readonly under: Markup; readonly over: Markup } {
  const { x, y, shift } = place;
  const colour = seriesColourNumber(index);
  const at = (point: SweepPoint): number => x(point.x) + shift;
  const shape = line<SweepPoint>()
    .digits(1)
    .defined((point) => measured(point) !== undefined)
    .x(at)
    .y((point) => y(measured(point)?.value ?? 0));
  const { count, before } = place.equals[index] ?? { count: 1, before: 0 };
  const dash = index < COLOURS || count > 1 ? '' : ' dashed';
  const gap = DASH * (count - 1);
  const turns =
    count === 1
      ? EMPTY_MARKUP
      : html` stroke-dasharray="${DASH} ${gap}" stroke-dashoffset="${-DASH * before}"`;
  const path = all.curves.isScattered
    ? EMPTY_MARKUP
    : html`<path class="line s${colour}${dash}"${turns} d="${shape(curve.points) ?? ''}"/>`;
  const bars = hasBands(all)
    ? band(curve, colour, { ...place, x: (value) => x(value) + shift })
    : html`${measuredOf(curve).map((point) => bar(point, colour, { ...place, x: () => at(point) }))}`;
  const marks = curve.points.map((point) => mark(point, { colour, at: at(point), place }));
  return { under: bars, over: html`${path}${marks}` };
}

/** The ends of an interval, px; an end is undefined if the interval has no bound there. */
function endsOf({ kpi, value }: Measured, y: Position): readonly (number | undefined)[] {
  const { kind, low, high } = kpi.ci95;
  if (kind === 'none') return [y(value), y(value)];
  return [low, high].map((end) => (end === null ? undefined : y(end)));
}

function band({ points }: SweepCurve, colour: number, place: Place): Markup {
  const shape = area<SweepPoint>()
    .digits(1)
    .defined((point) => measured(point) !== undefined)
    .x((point) => place.x(point.x))
    .y0((point) => endAt(point, 0, place))
    .y1((point) => endAt(point, 1, place));
  return html`<path class="band f${colour} s${colour}" d="${shape(points) ?? ''}"/>`;
}

function endAt(point: SweepPoint, which: 0 | 1, { y }: Place): number {
  const found = measured(point);
  return found === undefined ? 0 : (endsOf(found, y)[which] ?? y(found.value));
}

/** Length of the arrow that an interval without bound ends in, px. */
const ARROW = 16;

function bar(point: Measured, colour: number, place: Place): Markup {
  const middle = place.y(point.value);
  const [low, high] = endsOf(point, place.y);
  if (low !== undefined && high !== undefined && Math.abs(low - high) < 1) return EMPTY_MARKUP;
  const x = place.x(point.x);
  const half = (end: number | undefined, way: 1 | -1): string => {
    const to = end ?? middle + way * ARROW;
    const head = end === undefined ? `l-3 ${-4 * way}m3 ${4 * way}l3 ${-4 * way}` : 'm-3 0h6';
    return `M${coordinateText(x)} ${coordinateText(middle)}V${coordinateText(to)}${head}`;
  };
  return html`<path class="line thin s${colour}" d="${half(low, 1)}${half(high, -1)}"/>`;
}

interface MarkPlace {
  readonly colour: number;
  readonly at: number;
  readonly place: Place;
}

function mark(point: SweepPoint, { colour, at, place }: MarkPlace): Markup {
  const found = measured(point);
  const title = html`<title>${wordsOf(point)}</title>`;
  if (found === undefined) {
    return html`<text class="middle limit-label" x="${coordinateText(at)}" y="${place.frame.bottom - 5}">${title}✗</text>`;
  }
  const [cx, cy] = [coordinateText(at), coordinateText(place.y(found.value))];
  const ring = found.kpi.pass
    ? EMPTY_MARKUP
    : html`<circle class="miss-ring" cx="${cx}" cy="${cy}" r="6"/>`;
  return html`<g>${title}<circle class="f${colour}" cx="${cx}" cy="${cy}" r="3.5"/>${ring}</g>
`;
}

function wordsOf({ row, kpi }: SweepPoint): string {
  const values = Object.entries(row.parameters).map(([path, value]) => `${path}=${value}`);
  const told =
    kpi === undefined ? missingKpiText(row) : `${measuredText(kpi)}, ${intervalText(kpi)}`;
  return `${values.join(', ')}: ${told}`;
}

function limitMark(
  { comparison, limit }: KpiResult,
  { frame, y }: Place,
  {
    corners,
    unit,
  }: { readonly corners: readonly (readonly CurveCorner[])[]; readonly unit: string },
): Markup {
  const text = `limit ${comparison} ${limitQuantityText(limit, unit)}`;
  const at = y(limit);
  // On a logarithmic axis, a limit of 0 has no place: `at` is NaN then, which also leads to the
  // label at the edge.
  if (!(at >= frame.top && at <= frame.bottom)) {
    const isAbove = at < frame.top;
    const edge = isAbove ? frame.top + 12 : frame.bottom - 6;
    return html`<text class="limit-label halo" x="${frame.left + 6}" y="${edge}">${text}, ${isAbove ? 'above' : 'below'}</text>`;
  }
  const place = limitLabelPosition({ text, lineY: at }, frame, corners);
  return html`<line class="limit" x1="${frame.left}" x2="${frame.right}" y1="${coordinateText(at)}" y2="${coordinateText(at)}"/><text class="limit-label halo" x="${coordinateText(place.x)}" y="${coordinateText(place.y)}">${text}</text>`;
}
