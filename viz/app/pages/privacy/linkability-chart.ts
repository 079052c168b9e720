/**
 * The chart of who seems to write to whom: a matrix of senders and receivers. The darker a cell,
 * the more probable the pair is for the adversary; true pairs have a frame.
 *
 * @module
 */
import { greatestOf } from '../../../../engine/pure/extremes.ts';
import { countWithNoun } from '../../../../reports/format.ts';
import { computePlotGeometry, elementRedrawnOnResize, plotSvg } from '../../chart/plot.ts';
import { withPointReadout } from '../../chart/readings.ts';
import { element, svgElement } from '../../kernel/element.ts';
import { makePrivacyChartFrame, type PrivacyChartContext, percent } from './frame.ts';
import {
  COLOUR_STEPS,
  chooseColourStep,
  correctGuessCount,
  type LinkabilityPairs,
} from './pairs.ts';

const CELL_MAX = 34;
const CELL_MIN = 9;
const TOP = 66;
/** Room beyond the right edge of the matrix for the slanted label of the last column, px. */
const SLANT = 28;
/** The number is written only into cells that are at least this wide, px. */
const NUMBER_MIN = 30;

/**
 * Makes the chart of the probabilities of all pairs of sender and receiver; undefined if the report
 * has none.
 */
export function linkabilityChart(parts: PrivacyChartContext): HTMLElement | undefined {
  const { linkability } = parts.privacy;
  if (linkability === undefined || linkability.receivers.length === 0) return undefined;
  const frame = makePrivacyChartFrame('privacy-pairs', parts, 'shown');
  const { senders, receivers, targets, mass, partners } = linkability;
  const right = correctGuessCount(linkability);
  const count = targets.reduce((sum, one) => sum + one, 0);
  const title = `The likeliest receiver is the true one for ${right} of ${countWithNoun(senders.length, 'sender')}`;
  const most = greatestOf(mass.flat());
  frame.show({
    title,
    caption: `Probability of each receiver, mean of a sender's targets, cover left out; framed: the sender really wrote to this receiver. Adversary: ${parts.privacy.adversary}. Estimator: ${parts.privacy.estimator}, masses of one receiver added. Samples: ${countWithNoun(count, 'target')} of seed ${parts.context.report.shownSeed}.`,
    summary: `${title}; the largest probability of any pair is ${percent(most)}.`,
    table: () => ({
      columns: ['sender', 'receiver', 'probability', 'true share', 'targets'],
      rows: senders.flatMap((sender, row) =>
        receivers.map((receiver, column) => [
          ...[sender, receiver, mass[row]?.[column] ?? 0],
          ...[partners[row]?.[column] ?? 0, targets[row] ?? 0],
        ]),
      ),
    }),
  });
  frame.body.append(
    legend(most),
    element(
      'div',
      { class: 'pairs-room' },
      elementRedrawnOnResize(parts.signal, (width) =>
        drawing(linkability, most, { width, words: title }),
      ),
    ),
  );
  return frame.root;
}

function legend(most: number): HTMLElement {
  const keys = Array.from({ length: COLOUR_STEPS }, (_, step) =>
    element(
      'span',
      {},
      svgElement(
        'svg',
        { 'aria-hidden': 'true', width: 12, height: 12 },
        svgElement('rect', { class: `cell step${step + 1}`, width: 12, height: 12 }),
      ),
      `to ${percent(((step + 1) * most) / COLOUR_STEPS)}`,
    ),
  );
  const frame = svgElement('rect', {
    ...{ class: 'cell partner', x: 1, y: 1, width: 10, height: 10 },
  });
  const partner = element(
    'span',
    {},
    svgElement('svg', { 'aria-hidden': 'true', width: 12, height: 12 }, frame),
    'really wrote',
  );
  return element('p', { class: 'legend' }, keys, partner);
}

function drawing(
  { senders, receivers, mass, partners, targets }: LinkabilityPairs,
  most: number,
  { width, words }: { readonly width: number; readonly words: string },
): HTMLElement {
  const left = width < 500 ? 62 : 84;
  const fitting = (width - left - SLANT) / receivers.length;
  const cell = Math.max(CELL_MIN, Math.min(CELL_MAX, fitting));
  const plot = computePlotGeometry(
    Math.max(width, left + cell * receivers.length + SLANT),
    TOP + cell * senders.length + 4,
    left,
  );
  const labelEach = Math.max(1, Math.ceil(14 / cell));
  const cells = senders.flatMap((sender, row) =>
    receivers.map((receiver, column) => ({
      ...{ sender, receiver, row, column, targets: targets[row] ?? 0 },
      ...{ mass: mass[row]?.[column] ?? 0, true: partners[row]?.[column] ?? 0 },
      ...{ x: left + cell * column, y: TOP + cell * row },
    })),
  );
  const place = (one: (typeof cells)[number], inset: number): Readonly<Record<string, number>> => ({
    ...{ x: one.x + inset, y: one.y + inset },
    ...{ width: Math.max(1, cell - 2 * inset), height: Math.max(1, cell - 2 * inset) },
  });
  const drawn = plotSvg(
    plot,
    words,
    cells.map((one) =>
      svgElement('rect', {
        class: `cell step${chooseColourStep(one.mass, most)}`,
        ...place(one, 0.5),
      }),
    ),
    cells
      .filter((one) => one.true > 0)
      .map((one) => svgElement('rect', { class: 'cell partner', ...place(one, 1) })),
    cell < NUMBER_MIN
      ? []
      : cells.map((one) =>
          svgElement(
            'text',
            { class: 'middle halo strong', x: one.x + cell / 2, y: one.y + cell / 2 + 4 },
            String(Math.round(100 * one.mass)),
          ),
        ),
    labels(senders, labelEach, (label, row) =>
      svgElement('text', { class: 'end', x: left - 6, y: TOP + cell * (row + 0.5) + 4 }, label),
    ),
    labels(receivers, labelEach, (label, column) => {
      const x = left + cell * (column + 0.5) + 4;
      return svgElement('text', { x, y: TOP - 6, transform: `rotate(-60 ${x} ${TOP - 6})` }, label);
    }),
  );
  const readings = cells.map((one) => ({
    ...{ x: one.x + cell / 2, y: one.y + cell / 2 },
    text: `${one.sender} to ${one.receiver}: believed ${percent(one.mass)}, true ${percent(one.true)} of ${countWithNoun(one.targets, 'target')}`,
  }));
  return withPointReadout(drawn, readings, { perRow: receivers.length });
}

function labels(
  names: readonly string[],
  each: number,
  draw: (label: string, at: number) => SVGElement,
): readonly SVGElement[] {
  return names.flatMap((name, at) => (at % each === 0 ? draw(name, at) : []));
}
