/**
 * Charts of the attacks: how often each attack was right, with its confidence interval, compared
 * with guessing and with the limit of the scenario; and the ROC curves of attacks that score pairs.
 *
 * @module
 */
import { scaleLinear } from 'd3-scale';
import { countWithNoun } from '../../../../reports/format.ts';
import { limitText } from '../../../../reports/kpi-text.ts';
import { wilsonInterval } from '../../../../reports/statistics/proportion.ts';
import { bandPath, linePath } from '../../chart/line-paths.ts';
import {
  computePlotGeometry,
  elementRedrawnOnResize,
  horizontalAxis,
  type PlotGeometry,
  plotSvg,
  verticalAxis,
} from '../../chart/plot.ts';
import { withAxisReadout, withPointReadout } from '../../chart/readings.ts';
import { svgElement } from '../../kernel/element.ts';
import { limitKpisOn, makePrivacyChartFrame, type PrivacyChartContext, percent } from './frame.ts';
import type { Attack } from './observers.ts';

const ROW = 44;
const ROC_HEIGHT = 360;
const SHARES = [0, 0.25, 0.5, 0.75, 1];

/** Makes a chart with one row for each attack of the chosen adversary. */
export function attackChart(parts: PrivacyChartContext): HTMLElement {
  const { attacks } = parts.observer;
  const frame = makePrivacyChartFrame('privacy-attacks', parts, 'shown');
  const best = attacks.reduce((most, one) => (one.success > most.success ? one : most));
  const how = best.hits === undefined ? 'has an area of' : 'is right in';
  const title = `${wordOf(best)} ${how} ${percent(best.success)} (${percent(best.low)} to ${percent(best.high)}), guessing ${percent(best.chance)}`;
  frame.show({
    title,
    caption: `Success with its 95 % interval; tick: guessing; dashed: the scenario's limit. ${sourceOf(parts)}`,
    table: () => ({
      columns: [
        ...['attack', 'success', 'low', 'high', 'interval', 'guessing', 'trials'],
        ...['adversary', 'estimator'],
      ],
      rows: attacks.map((one) => [
        ...[one.attack, one.success, one.low, one.high, one.interval, one.chance, one.trials],
        ...[one.adversary, one.estimator],
      ]),
    }),
  });
  frame.body.append(
    elementRedrawnOnResize(parts.signal, (width) => attackDrawing(parts, width, title)),
  );
  return frame.root;
}

function wordOf({ attack }: Attack): string {
  return attack.replaceAll('_', ' ');
}

/** Names the estimator and the number of trials of each attack. */
function sourceOf({ observer, context }: PrivacyChartContext): string {
  const each = observer.attacks.map(
    (one) =>
      `${wordOf(one)}: ${one.estimator}; ${countWithNoun(one.trials, 'trial')}, interval ${one.interval}`,
  );
  return `Adversary: ${observer.sees}. Estimator: ${each.join('. ')}. Seed ${context.report.shownSeed}.`;
}

function attackDrawing(
  { observer, context }: PrivacyChartContext,
  width: number,
  words: string,
): HTMLElement {
  const { attacks } = observer;
  const plot = { ...computePlotGeometry(width, 58 + ROW * attacks.length, 16), top: 8 };
  const x = scaleLinear([0, 1], [plot.left, plot.right]);
  const rows = attacks.map((one, i) => {
    const y = plot.top + ROW * i + 30;
    const [limit] = limitKpisOn(context.report, `privacy.attack.${one.attack}.success`);
    return svgElement(
      'g',
      {},
      svgElement('line', { class: 'grid', x1: plot.left, x2: plot.right, y1: y, y2: y }),
      svgElement('text', { class: 'strong', x: plot.left, y: y - 14 }, wordOf(one)),
      svgElement('line', { class: 'interval', x1: x(one.low), x2: x(one.high), y1: y, y2: y }),
      svgElement('line', {
        ...{ class: 'chance', x1: x(one.chance), x2: x(one.chance), y1: y - 8, y2: y + 8 },
      }),
      svgElement('circle', { class: 'point', cx: x(one.success), cy: y, r: 5 }),
      limit !== undefined &&
        svgElement('line', {
          ...{ class: 'limit', x1: x(limit.limit), x2: x(limit.limit), y1: y - 12, y2: y + 12 },
        }),
      limit !== undefined &&
        svgElement(
          'text',
          {
            class: `limit-label halo ${limit.limit > 0.5 ? 'end' : ''}`,
            ...{ x: x(limit.limit) + (limit.limit > 0.5 ? -5 : 5), y: y - 14 },
          },
          limitText(limit),
        ),
    );
  });
  const ticks = SHARES.map((share) => ({ at: x(share), label: `${100 * share} %` }));
  const drawn = plotSvg(plot, words, horizontalAxis(plot, ticks, 'success'), rows);
  const readings = attacks.map((one, i) => ({
    x: x(one.success),
    y: plot.top + ROW * i + 30,
    text: `${wordOf(one)}: ${percent(one.success)}, ${percent(one.low)} to ${percent(one.high)} (${one.interval}), guessing ${percent(one.chance)}, ${countWithNoun(one.trials, 'trial')}`,
  }));
  return withPointReadout(drawn, readings);
}

/** Makes a chart for each attack that has a ROC curve. */
export function rocCharts(parts: PrivacyChartContext): readonly HTMLElement[] {
  const curved = parts.observer.attacks.filter(({ roc = [] }) => roc.length > 1);
  return curved.map((attack) => rocOf(parts, attack));
}

function rocOf(parts: PrivacyChartContext, attack: Attack): HTMLElement {
  const frame = makePrivacyChartFrame(`privacy-roc-${attack.attack}`, parts, 'shown');
  const { success, low, high, trials, roc = [] } = attack;
  const doubt =
    low <= attack.chance && attack.chance <= high ? 'guessing is inside' : 'guessing is outside';
  const title = `${wordOf(attack)}: area ${percent(success)}, ${percent(low)} to ${percent(high)}; ${doubt}`;
  frame.show({
    title,
    caption: `ROC curve; interval of the area: ${attack.interval}; band: Wilson 95 % of each true positive rate. Adversary: ${attack.adversary}. Estimator: ${attack.estimator}. Samples: ${countWithNoun(trials, 'pair')} of partners, seed ${parts.context.report.shownSeed}.`,
    table: () => ({
      columns: ['attack', 'false positive rate', 'true positive rate', 'low', 'high'],
      rows: roc.map(({ falsePositive, truePositive }) => {
        const bounds = wilsonInterval(truePositive * trials, trials);
        return [attack.attack, falsePositive, truePositive, bounds.low, bounds.high];
      }),
    }),
  });
  frame.body.append(
    elementRedrawnOnResize(parts.signal, (width) => rocDrawing(attack, width, title)),
  );
  return frame.root;
}

function rocDrawing(attack: Attack, width: number, words: string): HTMLElement {
  const { roc = [], trials } = attack;
  const full = computePlotGeometry(Math.min(width, ROC_HEIGHT + 40), ROC_HEIGHT, 50);
  const plot: PlotGeometry = { ...full, width };
  const x = scaleLinear([0, 1], [plot.left, plot.right]);
  const y = scaleLinear([0, 1], [plot.bottom, plot.top]);
  const points = roc.map((point) => ({
    ...point,
    ...wilsonInterval(point.truePositive * trials, trials),
  }));
  const curve = linePath(points.map((one) => [x(one.falsePositive), y(one.truePositive)]));
  const band = bandPath(points.map((one) => [x(one.falsePositive), y(one.low), y(one.high)]));
  const across = SHARES.map((share) => ({ at: x(share), label: `${100 * share} %` }));
  const up = SHARES.map((share) => ({ at: y(share), label: `${100 * share} %` }));
  const drawn = plotSvg(
    plot,
    words,
    verticalAxis(plot, up, 'partners that are found'),
    horizontalAxis(plot, across, 'strangers taken for partners'),
    svgElement('line', { class: 'guess', x1: x(0), y1: y(0), x2: x(1), y2: y(1) }),
    svgElement('text', { class: 'halo', x: x(0.82) + 6, y: y(0.78) }, 'guessing'),
    svgElement('path', { class: 'band ink1', d: band }),
    svgElement('path', { class: 'line stroke1', d: curve }),
  );
  const readings = points.map((point) => ({
    ...{ x: x(point.falsePositive), y: y(point.truePositive) },
    text: `${percent(point.truePositive)} of the partners (${percent(point.low)} to ${percent(point.high)}) at ${percent(point.falsePositive)} of the strangers`,
  }));
  return withAxisReadout(drawn, readings, plot);
}
