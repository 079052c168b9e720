/**
 * Draws the differences of one KPI by seed: a dot for each seed above or below a line at zero, and
 * under all dots the mean difference with its confidence interval. If A and B have no seed in
 * common, it draws the values of the seeds of A and of B on one axis instead.
 *
 * @module
 */

import { scaleLinear } from 'd3-scale';
import { greatestOf, leastOf } from '../../../../engine/pure/extremes.ts';
import type { KpiChange } from '../../../../reports/compare.ts';
import { chooseUnitScale, quantityText } from '../../../../reports/format.ts';
import { kpiName } from '../../../../reports/kpi-text.ts';
import type { KpiResult } from '../../../../reports/report-schema.ts';
import {
  computePlotGeometry,
  horizontalAxis,
  type PlotGeometry,
  plotSvg,
  tickText,
  type ValueToPx,
  withoutCrowdedTicks,
} from '../../chart/plot.ts';
import { svgElement } from '../../kernel/element.ts';
import { differenceText } from './words.ts';

const MARGIN_TOP = 24;

/** The same KPI in both runs. */
export interface KpiPair {
  readonly a: KpiResult;
  readonly b: KpiResult;
  readonly change: KpiChange;
}

/** The values of one seed in both runs. */
export interface SeedValuePair {
  readonly seed: number;
  readonly a: number;
  readonly b: number;
}

/** Lists the seeds that both runs measured, with the values of both. */
export function seedValuePairs({ a, b }: Pick<KpiPair, 'a' | 'b'>): readonly SeedValuePair[] {
  const ofA = new Map(a.perSeed.map(({ seed, value }) => [seed, value]));
  return b.perSeed.flatMap(({ seed, value }) => {
    const left = ofA.get(seed);
    return value === null || left === null || left === undefined
      ? []
      : [{ seed, a: left, b: value }];
  });
}

/** Makes the rows of the table: one for each seed that A or B measured, with both values. */
export function differenceRows({
  a,
  b,
}: KpiPair): readonly (readonly (string | number | null)[])[] {
  const ofB = new Map(b.perSeed.map(({ seed, value }) => [seed, value]));
  const seeds = [...new Set([...a.perSeed, ...b.perSeed].map(({ seed }) => seed))];
  const ofA = new Map(a.perSeed.map(({ seed, value }) => [seed, value]));
  return seeds.map((seed) => {
    const [left, right] = [ofA.get(seed) ?? null, ofB.get(seed) ?? null];
    const minus = left === null || right === null ? null : right - left;
    return [kpiName(a), a.unit, String(seed), left, right, minus];
  });
}

/** Draws the chart for a given width. */
export function differencesDrawing(
  pair: KpiPair,
  width: number,
  { words, isPaired }: { readonly words: string; readonly isPaired: boolean },
): Node {
  return isPaired ? pairedDrawing(pair, width, words) : groupsDrawing(pair, width, words);
}

function pairedDrawing({ a, b, change }: KpiPair, width: number, words: string): Node {
  const pairs = seedValuePairs({ a, b });
  const pitch = Math.max(5, Math.min(20, 480 / Math.max(1, pairs.length)));
  const height = MARGIN_TOP + pitch * pairs.length + 50 + 34;
  const plot = { ...computePlotGeometry(width, height, 72), top: MARGIN_TOP };
  const { difference, unit } = change;
  const values = pairs.map((one) => one.b - one.a);
  const x = scaleAround([...values, difference?.low ?? 0, difference?.high ?? 0, 0], plot);
  const zero = x(0);
  const rows = pairs.flatMap(({ seed }, at) => {
    const value = values[at] ?? 0;
    const y = plot.top + pitch * (at + 0.5);
    return [
      svgElement('line', { class: 'difference', x1: zero, x2: x(value), y1: y, y2: y }),
      svgElement(
        'circle',
        { class: 'pair', cx: x(value), cy: y, r: Math.min(4, pitch / 2) },
        svgElement('title', {}, `seed ${seed}: ${quantityText(value, scaleUnit(unit))}`),
      ),
      pitch >= 12 &&
        svgElement('text', { class: 'end', x: plot.left - 8, y: y + 4 }, `seed ${seed}`),
    ].filter((one) => one !== false);
  });
  const bottom = plot.top + pitch * pairs.length + 20;
  return plotSvg(
    plot,
    words,
    svgElement('line', { class: 'zero', x1: zero, x2: zero, y1: plot.top, y2: plot.bottom }),
    svgElement('text', { class: 'middle', x: Math.min(zero, width - 44), y: 14 }, 'no difference'),
    rows,
    meanOf(change, { plot, x, y: bottom }),
    axisOf(values, unit, { plot, x, title: 'B minus A' }),
  );
}

interface Place {
  readonly plot: PlotGeometry;
  readonly x: ValueToPx & { ticks(count: number): number[] };
}

/** Draws the mean difference as a diamond, and its confidence interval as a line. */
function meanOf(change: KpiChange, { plot, x, y }: Place & { readonly y: number }): Node[] {
  const { difference } = change;
  if (difference === undefined) return [];
  const { low, high, mean } = difference;
  const at = x(mean);
  const isRight = at > (plot.left + plot.right) / 2;
  return [
    svgElement('line', { class: 'mean-interval', x1: x(low), x2: x(high), y1: y, y2: y }),
    svgElement('path', {
      class: 'mean',
      d: `M${at - 6} ${y}L${at} ${y - 6}L${at + 6} ${y}L${at} ${y + 6}Z`,
    }),
    svgElement('text', { class: 'end', x: plot.left - 8, y: y + 4 }, 'mean'),
    svgElement(
      'text',
      {
        class: `strong halo ${isRight ? 'end' : 'start'}`,
        ...{ x: isRight ? x(high) : x(low), y: y + 20 },
      },
      differenceText(change),
    ),
  ];
}

function groupsDrawing({ a, b, change }: KpiPair, width: number, words: string): Node {
  const plot = { ...computePlotGeometry(width, 150, 48), top: MARGIN_TOP };
  const known = ({ perSeed }: KpiResult): readonly number[] =>
    perSeed.flatMap(({ value }) => (value === null ? [] : [value]));
  const groups = [
    { name: 'A', colour: 1, values: known(a), y: 44 },
    { name: 'B', colour: 2, values: known(b), y: 88 },
  ];
  const all = groups.flatMap(({ values }) => values);
  const x = scaleAround(all, plot);
  const marks = groups.flatMap(({ name, colour, values, y }) => [
    svgElement('text', { class: 'end strong', x: plot.left - 8, y: y + 4 }, name),
    svgElement('line', { class: 'grid', x1: plot.left, x2: plot.right, y1: y, y2: y }),
    ...values.map((value) =>
      svgElement('circle', {
        ...{ cx: x(value), cy: y, r: 4, 'fill-opacity': 0.6 },
        fill: `var(--c${colour})`,
      }),
    ),
  ]);
  const title = 'a dot for each seed';
  return plotSvg(plot, words, marks, axisOf(all, change.unit, { plot, x, title }));
}

function scaleAround(
  values: readonly number[],
  plot: PlotGeometry,
): ValueToPx & { ticks(count: number): number[] } {
  const low = leastOf(values);
  const high = greatestOf(values);
  const room = (high - low) * 0.08 || Math.abs(high) * 0.1 || 1;
  return scaleLinear([low - room, high + room], [plot.left, plot.right]);
}

function axisOf(
  values: readonly number[],
  unit: string,
  { plot, x, title }: Place & { readonly title: string },
): Node {
  const scale = chooseUnitScale(greatestOf([0, ...values.map(Math.abs)]), unit);
  const suffix = scale.suffix === '%' ? 'percentage points' : scale.suffix || unit;
  const ticks = x
    .ticks(Math.max(3, Math.floor(plot.width / 130)))
    .map((value) => ({ at: x(value), label: tickText(value, scale) }));
  return horizontalAxis(plot, withoutCrowdedTicks(ticks, 56), `${title}, ${suffix}`);
}

/**
 * Returns the unit in which differences are written. Near 100 %, a ratio is written with extra
 * digits, which a difference of two ratios does not need.
 */
function scaleUnit(unit: string): string {
  return unit === 'ratio' ? '' : unit;
}
