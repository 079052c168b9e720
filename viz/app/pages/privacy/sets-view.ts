/**
 * The histogram of effective anonymity sets: the size of such a set says among how many messages a
 * target hides.
 *
 * @module
 */

import { scaleLinear } from 'd3-scale';
import { greatestOf } from '../../../../engine/pure/extremes.ts';
import { countWithNoun, wholeNumberText } from '../../../../reports/format.ts';
import { quantile, sortedAscending } from '../../../../reports/statistics/quantile.ts';
import { computePlotGeometry, elementRedrawnOnResize, plotSvg } from '../../chart/plot.ts';
import { withAxisReadout } from '../../chart/readings.ts';
import { svgElement } from '../../kernel/element.ts';
import { type AnonymitySetBar, anonymitySetBars } from './bits.ts';
import { drawAxes, makePrivacyChartFrame, type PrivacyChartContext } from './frame.ts';
import { entropySourceText } from './observers.ts';

const HEIGHT = 320;
const BARS = 16;

/** Makes the histogram of the sizes of effective anonymity sets; there must be targets. */
export function anonymitySetsChart(parts: PrivacyChartContext): HTMLElement {
  const { privacy } = parts;
  const frame = makePrivacyChartFrame('privacy-sets', parts, 'all');
  const sizes = sortedAscending(privacy.targets.map(({ entropy }) => 2 ** entropy));
  const title = `The usual target is one of ${wholeNumberText(Math.round(quantile(sizes, 0.5) ?? 1))}, the worst one of ${wholeNumberText(Math.round(sizes[0] ?? 1))}`;
  const bars = anonymitySetBars(privacy.targets, BARS);
  frame.show({
    title,
    caption: `Targets by size of their effective anonymity set, 2 to the entropy, in bars of equal width. ${entropySourceText(privacy)}`,
    table: () => ({
      columns: ['messages from', 'messages to', 'targets'],
      rows: bars.map(({ from, to, count }) => [from, to, count]),
    }),
  });
  frame.body.append(elementRedrawnOnResize(parts.signal, (width) => drawing(bars, width, title)));
  return frame.root;
}

function drawing(bars: readonly AnonymitySetBar[], width: number, words: string): HTMLElement {
  const plot = computePlotGeometry(width, HEIGHT, 44);
  const end = bars.at(-1)?.to ?? 1;
  const x = scaleLinear([0, end], [plot.left, plot.right]);
  const most = greatestOf([1, ...bars.map(({ count }) => count)]);
  const y = scaleLinear([0, most], [plot.bottom, plot.top]).nice();
  const counts = y.ticks(4).filter(Number.isInteger);
  const sizes = x.ticks(Math.max(3, Math.floor(width / 80)));
  const drawn = plotSvg(
    plot,
    words,
    drawAxes(
      plot,
      { at: y, values: counts, title: 'targets', text: wholeNumberText },
      { at: x, values: sizes, title: 'messages that it could be', text: wholeNumberText },
    ),
    bars.map(({ from, to, count }) =>
      svgElement('rect', {
        ...{ class: 'set-bar', x: x(from) + 1, width: Math.max(1, x(to) - x(from) - 2) },
        ...{ y: y(count), height: plot.bottom - y(count) },
      }),
    ),
  );
  const readings = bars.map(({ from, to, count }) => ({
    ...{ x: (x(from) + x(to)) / 2, y: y(count) },
    text: `${countWithNoun(count, 'target')} with ${wholeNumberText(from)} to ${wholeNumberText(to)} messages`,
  }));
  return withAxisReadout(drawn, readings, plot);
}
