/**
 * The chart of a privacy budget: epsilon over the rounds with its limit and, in a panel below it,
 * over the same rounds, the accuracy reached with this budget (docs/spec/browser-view.md).
 *
 * @module
 */

import { scaleLinear } from 'd3-scale';
import { greatestOf, leastOf } from '../../../../engine/pure/extremes.ts';
import { countWithNoun, significantDigitsText } from '../../../../reports/format.ts';
import { limitText } from '../../../../reports/kpi-text.ts';
import type { KpiResult } from '../../../../reports/report-schema.ts';
import { bandPath, linePath } from '../../chart/line-paths.ts';
import {
  computePlotGeometry,
  elementRedrawnOnResize,
  type PlotGeometry,
  plotSvg,
  type ValueToPx,
} from '../../chart/plot.ts';
import { type ReadoutMark, withAxisReadout } from '../../chart/readings.ts';
import { svgElement } from '../../kernel/element.ts';
import type { ReportPageContext } from '../../kernel/page.ts';
import {
  type Budget,
  firstOverspentRound,
  type Round,
  roundsOf,
  type SeedQuantiles,
  samplesBySeed,
} from './budget.ts';
import { drawAxes, limitKpisOn, limitLine, makePrivacyChartFrame, percent } from './frame.ts';

const EPSILON = 'dp.epsilon';
const ACCURACY = 'dp.accuracy';
const SPENT_HEIGHT = 250;
const ACCURACY_HEIGHT = 160;
const NEIGHBOURS =
  'Adversary: sees everything that is released, and knows all inputs except the part in question (differential privacy, Dwork and Roth 2014).';

interface BudgetParts {
  readonly context: ReportPageContext;
  readonly budget: Budget;
  readonly rounds: readonly Round[];
}

/** A panel of the chart: one quantity over the rounds, with its own vertical axis. */
interface Panel {
  readonly metric: string;
  readonly plot: PlotGeometry;
  readonly x: ValueToPx;
  readonly y: ValueToPx;
  readonly of: (round: Round) => SeedQuantiles | undefined;
  readonly ofSeed: (sample: Budget['rounds'][number]) => number | undefined;
  readonly ink: 1 | 2;
}

/**
 * Makes the chart of the privacy budget spent over the rounds; there must be at least one round.
 */
export function budgetChart(context: ReportPageContext, budget: Budget): HTMLElement {
  const parts = { context, budget, rounds: roundsOf(budget) };
  const frame = makePrivacyChartFrame('privacy-budget', { context }, 'all');
  const title = titleOf(parts);
  frame.show({ title, caption: captionOf(parts), table: () => tableOf(parts) });
  frame.body.append(
    elementRedrawnOnResize(context.signal, (width) => drawing(parts, width, title)),
  );
  return frame.root;
}

function titleOf({ context, budget, rounds }: BudgetParts): string {
  const last = rounds.at(-1);
  const most = greatestOf(budget.rounds.map(({ epsilon }) => epsilon));
  const spent = `After ${countWithNoun(last?.round ?? 0, 'round')} epsilon ${significantDigitsText(most, 3)} is spent`;
  const right =
    last?.accuracy === undefined ? '' : `, and ${percent(last.accuracy.p50)} of answers are right`;
  const over = valueLimits(context, EPSILON).flatMap((kpi) => {
    // A limit on the maximum is exceeded as soon as one round is above it; this does not apply to
    // limits on other aggregations.
    const from = kpi.aggregation === 'max' ? firstOverspentRound(budget, kpi) : undefined;
    return from === undefined ? [] : `; the limit ${limitText(kpi)} is passed in round ${from}`;
  });
  return [spent, right, ...over].join('');
}

/** Returns the KPIs that limit the values of a metric, without those that limit its count. */
function valueLimits({ report }: ReportPageContext, metric: string): readonly KpiResult[] {
  return limitKpisOn(report, metric).filter(({ aggregation }) => aggregation !== 'count');
}

function captionOf({ context, budget, rounds }: BudgetParts): string {
  const { report } = context;
  const seeds = samplesBySeed(budget).size;
  const many =
    seeds > 1 ? 'Line: median; band: 10th to 90th percentile of the seeds; faint: each seed. ' : '';
  const counted = report.scenario.warmupNs > 0 ? ', counted from the end of the warm-up' : '';
  const delta =
    budget.delta === null
      ? 'The protocol states no delta, without which epsilon means little.'
      : `Delta: at most ${budget.delta}.`;
  const hasLimit = [EPSILON, ACCURACY].some((metric) => valueLimits(context, metric).length > 0);
  const dashed = hasLimit ? "Dashed: the scenario's limit. " : '';
  const words = (metric: string): string => report.metrics[metric]?.help ?? 'unknown';
  const accuracy = rounds.some((one) => one.accuracy) ? `; ${words(ACCURACY)}` : '';
  const samples = `${countWithNoun(budget.rounds.length, 'round')} of ${countWithNoun(seeds, 'seed')}`;
  return `Epsilon spent since the start of the run, and accuracy, over rounds${counted}. ${many}${dashed}${delta} ${NEIGHBOURS} Estimator: ${words(EPSILON)}${accuracy}. Samples: ${samples}.`;
}

function tableOf({ budget, rounds }: BudgetParts): {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
} {
  const seeds = samplesBySeed(budget).size;
  const spread = (one: SeedQuantiles | undefined): (number | null)[] =>
    one === undefined ? [null, null, null] : [one.p50, one.p10, one.p90];
  const all = rounds.map((one) => [
    ...[
      countWithNoun(one.seeds, 'seed'),
      one.round,
      ...spread(one.epsilon),
      ...spread(one.accuracy),
    ],
  ]);
  const each = budget.rounds.map(({ seed, round, epsilon, accuracy = null }) => [
    ...[`seed ${seed}`, round, epsilon, null, null, accuracy, null, null],
  ]);
  return {
    columns: [
      ...['of', 'round', 'epsilon', 'epsilon p10', 'epsilon p90'],
      ...['accuracy', 'accuracy p10', 'accuracy p90'],
    ],
    rows: seeds > 1 ? [...all, ...each] : each,
  };
}

function drawing(parts: BudgetParts, width: number, words: string): HTMLElement {
  const { context, budget, rounds } = parts;
  const hasAccuracy = rounds.some(({ accuracy }) => accuracy !== undefined);
  const plot = computePlotGeometry(width, SPENT_HEIGHT, 52);
  const x = scaleLinear([0, rounds.at(-1)?.round ?? 1], [plot.left, plot.right]);
  const limits = valueLimits(context, EPSILON).map(({ limit }) => limit);
  const most = greatestOf([...limits, ...budget.rounds.map(({ epsilon }) => epsilon), 1e-9]);
  const y = scaleLinear([0, 1.08 * most], [plot.bottom, plot.top]);
  const ticks = x.ticks(Math.max(3, Math.floor(width / 90))).filter(Number.isInteger);
  const across = { at: x, values: ticks, title: 'round' };
  const spent: Panel = {
    ...{ metric: EPSILON, plot, x, y, ink: 1 },
    ...{ of: (round) => round.epsilon, ofSeed: (sample) => sample.epsilon },
  };
  const drawn = plotSvg(
    { ...plot, height: SPENT_HEIGHT + (hasAccuracy ? ACCURACY_HEIGHT : 0) },
    words,
    drawAxes(plot, { at: y, values: y.ticks(5), title: 'epsilon' }, across),
    panelParts(parts, spent),
  );
  let { bottom } = plot;
  if (hasAccuracy) {
    const below = computePlotGeometry(width, ACCURACY_HEIGHT, 52);
    const share = scaleLinear(sharesShown(parts), [below.bottom, below.top]);
    const right: Panel = {
      ...{ metric: ACCURACY, plot: below, x, y: share, ink: 2 },
      ...{ of: (round) => round.accuracy, ofSeed: (sample) => sample.accuracy },
    };
    const up = { at: share, values: share.ticks(4), title: 'accuracy', text: tickPercent };
    drawn.append(
      svgElement(
        'g',
        { transform: `translate(0 ${SPENT_HEIGHT})` },
        drawAxes(below, up, across),
        panelParts(parts, right),
      ),
    );
    bottom = SPENT_HEIGHT + below.bottom;
  }
  return withAxisReadout(drawn, readingsOf(rounds, spent), { top: plot.top, bottom });
}

/** Formats a share as the label of a tick, as in `90 %`, with as few digits as possible. */
function tickPercent(share: number): string {
  return `${Number((100 * share).toFixed(6))} %`;
}

/**
 * Returns the range of the accuracy axis: from a round value below the lowest accuracy or limit up
 * to 100 %.
 */
function sharesShown({ context, budget }: BudgetParts): readonly [number, number] {
  const limits = valueLimits(context, ACCURACY).map(({ limit }) => limit);
  const found = budget.rounds.flatMap(({ accuracy }) => accuracy ?? []);
  return [Math.max(0, Math.floor(10 * leastOf([...limits, ...found]) - 0.5) / 10), 1];
}

/** Draws the curves of single seeds faintly, the band, the median and the limits of a panel. */
function panelParts({ context, budget, rounds }: BudgetParts, panel: Panel): readonly Node[] {
  const { x, y, of, ofSeed, ink, plot } = panel;
  const seeds = [...samplesBySeed(budget).values()];
  const known = rounds.flatMap((one) => {
    const spread = of(one);
    return spread === undefined ? [] : { at: x(one.round), ...spread };
  });
  const path = (pick: (one: (typeof known)[number]) => number): string =>
    linePath(known.map((one) => [one.at, y(pick(one))]));
  const band = bandPath(known.map(({ at, p10, p90 }) => [at, y(p10), y(p90)]));
  const faint = seeds.map((samples) => {
    const measured = samples.filter((one) => ofSeed(one) !== undefined);
    const way = linePath(measured.map((one) => [x(one.round), y(ofSeed(one) ?? 0)]));
    return svgElement('path', { class: 'line faint', d: way });
  });
  return [
    ...(seeds.length > 1
      ? [
          ...faint,
          svgElement('path', { class: `band ink${ink}`, d: band }),
          svgElement('path', { class: `line edge${ink}`, d: path(({ p10 }) => p10) }),
          svgElement('path', { class: `line edge${ink}`, d: path(({ p90 }) => p90) }),
        ]
      : []),
    svgElement('path', { class: `line stroke${ink}`, d: path(({ p50 }) => p50) }),
    // A single round is drawn as a circle, since a line needs at least two points.
    ...known
      .slice(0, known.length === 1 ? 1 : 0)
      .map(({ at, p50 }) => svgElement('circle', { class: `ink${ink}`, cx: at, cy: y(p50), r: 3 })),
    // Both curves rise: the label of an upper limit has room at the start of its line, that of a
    // lower limit at the end.
    ...valueLimits(context, panel.metric).map((kpi) =>
      limitLine({ plot, y }, kpi, kpi.comparison.startsWith('>') ? 'end' : 'begin'),
    ),
  ];
}

function readingsOf(rounds: readonly Round[], { x, y }: Panel): readonly ReadoutMark[] {
  const text = ({ p10, p50, p90 }: SeedQuantiles, words: (value: number) => string): string =>
    p10 === p90 ? words(p50) : `${words(p50)} (p10 ${words(p10)}, p90 ${words(p90)})`;
  return rounds.map(({ round, seeds, epsilon, accuracy }) => {
    const right = accuracy === undefined ? '' : `, accuracy ${text(accuracy, percent)}`;
    const spent = text(epsilon, (value) => significantDigitsText(value, 3));
    return {
      ...{ x: x(round), y: y(epsilon.p50) },
      text: `round ${round}: epsilon ${spent}${right}; ${countWithNoun(seeds, 'seed')}`,
    };
  });
}
