/**
 * The distribution of one metric: its tail, and its histogram.
 *
 * @module
 */
import { scaleLinear } from 'd3-scale';
import { limitQuantity, plural, quantity } from '../../../../reports/format.ts';
import { ChartFrame } from '../../chart/chart-frame.ts';
import {
  drawnToFit,
  horizontalAxis,
  plotDrawing,
  plotOf,
  type Tick,
  verticalAxis,
} from '../../chart/plot.ts';
import { readable } from '../../chart/readings.ts';
import {
  type Distribution,
  doubtAbout,
  NAMED,
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
import { hardSpaces, tailTitle } from '../../chart/words.ts';
import { element, svgElement } from '../../kernel/element.ts';
import type { ReportContext } from '../../kernel/page.ts';
import { type Bar, barsOf, histogramSource } from './histogram.ts';

const HISTOGRAM_HEIGHT = 340;
/** Narrower bars are merged, px. */
const NARROWEST = 3;

/** The chart with the tail axis, and the table of named quantiles. */
export function tailChart(
  { run, report }: ReportContext,
  one: Distribution,
  signal: AbortSignal,
): HTMLElement {
  const frame = frameOf('latency-tail', run.id, report.seeds);
  const title = hardSpaces(tailTitle(one));
  frame.show({
    title,
    caption: `${plural(one.metric.count, 'sample')}, ${one.metric.clock} time, whole run; ${bandWords(one, report.seeds.length)}; dotted: fewer than 10 samples lie beyond.`,
    table: () => ({ columns: TAIL_COLUMNS, rows: tailRows(one) }),
  });
  const curves = [{ label: one.name, distribution: one, colour: 1 }];
  frame.body.append(
    drawnToFit(signal, (width) => tailDrawing(curves, width, title)),
    namedQuantiles(one),
  );
  return frame.root;
}

/** If the run has several seeds, the rows cover all of them. */
function frameOf(name: string, run: string, seeds: readonly number[]): ChartFrame {
  const seed = seeds.length === 1 ? String(seeds[0] ?? '') : '';
  return new ChartFrame({ name, origin: { run, seed } });
}

function namedQuantiles(one: Distribution): HTMLElement {
  const { metric } = one;
  const cells = NAMED.slice(0, 6).map((p) => {
    const doubt = doubtAbout(p, metric.count);
    const value = quantileAt(one, p);
    const known = value === undefined ? '–' : quantity(value, metric.unit);
    return element(
      'div',
      { class: doubt === undefined ? '' : 'doubtful' },
      element('dt', {}, quantileName(p)),
      element('dd', {}, known, doubt !== undefined && element('small', {}, doubt)),
    );
  });
  return element('dl', { class: 'quantiles' }, cells);
}

/** The histogram. */
export function histogramChart(
  { run, report }: ReportContext,
  one: Distribution,
  signal: AbortSignal,
): HTMLElement {
  const frame = frameOf('latency-histogram', run.id, report.seeds);
  const { metric, name } = one;
  const median = quantileAt(one, 0.5) ?? metric.mean ?? 0;
  const middle = middleHalf(one);
  const finding =
    middle === undefined
      ? `${name}: ${plural(metric.count, 'sample')}, median ${quantity(median, metric.unit)}`
      : `The middle half of ${name} lies ${middle}`;
  const title = hardSpaces(finding);
  const bars = barsOf(one, 40);
  frame.show({
    title,
    caption: histogramSource(one),
    table: () => ({
      columns: ['metric', 'from', 'to', 'unit', 'share'],
      rows: bars.map(({ from, to, share }) => [name, from, to, metric.unit, share]),
    }),
  });
  frame.body.append(drawnToFit(signal, (width) => histogram(one, width, title)));
  return frame.root;
}

function middleHalf(one: Distribution): string | undefined {
  // The stored points nearest to the quartiles; the report does not hold exact ones.
  const at = (p: number): number | undefined => one.points.find((point) => point.p >= p)?.value;
  const [low, high] = [at(0.25), at(0.75)];
  if (low === undefined || high === undefined || one.metric.count < 20) return undefined;
  const [from, to] = [low, high].map((value) => quantity(value, one.metric.unit));
  return from === to ? `at ${from}` : `between ${from} and ${to}`;
}

function histogram(one: Distribution, width: number, words: string): HTMLElement {
  const plot = plotOf(width, HISTOGRAM_HEIGHT, 12);
  const { x, ticks, suffix } = valueAxis([one], plot);
  const bars = barsOf(one, Math.max(12, Math.floor((plot.right - plot.left) / 14)), {
    place: x,
    narrowest: NARROWEST,
  });
  const heightOf = (bar: Bar): number => bar.share / Math.max(NARROWEST, x(bar.to) - x(bar.from));
  const y = scaleLinear([0, Math.max(...bars.map(heightOf)) * 1.05], [plot.bottom, plot.top]);
  const drawn = bars.map((bar) => {
    const left = x(bar.from);
    const wide = Math.max(NARROWEST, x(bar.to) - left);
    const top = y(heightOf(bar));
    return svgElement('rect', {
      ...{ class: 'bar', x: left, y: top, width: wide, height: plot.bottom - top },
    });
  });
  const readings = bars.map((bar) => ({
    x: x(bar.from) + Math.max(NARROWEST, x(bar.to) - x(bar.from)) / 2,
    y: y(heightOf(bar)),
    text: `${Number((bar.share * 100).toPrecision(3))} % between ${quantity(bar.from, one.metric.unit)} and ${quantity(bar.to, one.metric.unit)}`,
  }));
  const drawing = plotDrawing(
    plot,
    words,
    verticalAxis(plot, NO_TICKS, 'area of a bar = share of the samples'),
    ...drawn,
    horizontalAxis(plot, ticks, suffix),
    ...limitMarks(one, plot, x),
  );
  return readable(drawing, readings, plot);
}

const NO_TICKS: readonly Tick[] = [];

function limitMarks(
  { kpis }: Distribution,
  plot: ReturnType<typeof plotOf>,
  x: (value: number) => number,
): readonly Node[] {
  return kpis.flatMap(({ limit, unit }, row) => {
    const at = x(limit);
    if (at > plot.right || at < plot.left) return [];
    const isRight = at > (plot.left + plot.right) / 2;
    const place = { x: at + (isRight ? -6 : 6), y: plot.top + 12 + 16 * row };
    return [
      svgElement('line', { class: 'limit', x1: at, x2: at, y1: plot.top, y2: plot.bottom }),
      svgElement(
        'text',
        { class: `limit-label halo ${isRight ? 'end' : 'start'}`, ...place },
        `limit ${limitQuantity(limit, unit)}`,
      ),
    ];
  });
}
