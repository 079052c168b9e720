/**
 * What the charts of the privacy page have in common: the frame, the limits of the scenario, and
 * the format of shares and entropies.
 *
 * @module
 */
import { significantDigitsText } from '../../../../reports/format.ts';
import { kpiName, limitText } from '../../../../reports/kpi-text.ts';
import type { KpiResult, Report } from '../../../../reports/report-schema.ts';
import { ChartFrame } from '../../chart/chart-frame.ts';
import {
  horizontalAxis,
  type PlotGeometry,
  type ValueToPx,
  verticalAxis,
  withoutCrowdedTicks,
} from '../../chart/plot.ts';
import { svgElement } from '../../kernel/element.ts';
import type { ReportPageContext } from '../../kernel/page.ts';
import type { PrivacyReport, ReportedAdversary } from './observers.ts';

/**
 * The parameters of all charts about one adversary: the context of the page, the privacy figures of
 * the report, and the adversary.
 */
export interface PrivacyChartContext {
  readonly context: ReportPageContext;
  readonly privacy: PrivacyReport;
  readonly observer: ReportedAdversary;
  /** Aborts when another adversary is chosen. */
  readonly signal: AbortSignal;
}

/** Whether a chart covers all seeds or only the seed that the report shows. */
export type SeedCoverage = 'all' | 'shown';

/**
 * Makes a frame whose exports name the run, and also the seed if the chart covers only one seed.
 */
export function makePrivacyChartFrame(
  name: string,
  { context }: Pick<PrivacyChartContext, 'context'>,
  meant: SeedCoverage,
): ChartFrame {
  const { run, report } = context;
  const seed = meant === 'shown' ? report.shownSeed : oneOf(report.seeds);
  return new ChartFrame({ name, origin: { run: run.id, seed: String(seed) } });
}

function oneOf(seeds: readonly number[]): number | string {
  return seeds.length === 1 ? (seeds[0] ?? '') : '';
}

/** Returns the KPIs that have a limit on a metric. */
export function limitKpisOn({ kpis }: Pick<Report, 'kpis'>, metric: string): readonly KpiResult[] {
  return kpis.filter((kpi) => kpi.metric === metric);
}

/** Formats a share: `12.3 %`. */
export function percent(share: number): string {
  return `${significantDigitsText(100 * share, 3)} %`;
}

/** Formats an entropy: `13.04 bits`. */
export function bitsText(bits: number): string {
  return `${bits.toFixed(2)} bits`;
}

/**
 * An axis: the function from values to positions on it, the values of its ticks, and the name of
 * the quantity as its title.
 */
export interface Axis {
  readonly at: ValueToPx;
  readonly values: readonly number[];
  readonly title: string;
  /** Formats the values; `String` by default. */
  readonly text?: (value: number) => string;
}

/** Draws both axes of a plot, with as many ticks on the horizontal axis as fit. */
export function drawAxes(plot: PlotGeometry, up: Axis, across: Axis): readonly SVGGElement[] {
  const ticks = ({ at, values, text = String }: Axis): { at: number; label: string }[] =>
    values.map((value) => ({ at: at(value), label: text(value) }));
  return [
    verticalAxis(plot, ticks(up), up.title),
    horizontalAxis(plot, withoutCrowdedTicks(ticks(across), 44), across.title),
  ];
}

/**
 * Draws a limit as a horizontal line, with a label on the side that the limit forbids.
 * @param end The end of the line at which the label is written, so that it avoids the curve.
 */
export function limitLine(
  { plot, y }: { readonly plot: PlotGeometry; readonly y: ValueToPx },
  kpi: KpiResult,
  end: 'begin' | 'end',
): SVGGElement {
  const at = y(kpi.limit);
  const place = {
    class: `limit-label halo ${end}`,
    x: end === 'end' ? plot.right - 4 : plot.left + 4,
    y: kpi.comparison.startsWith('>') ? at + 14 : at - 5,
  };
  return svgElement(
    'g',
    {},
    svgElement('line', { class: 'limit', x1: plot.left, x2: plot.right, y1: at, y2: at }),
    svgElement('text', place, `${kpiName(kpi)} ${limitText(kpi)}`),
  );
}
