/**
 * Draws distributions with the tail axis (see `tail.ts`): for each distribution its curve (dashed
 * where there are too few samples), the band from the lowest to the highest seed, the quantiles
 * that KPIs judge, and their limits.
 *
 * @module
 */

import { scaleLinear, scaleLog } from 'd3-scale';
import { greatestOf } from '../../../engine/pure/extremes.ts';
import {
  chooseUnitScale,
  countWithNoun,
  limitQuantityText,
  quantityText,
} from '../../../reports/format.ts';
import { kpiName } from '../../../reports/kpi-text.ts';
import { type Child, element, svgElement } from '../kernel/element.ts';
import { LabelPlacer, type LabelSpot } from './label-room.ts';
import {
  computePlotGeometry,
  horizontalAxis,
  type PlotGeometry,
  plotSvg,
  type Tick,
  tickTexts,
  type ValueToPx,
  verticalAxis,
  withoutCrowdedTicks,
} from './plot.ts';
import { type ReadoutMark, withAxisReadout } from './readings.ts';
import { type Corner, staircaseCorners, svgPathThrough } from './stairs.ts';
import {
  type Distribution,
  findValueRange,
  needsLogAxis,
  type QuantilePoint,
  quantileName,
  splitByReliability,
  tailAxisPosition,
  tailTicks,
  unreliableQuantileReason,
} from './tail.ts';

const HEIGHT = 340;
/** Drawings narrower than this have short labels, px. */
const SLIM = 460;
/** Smallest distance between labels of the vertical axis, px; closer ones would overlap. */
const TICK_PITCH = 16;

/** One curve of the chart. */
export interface Curve {
  readonly label: string;
  readonly distribution: Distribution;
  /** Number of the palette colour, 1 to 6. */
  readonly colour: number;
  readonly isDotted?: boolean;
}

interface Places {
  readonly plot: PlotGeometry;
  readonly x: ValueToPx;
  readonly y: ValueToPx;
}

interface Labelled extends Places {
  readonly room: LabelPlacer;
}

/** Vertical distance between the positions at which a label may be written, px. */
const LABEL_PITCH = 16;

/**
 * Draws the tails of several distributions, with a readout of the values.
 * @param words Description of the drawing for screen readers.
 */
export function tailDrawing(curves: readonly Curve[], width: number, words: string): HTMLElement {
  const list = curves.map(({ distribution }) => distribution);
  const plot = computePlotGeometry(width, HEIGHT, 66);
  const most = greatestOf(list.map(({ metric }) => metric.count));
  const { x, ticks, suffix } = valueAxis(list, plot);
  const top = Math.max(1.05, Math.log10(most));
  const y = scaleLinear([0, top * 1.02], [plot.bottom, plot.top]);
  const places = { plot, x, y };
  const yTicks = tailTicks(most).map(({ p, label }) => ({
    at: y(tailAxisPosition(p, most)),
    label,
  }));
  const limits = list.flatMap(({ kpis }) => kpis.map(({ limit }) => x(limit)));
  const room = new LabelPlacer(
    { left: plot.left, right: plot.width, top: 0, bottom: plot.bottom },
    [
      ...curves.map(({ distribution }) =>
        staircaseCorners(cornersOf(distribution.points, distribution, places)),
      ),
      // Labels must not be written across the lines of limits.
      ...limits.map((at) => [plot.top, plot.bottom].map((end) => ({ x: at, y: end }))),
    ],
  );
  const labelled = { ...places, room };
  // The labels of points get their positions first, because they have fewer possible positions.
  const points = curves.flatMap((_, row) => judgedPoints(curves, row, labelled));
  const drawing = plotSvg(
    plot,
    words,
    verticalAxis(
      plot,
      withoutCrowdedTicks(yTicks, TICK_PITCH),
      'share of samples at most this slow',
    ),
    horizontalAxis(plot, ticks, suffix),
    curves.flatMap((curve) => [bandOf(curve, places), ...linesOf(curve, places)]),
    limitsOf(list, labelled),
    points,
  );
  return withAxisReadout(drawing, readingsOf(curves, places), plot);
}

/** Computes the horizontal axis for several distributions that have the same unit. */
export function valueAxis(
  list: readonly Distribution[],
  plot: PlotGeometry,
): { readonly x: ValueToPx; readonly ticks: readonly Tick[]; readonly suffix: string } {
  const domain = findValueRange(list);
  const edges = [plot.left, plot.right];
  const isLog = needsLogAxis(domain);
  const x = isLog ? scaleLog([...domain], edges) : scaleLinear([...domain], edges);
  const unit = list[0]?.metric.unit ?? '';
  const scale = chooseUnitScale(domain[1], unit);
  const values = x.ticks(Math.max(3, Math.floor(plot.width / 90)));
  const round = isLog ? values.filter((value) => /^[125]/.test(value.toExponential())) : values;
  const texts = tickTexts(round, scale);
  const ticks = round.map((value, at) => ({ at: x(value), label: texts[at] ?? '' }));
  const widest = greatestOf([0, ...texts.map(({ length }) => length)]);
  const pitch = Math.max(44, 7 * widest + 8);
  return {
    x,
    ticks: withoutCrowdedTicks(ticks, pitch),
    suffix: scale.suffix === '' ? unit : scale.suffix,
  };
}

function cornersOf(
  points: readonly QuantilePoint[],
  { metric }: Distribution,
  { x, y }: Places,
): readonly Corner[] {
  return points.map(({ p, value }) => ({ x: x(value), y: y(tailAxisPosition(p, metric.count)) }));
}

function linesOf({ distribution, colour, isDotted }: Curve, places: Places): readonly Node[] {
  const { sure, rest } = splitByReliability(distribution);
  const draw = (points: readonly QuantilePoint[], dash: string | undefined): Node =>
    svgElement('path', {
      class: 'line',
      d: svgPathThrough(staircaseCorners(cornersOf(points, distribution, places))),
      stroke: `var(--c${colour})`,
      'stroke-dasharray': dash,
    });
  const solid = isDotted === true ? '8 3' : undefined;
  const dots = distribution.metric.count <= 60 ? cornersOf(rest, distribution, places) : [];
  return [
    ...(sure.length > 1 ? [draw(sure, solid)] : []),
    ...(rest.length > 1 ? [draw(rest, '2 4')] : []),
    ...dots.map(({ x, y }) => dot(x, y, colour)),
  ];
}

function dot(cx: number, cy: number, colour: number): Node {
  return svgElement('circle', { cx, cy, r: 3, fill: `var(--c${colour})` });
}

function bandOf({ distribution, colour }: Curve, { x, y }: Places): Node | undefined {
  const n = distribution.metric.count;
  const points = distribution.points.filter(({ low, p }) => low !== undefined && p < 1);
  if (points.length < 2) return undefined;
  const side = (of: (point: QuantilePoint) => number): readonly Corner[] =>
    staircaseCorners(
      points.map((point) => ({ x: x(of(point)), y: y(tailAxisPosition(point.p, n)) })),
    );
  const lows = side(({ low, value }) => low ?? value);
  const highs = side(({ high, value }) => high ?? value);
  const d = `${svgPathThrough([...lows, ...[...highs].reverse()])}Z`;
  return svgElement('path', { class: 'band', d, fill: `var(--c${colour})` });
}

/** Draws the limits of these distributions; a limit that several KPIs share is drawn once. */
function limitsOf(list: readonly Distribution[], { plot, x, room }: Labelled): readonly Node[] {
  const byLimit = new Map(list.flatMap(({ kpis }) => kpis.map((kpi) => [kpi.limit, kpi] as const)));
  return [...byLimit.values()].flatMap((kpi) => {
    const at = x(kpi.limit);
    // If the chart shows one metric only, its title names the metric, so the label need not.
    const judged = list.length === 1 ? kpi.aggregation : kpiName(kpi);
    const words = `${judged} ${kpi.comparison} ${limitQuantityText(kpi.limit, kpi.unit)}`;
    const rows = Array.from({ length: 12 }, (_, row) => plot.top + 12 + LABEL_PITCH * row);
    if (at > plot.right || at < plot.left) {
      const where = plot.width < SLIM ? (at > plot.right ? ' →' : ' ←') : ' lies outside';
      const spots = rows.map((y): LabelSpot => ({ x: plot.left + 8, y, anchor: 'start' }));
      return [labelAt(room.take(`${words}${where}`, spots), `${words}${where}`)];
    }
    const isRight = at > (plot.left + plot.right) / 2;
    const spots = rows.flatMap((y): readonly LabelSpot[] => {
      const sides: readonly LabelSpot[] = [
        { x: at + 6, y, anchor: 'start' },
        { x: at - 6, y, anchor: 'end' },
      ];
      return isRight ? [...sides].reverse() : sides;
    });
    const ends = { x1: at, x2: at, y1: plot.top, y2: plot.bottom };
    return [
      svgElement('line', { class: 'limit', ...ends }),
      labelAt(room.take(words, spots), words),
    ];
  });
}

function labelAt({ x, y, anchor }: LabelSpot, text: string): Node {
  return svgElement('text', { class: `limit-label halo ${anchor}`, x, y }, text);
}

/**
 * Draws the points and labels of the quantiles that KPIs judge; they are grey if there are too few
 * samples.
 */
function judgedPoints(curves: readonly Curve[], row: number, places: Labelled): readonly Node[] {
  const { distribution, label: name } = curves[row] as Curve;
  const { kpis, metric } = distribution;
  // Several curves may be judged at the same point, so each label names its curve and has its own
  // line.
  const who = curves.length > 1 ? `${name.split(' ')[0] ?? ''}: ` : '';
  // A quantile with two limits is drawn as one point.
  const quantiles = new Map(kpis.map((kpi) => [kpi.aggregation, kpi]));
  return [...quantiles.values()].flatMap(({ value, aggregation, unit }) => {
    if (value === null || !/^p\d/.test(aggregation)) return [];
    const pass = kpis.every((kpi) => kpi.aggregation !== aggregation || kpi.pass);
    const p = Number(aggregation.slice(1)) / 100;
    const doubt = unreliableQuantileReason(p, metric.count);
    const words = `${who}${aggregation} ${quantityText(value, unit)}`;
    const point = { x: places.x(value), y: places.y(tailAxisPosition(p, metric.count)) };
    if (doubt !== undefined) return [judged(point, places, `${words}: ${doubt}`, 'doubtful')];
    return [judged(point, places, words, pass ? 'good' : 'bad')];
  });
}

function judged({ x, y }: Corner, { plot, room }: Labelled, words: string, tone: string): Node {
  const isRight = x > (plot.left + plot.right) / 2;
  const spots = [-7, 18, -23, 34, -39, 50].flatMap((by): readonly LabelSpot[] => {
    const sides: readonly LabelSpot[] = [
      { x: x + 10, y: y + by, anchor: 'start' },
      { x: x - 10, y: y + by, anchor: 'end' },
    ];
    return isRight ? [...sides].reverse() : sides;
  });
  const spot = room.take(words, spots);
  return svgElement(
    'g',
    { class: `judged ${tone}` },
    svgElement('circle', { cx: x, cy: y, r: 5 }),
    svgElement('text', { class: `strong halo ${spot.anchor}`, x: spot.x, y: spot.y }, words),
  );
}

function readingsOf(curves: readonly Curve[], { x, y }: Places): readonly ReadoutMark[] {
  const readings = curves.flatMap(({ label: name, distribution }) => {
    const { metric, points } = distribution;
    return points.map((point): ReadoutMark => {
      const beyond = `${Number(((1 - point.p) * 100).toPrecision(3))} % above`;
      const band =
        point.low === undefined || point.high === undefined
          ? ''
          : `, seeds ${quantityText(point.low, metric.unit)} to ${quantityText(point.high, metric.unit)}`;
      const who = curves.length > 1 ? `${name}: ` : '';
      const doubt =
        unreliableQuantileReason(point.p, metric.count) === undefined ? '' : ', few samples';
      return {
        x: x(point.value),
        y: y(tailAxisPosition(point.p, metric.count)),
        text: `${who}${quantityText(point.value, metric.unit)}, ${beyond}${band}${doubt}`,
      };
    });
  });
  return readings.sort((a, b) => a.x - b.x);
}

/** Makes one table row for each stored quantile of a distribution. */
export function quantileTableRows(
  one: Distribution,
): readonly (readonly (string | number | null)[])[] {
  const { name, metric } = one;
  return one.points.map(({ p, value, low, high }) => [
    ...[name, quantileName(p), value, metric.unit],
    ...[low ?? null, high ?? null, unreliableQuantileReason(p, metric.count) ?? ''],
  ]);
}

/** Column headings for {@link quantileTableRows}. */
export const QUANTILE_TABLE_HEADINGS: readonly string[] = [
  ...['metric', 'quantile', 'value', 'unit'],
  ...['lowest seed', 'highest seed', 'doubt'],
];

/**
 * Returns the text that explains the band, as in `band: lowest to highest of 30 seeds`, or says why
 * there is no band.
 */
export function bandText({ points }: Distribution, seeds: number): string {
  if (points.some(({ low }) => low !== undefined)) {
    return `band: lowest to highest of ${countWithNoun(seeds, 'seed')}`;
  }
  return seeds === 1 ? 'one seed, so no band' : 'no band: samples are not kept by seed';
}

/** Makes a legend entry for each curve. */
export function curveLegend(curves: readonly Curve[]): Child {
  return curves.map(({ label: text, colour, isDotted }) =>
    element(
      'span',
      {},
      svgElement(
        'svg',
        { viewBox: '0 0 28 10', 'aria-hidden': 'true', class: 'key-line' },
        svgElement('line', {
          ...{ x1: 0, x2: 28, y1: 5, y2: 5, stroke: `var(--c${colour})`, 'stroke-width': 2 },
          'stroke-dasharray': isDotted === true ? '8 3' : undefined,
        }),
      ),
      text,
    ),
  );
}
