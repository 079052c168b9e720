/**
 * Distributions with a tail axis: the share of samples above x, with ticks at 1, 0.1, 0.01 and so
 * on, so that one packet in a thousand is as visible as the median. The line is dashed where fewer
 * than ten samples are above; the band is the range over seeds.
 *
 * @module
 */
import { scaleLinear, scaleLog } from 'd3-scale';
import { area, curveStepAfter, line } from 'd3-shape';
import {
  distributionText,
  isReliableQuantile,
  quantileAt,
  RELIABLE_TAIL_SAMPLES,
} from '../distribution-text.ts';
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
import type { KpiResult, MetricSummary, Report } from '../report-schema.ts';
import {
  type ChartFigure,
  emptyChart,
  figure,
  makePlotFrame,
  type PlotFrame,
  pointerLineMarkup,
  svg,
  xAxis,
  yAxis,
} from './chart.ts';
import { coordinateText, EMPTY_MARKUP, html, type Markup, trustedMarkup } from './markup.ts';

const CHARTS_MAX = 4;
const HEIGHT = 300;
/** With fewer samples than this, no distribution is drawn. */
const SAMPLES_MIN = 20;
/** Room above the plot for the unit of the vertical axis, px. */
const UNIT_ROOM = 96;

interface Distribution {
  readonly name: string;
  readonly metric: MetricSummary;
  readonly points: NonNullable<MetricSummary['quantiles']>;
  readonly kpi: KpiResult | undefined;
}

/**
 * The section with one chart for each distribution of times, those with a limit first. With too few
 * samples, a sentence replaces the chart.
 */
export function distributionSection(report: Report): Markup {
  const all = distributionsOf(report);
  const drawn = all.filter(({ metric }) => metric.count >= SAMPLES_MIN).slice(0, CHARTS_MAX);
  const few = all.filter(({ metric }) => metric.count < SAMPLES_MIN);
  if (all.length === 0) {
    const reason = 'no latency was measured in this run';
    const draw = (isWide: boolean): Markup =>
      emptyChart(makePlotFrame(isWide, { height: 90, label: 12, left: 12 }), reason);
    return section([figure({ title: 'Latency', caption: reason, draw })]);
  }
  return section([...drawn.map((one) => chart(one, report)), ...few.map(fewSamples)]);
}

/** The sentence that replaces the chart of a metric with few samples. */
function fewSamples({ name, metric }: Distribution): Markup {
  const values = (metric.samples ?? []).map(({ value }) => quantityText(value, 'ns'));
  const range = `${quantityText(metric.min ?? 0, 'ns')} to ${quantityText(metric.max ?? 0, 'ns')}`;
  const told =
    values.length > 0
      ? values.join(', ')
      : metric.count > 1
        ? range
        : quantityText(metric.max ?? 0, 'ns');
  return html`<p class="muted">${name}, ${countWithNoun(metric.count, 'sample')}: ${told}</p>
`;
}

function section(figures: readonly Markup[]): Markup {
  return html`<section><h2>How slow, how often</h2>
${figures}</section>
`;
}

function distributionsOf(report: Report): readonly Distribution[] {
  const all = Object.entries(report.metrics).flatMap(([name, metric]): Distribution[] => {
    if (metric.unit !== 'ns' || metric.quantiles === undefined) return [];
    const kpi = report.kpis.find((one) => one.metric === name);
    return [{ name, metric, points: metric.quantiles, kpi }];
  });
  // Distributions with a limit come first. Among those with and those without a limit, histograms
  // come before samples, because samples (one per fault) are also drawn in fault-story.ts.
  const rank = (one: Distribution): number =>
    (one.kpi === undefined ? 2 : 0) + (one.metric.kind === 'samples' ? 1 : 0);
  return all.sort((a, b) => rank(a) - rank(b));
}

function chart(one: Distribution, report: Report): Markup {
  const { name, metric } = one;
  const band = one.points.some((point) => point.low !== undefined);
  const range = band
    ? `; band: lowest to highest of ${countWithNoun(report.seeds.length, 'seed')}`
    : '';
  return figure({
    title: `${name}: ${distributionText(metric)}`,
    caption: `Share of ${wholeNumberText(metric.count)} samples above a value, ${metric.clock} time${range}; dashed: fewer than ${RELIABLE_TAIL_SAMPLES} samples.`,
    ...drawing(one),
    table: tableOf(one),
  });
}

function drawing(one: Distribution): Pick<ChartFigure, 'draw' | 'read'> {
  return { draw: (isWide) => drawTail(one, isWide), read: readData(one) };
}

/** Readout along the axis: the share above each stored value. */
function readData(one: Distribution): unknown {
  const [from, to] = domainOf(one);
  const scale = chooseUnitScale(to, 'ns');
  const isLog = usesLog(one);
  const position = (v: number): number => (isLog ? Math.log10(v) : v / scale.divisor);
  const points = one.points.filter((point) => point.value >= from);
  const share = points.map((point) => `${Number(((1 - point.p) * 100).toPrecision(3))} %`);
  return {
    label: 'above',
    text: points.map((point) => quantityText(point.value, 'ns')),
    x: points.map((point) => Number(position(point.value).toPrecision(5))),
    from: position(from),
    to: position(to),
    series: [{ name: 'share', unit: '', values: share }],
  };
}

function usesLog(one: Distribution): boolean {
  const min = one.metric.min ?? 0;
  return min > 0 && (one.metric.max ?? 0) / min > 50;
}

function domainOf(one: Distribution): readonly [number, number] {
  const min = one.metric.min ?? 0;
  const max = one.metric.max ?? 1;
  const limit = one.kpi?.limit ?? 0;
  // A distant limit would squeeze the curve, so it is only named at the edge.
  const end = limit > max && limit <= 2.5 * max ? limit : max;
  if (usesLog(one)) return [min, end * 1.05];
  const start = min > max * 0.5 ? min - (max - min) * 0.05 : Math.min(min * 0.95, min);
  return [start, end + (end - start) * 0.03];
}

function drawTail(one: Distribution, isWide: boolean): Markup {
  const frame = makePlotFrame(isWide, { height: HEIGHT, label: 24, left: 64, head: 24 });
  const domain = [...domainOf(one)];
  const edges = [frame.left, frame.right];
  const x = usesLog(one) ? scaleLog(domain, edges) : scaleLinear(domain, edges);
  const n = one.metric.count;
  const y = scaleLog([1, Math.min(0.09, 0.7 / n)], [frame.top, frame.bottom]);
  const decades = Math.max(1, Math.floor(Math.log10(n / 0.7)));
  const scale = chooseUnitScale(domain[1] ?? 1, 'ns');
  const ticks = xTicks(x, isWide, scale);
  const yTicks = Array.from({ length: decades + 1 }, (_, i) => ({
    at: y(10 ** -i),
    label: shareText(i),
  }));
  const body = [
    yAxis(frame, yTicks, 'slower than x'),
    xAxis(frame, ticks, scale.suffix),
    bandOf(one, x, y),
    curves(one, x, y),
    limitMark(one, frame, { x, y }),
    pointerLineMarkup(frame),
  ];
  return svg(
    frame,
    `${one.name}, tail distribution of ${wholeNumberText(one.metric.count)} samples`,
    body,
  );
}

function shareText(decade: number): string {
  if (decade === 0) return '1';
  return decade <= 3 ? `0.${'0'.repeat(decade - 1)}1` : `1e-${decade}`;
}

type Position = (value: number) => number;

interface TickScale {
  (value: number): number;
  ticks(count?: number): number[];
}

/** Ticks of the horizontal axis, with enough space between their labels. */
function xTicks(x: TickScale, isWide: boolean, scale: UnitScale): { at: number; label: string }[] {
  const room = isWide ? 60 : 44;
  const ticks: { at: number; label: string }[] = [];
  for (const value of x.ticks(isWide ? 10 : 5)) {
    const at = x(value);
    const before = ticks.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
    if (at - before >= room)
      ticks.push({ at, label: scaledNumberText(value, { ...scale, suffix: 'ms' }) });
  }
  return ticks;
}

function bandOf(one: Distribution, x: Position, y: Position): Markup {
  const points = one.points.filter((point) => point.low !== undefined && point.p < 1);
  if (points.length < 2) return EMPTY_MARKUP;
  const shape = area<(typeof points)[number]>()
    .digits(1)
    .curve(curveStepAfter)
    .x0((point) => x(point.low ?? point.value))
    .x1((point) => x(point.high ?? point.value))
    .y((point) => y(1 - point.p));
  return html`<path class="band f1 s1" d="${shape(points) ?? ''}"/>`;
}

/** The curve as a staircase: solid where there are enough samples, dashed beyond. */
function curves(one: Distribution, x: Position, y: Position): Markup {
  const n = one.metric.count;
  const floor = 1 / n;
  const path = line<(typeof one.points)[number]>()
    .digits(1)
    // There is no sample between two values, so the share falls exactly at the values.
    .curve(curveStepAfter)
    .x((point) => x(point.value))
    .y((point) => y(Math.max(floor, 1 - point.p)));
  const sure = one.points.filter((point) => isReliableQuantile(point.p, n));
  const rest = one.points.slice(Math.max(0, sure.length - 1));
  const solid = sure.length > 1 ? path(sure) : null;
  const dashed = rest.length > 1 ? path(rest) : null;
  return html`${solid === null ? EMPTY_MARKUP : html`<path class="line s1" d="${solid}"/>`}${dashed === null ? EMPTY_MARKUP : html`<path class="line s1 dashed" d="${dashed}"/>`}`;
}

/** Marks on the curve the value that a KPI judges, and its limit. */
function limitMark(
  one: Distribution,
  frame: PlotFrame,
  scales: { readonly x: Position; readonly y: Position },
): Markup {
  const { kpi } = one;
  if (kpi === undefined || kpi.value === null || kpi.unit !== 'ns') return EMPTY_MARKUP;
  const share = /^p\d/.test(kpi.aggregation) ? 1 - Number(kpi.aggregation.slice(1)) / 100 : 0.5;
  const cx = scales.x(kpi.value);
  const cy = scales.y(Math.max(share, 1 / one.metric.count));
  const isRight = cx > (frame.left + frame.right) / 2;
  const anchor = isRight ? 'end' : '';
  const label = `${kpi.aggregation} ${quantityText(kpi.value, kpi.unit)}`;
  const tone = kpi.status === 'inconclusive' ? 'open' : kpi.pass ? 'good' : 'bad';
  // The curve falls, so there is free space above a point on its right, and below a point on its
  // left.
  const place = isRight ? { x: cx - 10, y: cy + 18 } : { x: cx + 10, y: cy - 8 };
  const point = html`<circle class="${tone}" cx="${coordinateText(cx)}" cy="${coordinateText(cy)}" r="5"/><text class="strong halo ${anchor}" x="${coordinateText(place.x)}" y="${coordinateText(place.y)}">${label}</text>`;
  const limit = limitQuantityText(kpi.limit, kpi.unit);
  const at = scales.x(kpi.limit);
  // The label is above the plot, clear of the curve and its points. A narrow chart has no room for
  // the name of the KPI.
  const text = frame.isWide ? `limit ${limit}, ${kpiName(kpi)}` : `limit ${limit}`;
  const y = frame.top - 8;
  if (at > frame.right) {
    return html`${point}<text class="limit-label end" x="${frame.right}" y="${y}">${text} ${trustedMarkup('&#8594;')}</text>`;
  }
  const isEnd = at > (frame.left + frame.right) / 2;
  const x = isEnd ? at : Math.max(at, UNIT_ROOM);
  return html`${point}<line class="limit" x1="${coordinateText(at)}" x2="${coordinateText(at)}" y1="${frame.top - 4}" y2="${frame.bottom}"/><text class="limit-label ${isEnd ? 'end' : ''}" x="${coordinateText(x)}" y="${coordinateText(y)}">${text}</text>`;
}

function tableOf(one: Distribution): Markup {
  const shown = [0, 0.5, 0.9, 0.95, 0.99, 0.999, 0.9999];
  const rows = shown.map((p) => {
    const value = p === 0 ? one.metric.min : quantileAt(one.metric, p);
    const needed = `needs ${wholeNumberText(Math.round(1 / (1 - p)))} samples, has ${wholeNumberText(one.metric.count)}`;
    const name = p === 0 ? 'min' : `p${Number((p * 100).toFixed(2))}`;
    return html`<tr><td>${name}</td><td class="number">${value === undefined ? needed : quantityText(value, 'ns')}</td></tr>`;
  });
  const last = html`<tr><td>max</td><td class="number">${quantityText(one.metric.max ?? 0, 'ns')}</td></tr>`;
  return html`<details><summary>Table</summary><div><table><thead><tr><th>percentile</th><th class="number">value</th></tr></thead><tbody>${rows}${last}</tbody></table></div></details>`;
}
