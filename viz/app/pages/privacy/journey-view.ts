/**
 * The alluvial diagram of one message. The width of a ribbon is the probability that the adversary
 * assigns to its hop; the route that the message really took is darker.
 *
 * @module
 */

import { type SankeyLink, type SankeyNode, sankey } from 'd3-sankey';
import { greatestOf } from '../../../../engine/pure/extremes.ts';
import { countWithNoun, wholeNumberText } from '../../../../reports/format.ts';
import { computePlotGeometry, elementRedrawnOnResize, plotSvg } from '../../chart/plot.ts';
import { withPointReadout } from '../../chart/readings.ts';
import { svgElement } from '../../kernel/element.ts';
import {
  type Journey,
  type JourneyColumns,
  type JourneyStop,
  journeyColumns,
  type Ribbon,
} from './flows.ts';
import { bitsText, makePrivacyChartFrame, type PrivacyChartContext, percent } from './frame.ts';

const HEIGHT = 380;
const NARROW = 560;
const TOP = 30;
const STOP_WIDTH = 12;
const EDGE = 2;
/** Entries that are less high than this have no room for a name, px. */
const LABEL_MIN = 6;

/** The data of a ribbon that d3-sankey carries along, besides the ribbon's ends and width. */
type Width = Pick<Ribbon, 'isTrue'>;
type StopNode = SankeyNode<JourneyStop, Width>;
type RibbonLink = SankeyLink<JourneyStop, Width>;

/** Makes the chart; undefined if the report has no journey. */
export function journeyChart(parts: PrivacyChartContext): HTMLElement | undefined {
  const { journey } = parts.privacy;
  if (journey === undefined || journey.flows.length === 0) return undefined;
  const frame = makePrivacyChartFrame('privacy-journey', parts, 'shown');
  const whom = journey.recipient === null ? 'to nobody' : `to ${journey.recipient}`;
  const likeliest = exitOf(journey);
  const title = `The message of ${journey.sender} ${whom} may be one of ${wholeNumberText(Math.round(2 ** journey.entropy))}; the likeliest way out has ${percent(likeliest)}`;
  const columns = journeyColumns(journey, 10);
  frame.show({
    title,
    caption: `One target, of median entropy (${bitsText(journey.entropy)}), made at ${(journey.atNs / 1e9).toFixed(2)} s in seed ${parts.context.report.shownSeed}. Width: probability of this step; stronger colour: where the message really went.${leftOut(columns)} Adversary: ${parts.privacy.adversary}. Estimator: ${parts.privacy.estimator}. Samples: 1 target.`,
    summary: title,
    table: () => ({
      columns: ['from', 'to', 'probability'],
      rows: journey.flows.map(({ from, to, mass }) => [from, to, mass]),
    }),
  });
  frame.body.append(
    elementRedrawnOnResize(parts.signal, (width) => drawing(journey, width, title)),
  );
  return frame.root;
}

/** Returns the probability of the most likely exit, as the adversary believes. */
function exitOf({ flows, mixes }: Journey): number {
  const exits = new Map<string, number>();
  let all = 0;
  for (const { from, to, mass } of flows) {
    if (!mixes.includes(from) || mixes.includes(to)) continue;
    exits.set(to, (exits.get(to) ?? 0) + mass);
    all += mass;
  }
  return all === 0 ? 0 : greatestOf([0, ...exits.values()]) / all;
}

function leftOut({ hidden, again }: JourneyColumns): string {
  const round =
    again > 0.005
      ? ` ${again.toFixed(2)} passages return to a node already drawn, as loops of mixes and acknowledgements do.`
      : '';
  return hidden > 0.005 ? `${round} ${hidden.toFixed(2)} passages are not drawn.` : round;
}

function drawing(journey: Journey, width: number, words: string): HTMLElement {
  const isNarrow = width < NARROW;
  const { stops, ribbons, titles } = journeyColumns(journey, isNarrow ? 6 : 10);
  const plot = computePlotGeometry(width, HEIGHT, 0);
  const layout = sankey<JourneyStop, Width>()
    .nodeId(({ id }) => id)
    .nodeAlign(({ column }) => column)
    .nodeSort(null)
    .nodeWidth(STOP_WIDTH)
    .nodePadding(isNarrow ? 8 : 12)
    .extent([
      [EDGE, TOP],
      [width - EDGE, HEIGHT - 8],
    ]);
  const { nodes, links } = layout({
    nodes: stops.map((stop) => ({ ...stop })),
    links: ribbons.map((ribbon) => ({ ...ribbon, value: ribbon.mass })),
  });
  const last = titles.length - 1;
  const heads = titles.map((title, column) => {
    const anchor = column === 0 ? 'start' : column === last ? 'end' : 'middle';
    const x =
      column === 0 ? 0 : column === last ? width : EDGE + (column / last) * (width - 2 * EDGE);
    const text = isNarrow ? title.replace('layer ', 'L') : title;
    return svgElement('text', { class: anchor, x, y: 14 }, text);
  });
  const drawn = plotSvg(
    plot,
    words,
    svgElement('g', { class: 'ribbons' }, links.map(ribbonElement)),
    svgElement(
      'g',
      { class: 'stops' },
      nodes.map((node) => stopElement(node, isNarrow, width)),
    ),
    heads,
  );
  return withPointReadout(drawn, nodes.map(readingOf));
}

/** Draws a ribbon as a filled band; a thick stroke would bulge where it bends strongly. */
function ribbonElement({
  source,
  target,
  y0 = 0,
  y1 = 0,
  width = 0,
  isTrue,
}: RibbonLink): SVGElement {
  const from = typeof source === 'object' ? (source.x1 ?? 0) : 0;
  const to = typeof target === 'object' ? (target.x0 ?? 0) : 0;
  const half = Math.max(0.5, width) / 2;
  const middle = (from + to) / 2;
  const d = [
    `M${from},${y0 - half}C${middle},${y0 - half} ${middle},${y1 - half} ${to},${y1 - half}`,
    `L${to},${y1 + half}C${middle},${y1 + half} ${middle},${y0 + half} ${from},${y0 + half}Z`,
  ].join('');
  return svgElement('path', { class: isTrue ? 'ribbon true' : 'ribbon', d });
}

function stopElement(node: StopNode, isNarrow: boolean, width: number): SVGElement {
  const { x0 = 0, x1 = 0, y0 = 0, y1 = 0, name, isTrue } = node;
  const isLast = x1 > width - 2 * EDGE - 1;
  const strong = isTrue ? ' strong' : '';
  const [x, anchor] = isLast ? [x0 - 4, 'end'] : [x1 + 4, 'start'];
  const label = isNarrow ? name.replace(/^(mix|provider|client)-/, '') : name;
  return svgElement(
    'g',
    {},
    svgElement('rect', {
      ...{ class: isTrue ? 'stop true' : 'stop', x: x0, y: y0 },
      ...{ width: x1 - x0, height: Math.max(1, y1 - y0) },
    }),
    y1 - y0 >= LABEL_MIN &&
      svgElement('text', { class: `halo ${anchor}${strong}`, x, y: (y0 + y1) / 2 + 4 }, label),
  );
}

function readingOf({ x0 = 0, x1 = 0, y0 = 0, y1 = 0, ...node }: StopNode): {
  readonly x: number;
  readonly y: number;
  readonly text: string;
} {
  const { name, value = 0, isTrue, targetLinks = [], sourceLinks = [] } = node;
  const ways = `${countWithNoun(targetLinks.length, 'way')} in, ${countWithNoun(sourceLinks.length, 'way')} out`;
  const truth = isTrue ? '; the message was here' : '';
  return {
    ...{ x: (x0 + x1) / 2, y: (y0 + y1) / 2 },
    text: `${name}: ${value.toFixed(3)} passages, ${ways}${truth}`,
  };
}
