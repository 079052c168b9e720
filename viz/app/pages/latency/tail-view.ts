/**
 * The distribution of one metric, as a chart of its tail and as a histogram.
 *
 * @module
 */

import { scaleLinear } from 'd3-scale';
import { greatestOf } from '../../../../engine/pure/extremes.ts';
import { distinctQuantityTexts, distributionText } from '../../../../reports/distribution-text.ts';
import { countWithNoun, limitQuantityText, quantityText } from '../../../../reports/format.ts';
import { ChartFrame } from '../../chart/chart-frame.ts';
import { withNonBreakingSpaces } from '../../chart/hard-spaces.ts';
import { LabelPlacer, type LabelSpot } from '../../chart/label-room.ts';
import {
  computePlotGeometry,
  elementRedrawnOnResize,
  horizontalAxis,
  plotSvg,
  type Tick,
  verticalAxis,
} from '../../chart/plot.ts';
import { withAxisReadout } from '../../chart/readings.ts';
import {
  type Distribution,
  NAMED_QUANTILES,
  quantileAt,
  quantileName,
  unreliableQuantileReason,
} from '../../chart/tail.ts';
import {
  bandText,
  QUANTILE_TABLE_HEADINGS,
  quantileTableRows,
  tailDrawing,
  valueAxis,
} from '../../chart/tail-drawing.ts';
import { element, svgElement } from '../../kernel/element.ts';
import type { ReportPageContext } from '../../kernel/page.ts';
import { type Bar, computeBars, histogramSourceText } from './histogram.ts';

const HISTOGRAM_HEIGHT = 340;
/** Smallest width of a bar, px; narrower bars are merged. */
const NARROWEST = 4;

/** Makes the chart with the tail axis and the table of named quantiles. */
export function tailChart(
  { run, report }: ReportPageContext,
  one: Distribution,
  signal: AbortSignal,
): HTMLElement {
  const frame = frameOf('latency-tail', run.id, report.seeds);
  const title = withNonBreakingSpaces(`${one.name}: ${distributionText(one.metric)}`);
  frame.show({
    title,
    caption: `${countWithNoun(one.metric.count, 'sample')}, ${one.metric.clock} time, whole run; ${bandText(one, report.seeds.length)}; dotted: fewer than 10 samples lie beyond.`,
    table: () => ({ columns: QUANTILE_TABLE_HEADINGS, rows: quantileTableRows(one) }),
  });
  const curves = [{ label: one.name, distribution: one, colour: 1 }];
  frame.body.append(
    elementRedrawnOnResize(signal, (width) => tailDrawing(curves, width, title)),
    namedQuantiles(one),
  );
  return frame.root;
}

/** Makes the frame of a chart. The rows of its CSV export name the seed if there is only one. */
function frameOf(name: string, run: string, seeds: readonly number[]): ChartFrame {
  const seed = seeds.length === 1 ? String(seeds[0] ?? '') : '';
  return new ChartFrame({ name, origin: { run, seed } });
}

function namedQuantiles(one: Distribution): HTMLElement {
  const { metric } = one;
  const shown = NAMED_QUANTILES.slice(0, 6);
  const values = shown.map((p) => quantileAt(one, p));
  const texts = [
    ...distinctQuantityTexts(
      values.filter((value) => value !== undefined),
      metric.unit,
    ),
  ];
  const cells = shown.map((p, at) => {
    const doubt = unreliableQuantileReason(p, metric.count);
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

/** Makes the chart with the histogram of one distribution. */
export function histogramChart(
  { run, report }: ReportPageContext,
  one: Distribution,
  signal: AbortSignal,
): HTMLElement {
  const frame = frameOf('latency-histogram', run.id, report.seeds);
  const { metric, name } = one;
  const { modes = [] } = metric;
  const title = withNonBreakingSpaces(histogramFinding(one));
  const bars = modes.length > 0 ? modeBars(modes) : computeBars(one, 40);
  frame.show({
    title,
    caption: modes.length > 0 ? modesSource(modes, metric.count) : histogramSourceText(one),
    table: () => ({
      columns: ['metric', 'from', 'to', 'unit', 'share'],
      rows: bars.map(({ from, to, share }) => [name, from, to, metric.unit, share]),
    }),
  });
  frame.body.append(elementRedrawnOnResize(signal, (width) => histogram(one, width, title)));
  return frame.root;
}

type Modes = NonNullable<Distribution['metric']['modes']>;

/**
 * Makes the bars of a distribution whose values lie in only a few separate ranges: one bar for each
 * range.
 */
function modeBars(modes: Modes): readonly Bar[] {
  return modes.map(({ low, high, share }) => ({ from: low, to: high, share }));
}

function modesSource(modes: Modes, count: number): string {
  return `${countWithNoun(count, 'sample')} of all seeds, nearly all at ${countWithNoun(modes.length, 'value')}.`;
}

function histogramFinding(one: Distribution): string {
  const { metric, name } = one;
  const { modes = [] } = metric;
  if (modes.length > 0) {
    const values = modes.map(({ value }) => value);
    return `${name} has ${countWithNoun(modes.length, 'value')}: ${distinctQuantityTexts(values, metric.unit, 4).join(', ')}`;
  }
  const middle = middleHalf(one);
  if (middle !== undefined) return `The middle half of ${name} lies ${middle}`;
  const median = quantileAt(one, 0.5) ?? metric.mean ?? 0;
  return `${name}: ${countWithNoun(metric.count, 'sample')}, median ${quantityText(median, metric.unit)}`;
}

function middleHalf(one: Distribution): string | undefined {
  // The report does not have exact quartiles, so the first stored points at or above them are used.
  const at = (p: number): number | undefined => one.points.find((point) => point.p >= p)?.value;
  const [low, high] = [at(0.25), at(0.75)];
  if (low === undefined || high === undefined || one.metric.count < 20) return undefined;
  const [from, to] = distinctQuantityTexts([low, high], one.metric.unit);
  return from === to ? `at ${from}` : `between ${from} and ${to}`;
}

function histogram(one: Distribution, width: number, words: string): HTMLElement {
  const { modes = [] } = one.metric;
  const plot = computePlotGeometry(width, HISTOGRAM_HEIGHT, 12);
  const { x, ticks, suffix } = valueAxis([one], plot);
  const barsMax = Math.max(12, Math.floor((plot.right - plot.left) / 14));
  const bars =
    modes.length > 0
      ? modeBars(modes)
      : computeBars(one, barsMax, { place: x, narrowest: NARROWEST });
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
    const [from, to] = distinctQuantityTexts([bar.from, bar.to], one.metric.unit);
    const share = `${Number((bar.share * 100).toPrecision(3))} %`;
    return {
      x: x(bar.from) + Math.max(NARROWEST, x(bar.to) - x(bar.from)) / 2,
      y: y(heightOf(bar)),
      text: from === to ? `${share} at ${from}` : `${share} between ${from} and ${to}`,
    };
  });
  const drawing = plotSvg(
    plot,
    words,
    verticalAxis(plot, NO_TICKS, 'area of a bar = share of the samples'),
    drawn,
    horizontalAxis(plot, ticks, suffix),
    limitMarks(one, plot, x),
  );
  return withAxisReadout(drawing, readings, plot);
}

const NO_TICKS: readonly Tick[] = [];

function limitMarks(
  { kpis }: Distribution,
  plot: ReturnType<typeof computePlotGeometry>,
  x: (value: number) => number,
): readonly Node[] {
  const shown = kpis.filter(({ limit }) => x(limit) <= plot.right && x(limit) >= plot.left);
  const lines = shown.map(({ limit }) =>
    [plot.top, plot.bottom].map((end) => ({ x: x(limit), y: end })),
  );
  const bounds = { left: plot.left, right: plot.width, top: 0, bottom: plot.bottom };
  const room = new LabelPlacer(bounds, lines);
  return shown.flatMap(({ limit, unit, aggregation, comparison }) => {
    const at = x(limit);
    const words = `${aggregation} ${comparison} ${limitQuantityText(limit, unit)}`;
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
