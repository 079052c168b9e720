/**
 * A KPI against the swept value: a line with intervals, limits, and missed values marked.
 *
 * @module
 */
import { type ScaleLinear, scaleLinear } from 'd3-scale';
import { greatestOf, leastOf } from '../../engine/pure/extremes.ts';
import { chooseUnitScale, limitQuantityText } from '../../reports/format.ts';
import { kpiMark, measuredText } from '../../reports/kpi-text.ts';
import type { KpiResult } from '../../reports/report-schema.ts';
import { linePath } from '../../viz/app/chart/line-paths.ts';
import {
  computePlotGeometry,
  horizontalAxis,
  type PlotGeometry,
  plotSvg,
  tickTexts,
  verticalAxis,
  withoutCrowdedTicks,
} from '../../viz/app/chart/plot.ts';
import { type Child, svgElement } from '../../viz/app/kernel/element.ts';

/** A swept value, and what was measured with it. */
export interface SweepPoint {
  readonly text: string;
  readonly kpi: KpiResult;
  readonly value: number;
  /** Place on the axis of the values, 0 to 1. */
  readonly place: number;
}

/** The texts of a chart, its limits and its width, px. */
interface SweepChart {
  readonly path: string;
  /** Name of the KPI. */
  readonly name: string;
  readonly limits: readonly KpiResult[];
  readonly width: number;
  /** The text for screen readers. */
  readonly words: string;
  /** Runs the scenario with a value. */
  open(text: string): void;
}

const HEIGHT = 240;
/** Room beside the first and the last value, px. */
const INSET = 16;
const TICK_ROOM = 64;
/**
 * Intervals and limits farther from the values than this many times their range do not extend the axis, since they
 * would flatten the line.
 */
const FAR = 1.5;

/** Draws the chart. */
export function sweepChart(points: readonly SweepPoint[], chart: SweepChart): SVGSVGElement {
  const { path, name, limits, width, words, open } = chart;
  const plot = computePlotGeometry(width, HEIGHT);
  const y = verticalScale(points, limits, plot);
  const x = ({ place }: SweepPoint): number =>
    plot.left + INSET + place * (plot.right - plot.left - 2 * INSET);
  const [least = 0, most = 0] = y.domain();
  const unit = chooseUnitScale(Math.max(-least, most), points[0]?.kpi.unit ?? '');
  const ticks = y.ticks(5);
  const texts = tickTexts(ticks, unit);
  const sorted = [...points].sort((a, b) => a.place - b.place);
  const values = sorted.map((point) => ({ at: x(point), label: point.text }));
  const line = linePath(sorted.map((point) => [x(point), y(point.value)]));
  return plotSvg(
    plot,
    words,
    verticalAxis(
      plot,
      ticks.map((value, at) => ({ at: y(value), label: texts[at] ?? '' })),
      `${name}, ${unit.suffix}`,
    ),
    horizontalAxis(plot, withoutCrowdedTicks(values, TICK_ROOM), path),
    limits
      .filter(({ limit }) => limit >= least && limit <= most)
      .map((limit) => limitMark(limit, y(limit.limit), plot)),
    svgElement('path', { class: 'line', style: 'stroke: var(--link)', d: line }),
    sorted.map((point) => pointMark(point, { x: x(point), y, open })),
  );
}

function verticalScale(
  points: readonly SweepPoint[],
  limits: readonly KpiResult[],
  { bottom, top }: PlotGeometry,
): ScaleLinear<number, number> {
  const values = points.map(({ value }) => value);
  const [least, most] = [leastOf(values), greatestOf(values)];
  const range = most - least || Math.abs(most) / 2 || 1;
  const ends = points.flatMap(({ kpi: { ci95 } }) => [ci95.low, ci95.high]);
  const others = [...ends, ...limits.map(({ limit }) => limit)].filter(
    (end) => end !== null && end >= least - FAR * range && end <= most + FAR * range,
  );
  const all = [...values, ...others.map(Number)];
  const pad = (greatestOf(all) - leastOf(all)) * 0.1 || range / 2;
  return scaleLinear([leastOf(all) - pad, greatestOf(all) + pad], [bottom, top]).clamp(true);
}

function limitMark({ comparison, limit, unit }: KpiResult, y: number, plot: PlotGeometry): Child {
  const { left, right } = plot;
  const text = `limit ${comparison} ${limitQuantityText(limit, unit)}`;
  return [
    svgElement('line', { class: 'limit', x1: left, x2: right, y1: y, y2: y }),
    svgElement('text', { class: 'limit-label halo', x: left + 4, y: y - 5 }, text),
  ];
}

function pointMark(
  { kpi, value, text }: SweepPoint,
  {
    x,
    y,
    open,
  }: {
    readonly x: number;
    readonly y: (value: number) => number;
    readonly open: (text: string) => void;
  },
): Child {
  const { low, high } = kpi.ci95;
  const bar = linePath([
    [x, y(low ?? value)],
    [x, y(high ?? value)],
  ]);
  const mark = { class: 'middle limit-label halo', x, y: y(value) - 10 };
  return svgElement(
    'g',
    { class: 'lab-point', click: () => open(text) },
    svgElement('title', {}, `${text}: ${measuredText(kpi)}`),
    svgElement('path', { class: 'line', style: 'stroke: var(--link)', d: bar }),
    svgElement('circle', {
      ...{ cx: x, cy: y(value), r: 5 },
      style: `fill: var(--${kpi.pass ? 'link' : 'fail'})`,
    }),
    !kpi.pass && svgElement('text', mark, kpiMark(kpi)),
  );
}
