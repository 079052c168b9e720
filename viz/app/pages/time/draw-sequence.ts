/**
 * Draws the sequence chart: a vertical line for each selected node, time running downwards, and an
 * arrow for each packet.
 *
 * @module
 */

import { scaleLinear, scalePoint } from 'd3-scale';
import { greatestOf, leastOf } from '../../../../engine/pure/extremes.ts';
import { quantityText } from '../../../../reports/format.ts';
import { type ReadoutMark, withPointReadout } from '../../chart/readings.ts';
import type { TraceInfo } from '../../data/trace-answers.ts';
import { svgElement } from '../../kernel/element.ts';
import { HOLLOW_PACKET_CLASSES, packetMarkPath } from '../network/marks.ts';
import type { Arrow } from './sequence.ts';

/** The input of {@link drawSequence}: the arrows to draw, and what a click on an arrow does. */
export interface SequenceInput {
  readonly width: number;
  readonly info: TraceInfo;
  readonly nodes: readonly number[];
  readonly arrows: readonly Arrow[];
  readonly selected: number | undefined;
  readonly pick: (packet: number) => void;
}

const PER_ARROW = 14;
const HEIGHT_MIN = 160;
const HEIGHT_MAX = 620;
const LEFT = 64;
const CHARACTER = 6.6;

/**
 * Draws packets between nodes as a sequence chart. The arrow keys move from packet to packet in
 * order of departure; Enter selects a packet.
 */
export function drawSequence(stage: SequenceInput): HTMLElement {
  const { width, info, nodes, arrows } = stage;
  const begins = arrows.map(({ departNs }) => departNs);
  const ends = arrows.map(({ departNs, arriveNs }) => arriveNs ?? departNs);
  const [from, to] = [leastOf(begins), greatestOf(ends)];
  const high = Math.min(HEIGHT_MAX, Math.max(HEIGHT_MIN, arrows.length * PER_ARROW));
  const place = scalePoint([...nodes], [LEFT + 40, width - 44]);
  const x = (node: number): number => place(node) ?? 0;
  const pitch = (width - LEFT - 84) / Math.max(1, nodes.length - 1);
  // If the names of neighbouring nodes would overlap, they are written at different heights.
  const longest = greatestOf(nodes.map((node) => info.nodes[node]?.name.length ?? 0));
  const levels = Math.min(nodes.length, Math.ceil((longest * CHARACTER + 8) / pitch));
  const top = 26 + 15 * (levels - 1);
  const after = scaleLinear([0, Math.max(1, to - from)], [top, top + high]);
  const y = (ns: number): number => after(ns - from);
  const lines = nodes.map((node, at) => {
    const name = info.nodes[node]?.name ?? '';
    const attributes = { class: 'lifeline', x1: x(node), x2: x(node) };
    return [
      svgElement('line', { ...attributes, y1: top - 4, y2: top + high + 8 }),
      svgElement('text', { class: 'middle label', x: x(node), y: 12 + 15 * (at % levels) }, name),
    ];
  });
  const ticks = after
    .ticks(high / 60)
    .map((ns) => [
      svgElement('line', { class: 'grid', x1: LEFT, x2: width, y1: after(ns), y2: after(ns) }),
      svgElement(
        'text',
        { class: 'end', x: LEFT - 4, y: after(ns) + 4 },
        ns === 0 ? '0' : `+${quantityText(ns, 'ns')}`,
      ),
    ]);
  const height = top + high + 16;
  const drawing = svgElement(
    'svg',
    { class: 'sequence', width, height, viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' },
    ticks,
    lines,
    arrows.map((arrow) => arrowParts(arrow, stage, { x, y })),
  );
  const readings = arrows.map((arrow): ReadoutMark => {
    const { from, to, departNs, arriveNs } = arrow;
    const way = [from, to].map((node) => info.nodes[node]?.name ?? '').join(' → ');
    const at = { x: (x(from) + x(to)) / 2, y: (y(departNs) + y(arriveNs ?? departNs)) / 2 };
    return { ...at, text: `${wordsOf(arrow)}, ${way}` };
  });
  return withPointReadout(drawing, readings, {
    begin: arrows.findIndex(({ packet }) => packet === stage.selected),
    open: (at): void => stage.pick(arrows[at]?.packet ?? 0),
  });
}

function wordsOf({ packet, class: name, bytes, departNs, arriveNs }: Arrow): string {
  const took = arriveNs === undefined ? 'lost' : `took ${quantityText(arriveNs - departNs, 'ns')}`;
  return `packet ${packet}, ${name}, ${bytes} B, ${took}`;
}

function arrowParts(
  arrow: Arrow,
  { selected, pick }: SequenceInput,
  { x, y }: { readonly x: (node: number) => number; readonly y: (ns: number) => number },
): SVGElement {
  const { packet, from, to, departNs, arriveNs } = arrow;
  const [x1, y1] = [x(from), y(departNs)];
  // The arrow of a packet that did not arrive ends halfway.
  const x2 = arriveNs === undefined ? (x1 + x(to)) / 2 : x(to);
  const y2 = y(arriveNs ?? departNs);
  const turn = (Math.atan2(y2 - y1, x2 - x1) * 180) / Math.PI;
  const end = arriveNs === undefined ? 'M-4 -4l8 8M4 -4l-8 8' : 'M0 0l-7 -3.500v7z';
  const state = `${packet === selected ? ' shown' : ''}${arriveNs === undefined ? ' gone' : ''}`;
  return svgElement(
    'g',
    { class: `arrow${state}`, 'data-packet': packet, click: () => pick(packet) },
    svgElement('title', {}, wordsOf(arrow)),
    svgElement('line', { class: 'reach', x1, y1, x2, y2 }),
    svgElement('line', { x1, y1, x2, y2 }),
    svgElement('path', {
      class: HOLLOW_PACKET_CLASSES.has(arrow.class) ? 'class hollow' : 'class',
      d: packetMarkPath(arrow.class, x1, y1),
    }),
    svgElement('path', {
      class: 'end-mark',
      d: end,
      transform: `translate(${x2.toFixed(1)} ${y2.toFixed(1)}) rotate(${turn.toFixed(1)})`,
    }),
  );
}
