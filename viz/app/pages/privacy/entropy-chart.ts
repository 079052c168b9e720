/**
 * The chart of the entropy of the targets over the time at which they were sent, below its ceiling
 * log2(N), with the band from the 10th to the 90th percentile.
 *
 * @module
 */

import { scaleLinear } from 'd3-scale';
import { greatestOf, leastOf } from '../../../../engine/pure/extremes.ts';
import { countWithNoun, wholeNumberText } from '../../../../reports/format.ts';
import { bandPath, linePath } from '../../chart/line-paths.ts';
import {
  computePlotGeometry,
  elementRedrawnOnResize,
  type PlotGeometry,
  plotSvg,
  type ValueToPx,
} from '../../chart/plot.ts';
import { withAxisReadout } from '../../chart/readings.ts';
import { svgElement } from '../../kernel/element.ts';
import {
  type EntropyInterval,
  type EntropyTarget,
  entropyIntervals,
  entropyQuantiles,
} from './bits.ts';
import {
  bitsText,
  drawAxes,
  limitKpisOn,
  limitLine,
  makePrivacyChartFrame,
  type PrivacyChartContext,
} from './frame.ts';
import { entropySourceText } from './observers.ts';

const HEIGHT = 320;
const METRIC = 'privacy.entropy.bits';
/** Largest number of dots; each dot is one target. More dots would hide the band. */
const DOTS_MAX = 400;

interface Places {
  readonly plot: PlotGeometry;
  readonly x: ValueToPx;
  readonly y: ValueToPx;
}

/** Makes the chart; undefined if the report does not say when the targets were sent. */
export function entropyChart(parts: PrivacyChartContext): HTMLElement | undefined {
  const { privacy } = parts;
  const stretches = entropyIntervals(privacy.targets);
  if (stretches.length === 0) return undefined;
  const frame = makePrivacyChartFrame('privacy-entropy', parts, 'all');
  const { p50, p10, ceiling } = entropyQuantiles(privacy.targets);
  const title = `Half of the targets hide in ${bitsText(p50)} or more, of ${ceiling.toFixed(2)} that were possible`;
  frame.show({
    title,
    caption: `Entropy by the time at which a target was made. Line: median; band: 10th to 90th percentile of the targets in each of ${countWithNoun(stretches.length, 'time bin')}; dots: targets; dashed: ceiling log2(N) of N candidates. ${entropySourceText(privacy)}`,
    summary: `${title}; one in ten hides in ${bitsText(p10)} or less.`,
    table: () => ({
      columns: ['from s', 'to s', 'targets', 'p10 bits', 'p50 bits', 'p90 bits', 'ceiling bits'],
      rows: stretches.map(({ fromNs, toNs, targets, ...bits }) => [
        ...[fromNs / 1e9, toNs / 1e9, targets, bits.p10, bits.p50, bits.p90, bits.ceiling],
      ]),
    }),
  });
  frame.body.append(
    elementRedrawnOnResize(parts.signal, (width) => drawing(parts, stretches, width)),
  );
  return frame.root;
}

function drawing(
  parts: PrivacyChartContext,
  stretches: readonly EntropyInterval[],
  width: number,
): HTMLElement {
  const { privacy, context } = parts;
  const { targets } = privacy;
  const plot = computePlotGeometry(width, HEIGHT, 44);
  const limits = limitKpisOn(context.report, METRIC);
  const values = [
    ...targets.map(({ entropy }) => entropy),
    ...stretches.map(({ ceiling }) => ceiling),
    ...limits.map(({ limit }) => limit),
  ];
  const times = stretches.flatMap(({ fromNs, toNs }) => [fromNs / 1e9, toNs / 1e9]);
  const from = leastOf(times);
  const to = greatestOf([...times, from + 1e-3]);
  const x = scaleLinear([from, to], [plot.left, plot.right]);
  const y = scaleLinear(bitsDomain(values), [plot.bottom, plot.top]);
  const places = { plot, x: (ns: number): number => x(ns / 1e9), y };
  const seconds = x.ticks(Math.max(3, Math.floor(width / 90)));
  const drawn = plotSvg(
    plot,
    'Entropy of the targets over time',
    drawAxes(
      plot,
      { at: y, values: y.ticks(6), title: 'bits' },
      { at: x, values: seconds, title: 's, when the target was made' },
    ),
    dots(targets, places),
    curves(stretches, places),
    limits.map((kpi) => limitLine({ plot, y }, kpi, 'end')),
  );
  return withAxisReadout(drawn, readingsOf(stretches, places), plot);
}

/**
 * Returns the range of the entropy axis, bits: from below the lowest value to just above the
 * highest value.
 */
function bitsDomain(values: readonly number[]): [number, number] {
  return [Math.max(0, Math.floor(leastOf(values) - 0.3)), greatestOf(values) + 0.4];
}

function dots(targets: readonly EntropyTarget[], { x, y }: Places): SVGGElement {
  const step = Math.ceil(targets.length / DOTS_MAX);
  const shown = targets.filter((_, i) => i % step === 0);
  return svgElement(
    'g',
    { class: 'targets' },
    shown.map(({ atNs = 0, entropy }) =>
      svgElement('circle', { cx: x(atNs), cy: y(entropy), r: 2 }),
    ),
  );
}

/** Draws the curves, which are horizontal within each interval. */
function curves(stretches: readonly EntropyInterval[], { plot, x, y }: Places): readonly Node[] {
  const corners = stretches.flatMap((one) => [
    { at: x(one.fromNs), one },
    { at: x(one.toNs), one },
  ]);
  const path = (of: (one: EntropyInterval) => number): string =>
    linePath(corners.map(({ at, one }) => [at, y(of(one))]));
  const band = bandPath(corners.map(({ at, one }) => [at, y(one.p10), y(one.p90)]));
  const last = stretches.at(-1);
  const candidates = last === undefined ? '' : `, N = ${wholeNumberText(2 ** last.ceiling)}`;
  return [
    svgElement('path', { class: 'band ink1', d: band }),
    svgElement('path', { class: 'line edge1', d: path(({ p10 }) => p10) }),
    svgElement('path', { class: 'line edge1', d: path(({ p90 }) => p90) }),
    svgElement('path', { class: 'line stroke1', d: path(({ p50 }) => p50) }),
    svgElement('path', { class: 'line ceiling', d: path(({ ceiling }) => ceiling) }),
    svgElement(
      'text',
      { class: 'halo', x: plot.left + 6, y: y(stretches[0]?.ceiling ?? 0) - 6 },
      `ceiling log2(N)${candidates}`,
    ),
  ];
}

function readingsOf(
  stretches: readonly EntropyInterval[],
  { x, y }: Places,
): readonly { readonly x: number; readonly y: number; readonly text: string }[] {
  return stretches.map(({ fromNs, toNs, targets, p10, p50, p90, ceiling }) => ({
    x: (x(fromNs) + x(toNs)) / 2,
    y: y(p50),
    text: `${(fromNs / 1e9).toFixed(1)} to ${(toNs / 1e9).toFixed(1)} s: median ${bitsText(p50)}, 10 % below ${p10.toFixed(2)}, 10 % above ${p90.toFixed(2)}, ceiling ${ceiling.toFixed(2)}; ${countWithNoun(targets, 'target')}`,
  }));
}
