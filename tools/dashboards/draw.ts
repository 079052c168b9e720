/**
 * Draws a dashboard from what a Prometheus has recorded, as a page with the style of the reports: to look at panels where there
 * is no Grafana. Buckets of a heat map are drawn as lines.
 *
 * @module
 */
import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { greatestOf, leastOf } from '../../engine/pure/extremes.ts';
import { shortCountText, significantDigitsText } from '../../reports/format.ts';
import {
  emptyChart,
  figure,
  legend,
  makePlotFrame,
  seriesColourNumber,
  svg,
  xAxis,
  yAxis,
} from '../../reports/html/chart.ts';
import { htmlDocument } from '../../reports/html/html.ts';
import { html, type Markup } from '../../reports/html/markup.ts';
import type { Dashboard, Panel } from './panels.ts';

/** The time that is drawn, s, and the number of steps. */
const SPAN_S = 1800;
const STEPS = 360;
const LEGEND_MAX = 8;

interface Curve {
  readonly name: string;
  /** Instants, s since 1970, with their values. */
  readonly points: readonly (readonly [at: number, value: number])[];
}

/** An answer of `/api/v1/query_range` (https://prometheus.io/docs/prometheus/latest/querying/api/#range-queries). */
interface RangeAnswer {
  readonly error?: string;
  readonly data?: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly values: readonly (readonly [number, string])[];
    }[];
  };
}

/**
 * Asks Prometheus for each panel and returns the page.
 * @param source Address of its HTTP API, such as `http://127.0.0.1:9090`.
 * @param now End of the time that is drawn, s since 1970.
 */
export async function drawDashboard(
  dashboard: Dashboard,
  source: string,
  now: number,
): Promise<string> {
  const figures: Markup[] = [];
  for (const panel of dashboard.panels) {
    const curves: Curve[] = [];
    for (const [name, query] of Object.entries(panel.queries))
      curves.push(...(await curvesOf({ name, query, source, now })));
    figures.push(panelFigure(panel, curves));
  }
  return htmlDocument(dashboard.title, html`<main><h1>${dashboard.title}</h1>${figures}</main>`);
}

async function curvesOf(asked: {
  readonly name: string;
  readonly query: string;
  readonly source: string;
  readonly now: number;
}): Promise<readonly Curve[]> {
  const { name, query, source, now } = asked;
  const range = { start: `${now - SPAN_S}`, end: `${now}`, step: `${SPAN_S / STEPS}` };
  const address = `${source}/api/v1/query_range?${new URLSearchParams({ query, ...range })}`;
  const { error, data } = (await (await fetch(address)).json()) as RangeAnswer;
  if (data === undefined) throw new Error(`${query}: ${error ?? 'no answer'}`);
  return data.result.map(({ metric, values }) => ({
    name: name.replace(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? '–'),
    points: values
      .map(([at, value]) => [at, Number(value)] as const)
      .filter(([, value]) => Number.isFinite(value)),
  }));
}

function panelFigure({ title, unit, queries }: Panel, curves: readonly Curve[]): Markup {
  const shown = curves.filter(({ points }) => points.length > 0);
  const entries = shown
    .slice(0, LEGEND_MAX)
    .map(({ name }, i) => ({ text: name, colour: seriesColourNumber(i) }));
  const more =
    shown.length > LEGEND_MAX ? `; ${shown.length - LEGEND_MAX} curves have no name here` : '';
  return figure({
    title,
    caption: `${Object.values(queries).join('; ')}${more}`,
    draw: (isWide) => drawCurves(shown, unit, isWide),
    legend: legend(entries, 'always'),
  });
}

function drawCurves(curves: readonly Curve[], unit: string, isWide: boolean): Markup {
  const frame = makePlotFrame(isWide, { height: 190, label: 12, left: 64 });
  const all = curves.flatMap(({ points }) => points);
  if (all.length === 0) return emptyChart(frame, 'no data');
  const [from, to] = [leastOf(all.map(([at]) => at)), greatestOf(all.map(([at]) => at))];
  const top = greatestOf([...all.map(([, value]) => value), Number.MIN_VALUE]);
  const x = scaleLinear([0, Math.max(to - from, 1) / 60], [frame.left, frame.right]);
  const y = scaleLinear([0, top], [frame.bottom, frame.top]).nice(4);
  const path = line<Curve['points'][number]>(
    ([at]) => x((at - from) / 60),
    ([, value]) => y(value),
  ).digits(1);
  const text = (value: number): string =>
    value >= 1000 ? shortCountText(value) : significantDigitsText(value, 3);
  return svg(frame, `${curves.length} curves`, [
    yAxis(
      frame,
      y.ticks(4).map((value) => ({ at: y(value), label: text(value) })),
      unit,
    ),
    xAxis(
      frame,
      x.ticks(6).map((at) => ({ at: x(at), label: significantDigitsText(at, 2) })),
      'min',
    ),
    curves.map(
      ({ points }, i) =>
        html`<path class="line s${seriesColourNumber(i)}" d="${path(points) ?? ''}"/>`,
    ),
  ]);
}
