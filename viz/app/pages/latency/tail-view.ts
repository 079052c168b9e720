/**
 * The distribution of one metric, as a chart of its tail and as a histogram.
 *
 * @module
 */

import { scaleLinear } from 'd3-scale';
import { greatestOf } from '../../../../engine/pure/extremes.ts';
import { distinctQuantities, distributionText } from '../../../../reports/distribution-text.ts';
import { limitQuantity, plural, quantity } from '../../../../reports/format.ts';
import { ChartFrame } from '../../chart/chart-frame.ts';
import { hardSpaces } from '../../chart/hard-spaces.ts';
import { LabelRoom, type LabelSpot } from '../../chart/label-room.ts';
import {
  horizontalAxis,
  plotDrawing,
  plotOf,
  redrawnOnResize,
  type Tick,
  verticalAxis,
} from '../../chart/plot.ts';
import { readable } from '../../chart/readings.ts';
import {
  type Distribution,
  doubtAbout,
  NAMED_QUANTILES,
  quantileAt,
  quantileName,
} from '../../chart/tail.ts';
import {
  bandWords,
  TAIL_COLUMNS,
  tailDrawing,
  tailRows,
  valueAxis,
} from '../../chart/tail-drawing.ts';
import { element, svgElement } from '../../kernel/element.ts';
import type { ReportContext } from '../../kernel/page.ts';
import { type Bar, barsOf, histogramSource } from './histogram.ts';

const HISTOGRAM_HEIGHT = 340;
/** Bars narrower than this are merged, px. */
const NARROWEST = 4;

/** The chart with the tail axis and the table of named quantiles. */
export function tailChart(
  { run, report }: ReportContext,
  one: Distribution,
  signal: AbortSignal,
): HTMLElement {
  const frame = frameOf('latency-tail', run.id, report.seeds);
  const title = hardSpaces(`${one.name}: ${distributionText(one.metric)}`);
  frame.show({
    title,
    caption: `${plural(one.metric.count, 'sample')}, ${one.metric.clock} time, whole run; ${bandWords(one, report.seeds.length)}; dotted: fewer than 10 samples lie beyond.`,
    table: () => ({ columns: TAIL_COLUMNS, rows: tailRows(one) }),
  });
  const curves = [{ label: one.name, distribution: one, colour: 1 }];
  frame.body.append(
    redrawnOnResize(signal, (width) => tailDrawing(curves, width, title)),
    namedQuantiles(one),
  );
  return frame.root;
}

/** The frame of a chart. Exported rows name the seed; of several seeds they name none. */
function frameOf(name: string, run: string, seeds: readonly number[]): ChartFrame {
  const seed = seeds.length === 1 ? String(seeds[0] ?? '') : '';
  return new ChartFrame({ name, origin: { run, seed } });
}

function namedQuantiles(one: Distribution): HTMLElement {
  const { metric } = one;
  const shown = NAMED_QUANTILES.slice(0, 6);
  const values = shown.map((p) => quantileAt(one, p));
  const texts = [
    ...distinctQuantities(
      values.filter((value) => value !== undefined),
      metric.unit,
    ),
  ];
  const cells = shown.map((p, at) => {
    const doubt = doubtAbout(p, metric.count);
    const known = values[at] === undefined ? '–' : (texts.shift() ?? '–');
    return element(
      'div',
      { class: doubt === undefined ? '' : 'doubtful' },
      element('dt', {}, quantileName(p)),
      element('dd', {}, known, doubt !== undefined && element('small', {}, doubt)),
    );
  });
  return element('dl', { class: 'quantiles' }, cells);
}

/** The histogram chart. */
export function histogramChart(
  { run, report }: ReportContext,
  one: Distribution,
  signal: AbortSignal,
): HTMLElement {
  const frame = frameOf('latency-histogram', run.id, report.seeds);
  const { metric, name } = one;
  const { modes = [] } = metric;
  const title = hardSpaces(histogramFinding(one));
  const bars = modes.length > 0 ? modeBars(modes) : barsOf(one, 40);
  frame.show({
    title,
    caption: modes.length > 0 ? modesSource(modes, metric.count) : histogramSource(one),
    table: () => ({
      columns: ['metric', 'from', 'to', 'unit', 'share'],
      rows: bars.map(({ from, to, share }) => [name, from, to, metric.unit, share]),
    }),
  });
  frame.body.append(redrawnOnResize(signal, (width) => histogram(one, width, title)));
  return frame.root;
}

type Modes = NonNullable<Distribution['metric']['modes']>;

/** Bars for a distribution with only a few values, one narrow bar per value. */
function modeBars(modes: Modes): readonly Bar[] {
  return modes.map(({ low, high, share }) => ({ from: low, to: high, share }));
}

function modesSource(modes: Modes, count: number): string {
  return `${plural(count, 'sample')} of all seeds, nearly all at ${plural(modes.length, 'value')}.`;
}

function histogramFinding(one: Distribution): string {
  const { metric, name } = one;
  const { modes = [] } = metric;
  if (modes.length > 0) {
    const values = modes.map(({ value }) => value);
    return `${name} has ${plural(modes.length, 'value')}: ${distinctQuantities(values, metric.unit, 4).join(', ')}`;
  }
  const middle = middleHalf(one);
  if (middle !== undefined) return `The middle half of ${name} lies ${middle}`;
  const median = quantileAt(one, 0.5) ?? metric.mean ?? 0;
  return `${name}: ${plural(metric.count, 'sample')}, median ${quantity(median, metric.unit)}`;
}

function middleHalf(one: Distribution): string | undefined {
  // Uses the stored points nearest to the quartiles, since the report does not hold exact ones.
  const at = (p: number): number | undefined => one.points.find((point) => point.p >= p)?.value;
  const [low, high] = [at(0.25), at(0.75)];
  if (low === undefined || high === undefined || one.metric.count < 20) return undefined;
  const [from, to] = distinctQuantities([low, high], one.metric.unit);
  return from === to ? `at ${from}` : `between ${from} and ${to}`;
}

function histogram(one: Distribution, width: number, words: string): HTMLElement {
  const { modes = [] } = one.metric;
  const plot = plotOf(width, HISTOGRAM_HEIGHT, 12);
  const { x, ticks, suffix } = valueAxis([one], plot);
  const barsMax = Math.max(12, Math.floor((plot.right - plot.left) / 14));
  const bars =
    modes.length > 0 ? modeBars(modes) : barsOf(one, barsMax, { place: x, narrowest: NARROWEST });
  const heightOf = (bar: Bar): number => bar.share / Math.max(NARROWEST, x(bar.to) - x(bar.from));
  const y = scaleLinear([0, greatestOf(bars.map(heightOf)) * 1.05], [plot.bottom, plot.top]);
  const drawn = bars.map((bar) => {
    const left = x(bar.from);
    const wide = Math.max(NARROWEST, x(bar.to) - left);
    const top = y(heightOf(bar));
    return svgElement('rect', {
      ...{ class: 'bar', x: left, y: top, width: wide, height: plot.bottom - top },
    });
  });
  const readings = bars.map((bar) => {
    const [from, to] = distinctQuantities([bar.from, bar.to], one.metric.unit);
    const share = `${Number((bar.share * 100).toPrecision(3))} %`;
    return {
      x: x(bar.from) + Math.max(NARROWEST, x(bar.to) - x(bar.from)) / 2,
      y: y(heightOf(bar)),
      text: from === to ? `${share} at ${from}` : `${share} between ${from} and ${to}`,
    };
  });
  const drawing = plotDrawing(
    plot,
    words,
    verticalAxis(plot, NO_TICKS, 'area of a bar = share of the samples'),
    drawn,
    horizontalAxis(plot, ticks, suffix),
    limitMarks(one, plot, x),
  );
  return readable(drawing, readings, plot);
}

const NO_TICKS: readonly Tick[] = [];

function limitMarks(
  { kpis }: Distribution,
  plot: ReturnType<typeof plotOf>,
  x: (value: number) => number,
): readonly Node[] {
  const shown = kpis.filter(({ limit }) => x(limit) <= plot.right && x(limit) >= plot.left);
  const lines = shown.map(({ limit }) =>
    [plot.top, plot.bottom].map((end) => ({ x: x(limit), y: end })),
  );
  const bounds = { left: plot.left, right: plot.width, top: 0, bottom: plot.bottom };
  const room = new LabelRoom(bounds, lines);
  return shown.flatMap(({ limit, unit, aggregation, comparison }) => {
    const at = x(limit);
    const words = `${aggregation} ${comparison} ${limitQuantity(limit, unit)}`;
    const rows = Array.from({ length: 8 }, (_, row) => plot.top + 12 + 16 * row);
    const spots = rows.flatMap((y): readonly LabelSpot[] => [
      { x: at + 6, y, anchor: 'start' },
      { x: at - 6, y, anchor: 'end' },
    ]);
    const { anchor, ...place } = room.take(words, spots);
    return [
      svgElement('line', { class: 'limit', x1: at, x2: at, y1: plot.top, y2: plot.bottom }),
      svgElement('text', { class: `limit-label halo ${anchor}`, ...place }, words),
    ];
  });
}
