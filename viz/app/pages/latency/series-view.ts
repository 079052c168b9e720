/**
 * Shows one quantity over time: the mean over the seeds, the band from the lowest to the highest
 * value in each bin, and the brush with which the reader sets the range of the time line.
 *
 * @module
 */

import { scaleLinear } from 'd3-scale';
import { greatestOf } from '../../../../engine/pure/extremes.ts';
import {
  chooseUnitScale,
  countWithNoun,
  limitQuantityText,
  quantityText,
} from '../../../../reports/format.ts';
import { kpiName } from '../../../../reports/kpi-text.ts';
import type { KpiResult, SeriesSummary } from '../../../../reports/report-schema.ts';
import { ChartFrame } from '../../chart/chart-frame.ts';
import { withNonBreakingSpaces } from '../../chart/hard-spaces.ts';
import { bandPath, linePath } from '../../chart/line-paths.ts';
import {
  computePlotGeometry,
  elementRedrawnOnResize,
  horizontalAxis,
  type PlotGeometry,
  plotSvg,
  tickText,
  type ValueToPx,
  verticalAxis,
  withoutCrowdedTicks,
} from '../../chart/plot.ts';
import { withAxisReadout } from '../../chart/readings.ts';
import { instantText, timeAxisUnit } from '../../kernel/duration.ts';
import { element, replaceContent, svgElement } from '../../kernel/element.ts';
import { instantTicks } from '../../kernel/instant-ticks.ts';
import type { ReportPageContext } from '../../kernel/page.ts';
import { partialNote } from '../../kernel/states.ts';
import { withTimeBrush } from './brush.ts';
import {
  isolatedPixelColumns,
  type PixelColumn,
  pixelColumns,
  seriesLimitKpi,
  seriesTitle,
} from './series.ts';

const HEIGHT = 260;

/** Adds the chart to the page, or a sentence that says why there is no chart. */
export function addSeries(context: ReportPageContext): void {
  const { root, report, view, signal, run } = context;
  const all = report.series.filter(({ mean }) => mean.some((value) => value !== null));
  const first = all.find(({ unit }) => unit === 'ns') ?? all[0];
  if (first === undefined) {
    root.append(partialNote('This run has no series: no traffic of a flow was measured.'));
    return;
  }
  const select = element(
    'select',
    {
      change: () =>
        view.setParameter('series', select.value === first.name ? undefined : select.value),
    },
    all.map(({ name }) => element('option', { value: name }, name)),
  );
  const wholeRun = element(
    'button',
    { type: 'button', click: () => view.time.showAll() },
    'Whole run',
  );
  const seed = report.seeds.length === 1 ? String(report.seeds[0] ?? '') : '';
  const frame = new ChartFrame({ name: 'latency-series', origin: { run: run.id, seed } });
  const bar = element('div', { class: 'page-bar' }, element('label', {}, 'over time', select));
  bar.append(wholeRun);
  root.append(bar, frame.root);
  let shown: AbortController | undefined;
  let name: string | undefined;
  view.time.range.watch(signal, () => {
    const [from, to] = view.time.range.value;
    const [begin, end] = view.time.extent.value;
    wholeRun.disabled = from === begin && to === end;
  });
  view.parameters.watch(signal, ({ series }) => {
    const one = all.find((each) => each.name === series) ?? first;
    if (one.name === name) return;
    name = one.name;
    select.value = one.name;
    shown?.abort();
    shown = new AbortController();
    show(context, frame, { one, signal: shown.signal });
  });
  signal.addEventListener('abort', () => shown?.abort());
}

function show(
  context: ReportPageContext,
  frame: ChartFrame,
  { one, signal }: { readonly one: SeriesSummary; readonly signal: AbortSignal },
): void {
  const { report } = context;
  const title = withNonBreakingSpaces(seriesTitle(one, report.scenario.warmupNs));
  const band =
    report.seeds.length === 1
      ? 'line: mean, band: lowest to highest bin of the pixel'
      : `line: mean of ${countWithNoun(report.seeds.length, 'seed')}, band: lowest to highest bin of any seed`;
  frame.show({
    title,
    caption: `Bins of ${quantityText(one.binNs, 'ns')}, ${report.clock} time; ${band}; gaps: nothing to measure. Drag to choose a range for all pages.`,
    table: () => ({
      columns: ['series', 'time s', 'unit', 'mean', 'lowest', 'highest'],
      rows: one.mean.map((mean, step) => [
        ...[one.name, (step * one.stepNs) / 1e9, one.unit],
        ...[mean, one.low[step] ?? null, one.high[step] ?? null],
      ]),
    }),
  });
  const limit = seriesLimitKpi(one, report);
  replaceContent(
    frame.body,
    elementRedrawnOnResize(signal, (width) =>
      drawing(context, { one, limit, width, words: title }),
    ),
  );
}

interface Shown {
  readonly one: SeriesSummary;
  readonly limit: KpiResult | undefined;
  readonly width: number;
  readonly words: string;
}

function drawing(context: ReportPageContext, { one, limit, width, words }: Shown): HTMLElement {
  const { report, view, signal } = context;
  const plot = computePlotGeometry(width, HEIGHT);
  const endNs = one.mean.length * one.stepNs;
  const x = scaleLinear([0, endNs], [plot.left, plot.right]);
  const columns = pixelColumns(one, Math.floor(plot.right - plot.left));
  const most = greatestOf(columns.map(({ high }) => high ?? 0));
  const near = limit !== undefined && limit.limit <= 3 * most ? limit.limit : 0;
  const y = scaleLinear([0, Math.max(most, near) * 1.06 || 1], [plot.bottom, plot.top]);
  const scale = chooseUnitScale(Math.max(most, near), one.unit);
  const ticks = y.ticks(5).map((value) => ({ at: y(value), label: tickText(value, scale) }));
  const unit = timeAxisUnit(endNs);
  const axis = { divisor: unit.seconds * 1e9, suffix: unit.suffix };
  const instants = instantTicks([0, endNs], Math.max(2, Math.floor(width / 100)));
  const times = instants.map((value) => ({ at: x(value), label: tickText(value, axis) }));
  const drawn = plotSvg(
    plot,
    words,
    stretches(report, plot, x),
    verticalAxis(plot, ticks, `${one.name}, ${scale.suffix === '' ? one.unit : scale.suffix}`),
    horizontalAxis(plot, withoutCrowdedTicks(times, 40), unit.suffix),
    curveOf(columns, x, y),
    limitLine(limit, plot, y),
  );
  const readings = columns.flatMap(({ timeNs, mean, low, high }) => {
    if (mean === null) return [];
    const spread =
      low === null || high === null || low === high
        ? ''
        : `, ${quantityText(low, one.unit)} to ${quantityText(high, one.unit)}`;
    const text = `${instantText(timeNs, endNs)}: ${quantityText(mean, one.unit)}${spread}`;
    return [{ x: x(timeNs), y: y(mean), text }];
  });
  return withTimeBrush(withAxisReadout(drawn, readings, plot), drawn, {
    ...{ plot, time: view.time, signal, place: x, instant: (px: number) => x.invert(px) },
  });
}

function curveOf(columns: readonly PixelColumn[], x: ValueToPx, y: ValueToPx): readonly Node[] {
  const band = bandPath(
    columns.map(({ timeNs, low, high }) =>
      low === null || high === null ? null : [x(timeNs), y(low), y(high)],
    ),
  );
  const means = linePath(
    columns.map(({ timeNs, mean }) => (mean === null ? null : [x(timeNs), y(mean)])),
  );
  return [
    svgElement('path', { class: 'band', d: band, fill: 'var(--c1)' }),
    svgElement('path', { class: 'line', d: means, stroke: 'var(--c1)' }),
    ...isolatedPixelColumns(columns).map((column) =>
      svgElement('circle', {
        ...{ cx: x(column.timeNs), cy: y(column.mean ?? 0), r: 1.75, fill: 'var(--c1)' },
      }),
    ),
  ];
}

/** Shades the warm-up and the faults of the shown seed behind the curve. */
function stretches(
  report: ReportPageContext['report'],
  plot: PlotGeometry,
  x: ValueToPx,
): readonly Node[] {
  const height = plot.bottom - plot.top;
  const rect = (kind: string, from: number, to: number, title: string): Node =>
    svgElement(
      'rect',
      {
        class: `stretch ${kind}`,
        ...{ x: x(from), y: plot.top, width: Math.max(1, x(to) - x(from)), height },
      },
      svgElement('title', {}, title),
    );
  const { warmupNs } = report.scenario;
  const { virtualSeconds = 0 } = report.perSeed.find(({ seed }) => seed === report.shownSeed) ?? {};
  // In a run in progress, a fault without an end is shaded up to the present instant.
  const untilNs = virtualSeconds * 1e9;
  const faults = report.faults
    .filter(({ seed }) => seed === report.shownSeed)
    .map(({ text, beginNs, endNs }) =>
      rect('fault', beginNs, Math.min(endNs ?? untilNs, untilNs), text),
    );
  return warmupNs > 0 ? [rect('warmup', 0, warmupNs, 'warm-up, not measured'), ...faults] : faults;
}

function limitLine(kpi: KpiResult | undefined, plot: PlotGeometry, y: ValueToPx): Node | undefined {
  if (kpi === undefined) return undefined;
  const at = y(kpi.limit);
  const words = `limit ${limitQuantityText(kpi.limit, kpi.unit)} for ${kpiName(kpi)}`;
  if (at < plot.top) {
    const place = { x: plot.right, y: plot.top + 12 };
    return svgElement('text', { class: 'limit-label halo end', ...place }, `${words} lies above`);
  }
  return svgElement(
    'g',
    {},
    svgElement('line', { class: 'limit', x1: plot.left, x2: plot.right, y1: at, y2: at }),
    svgElement(
      'text',
      {
        // The label is at the right end of the line: values above the limit are most likely at the
        // left, during the warm-up.
        class: 'limit-label halo end',
        x: plot.right - 6,
        y: at > plot.bottom - 24 ? at - 6 : at + 15,
      },
      words,
    ),
  );
}
