/**
 * Draws the waterfall of one packet: a bar for each part of its delay, one below the other, to
 * scale on a common time axis.
 *
 * @module
 */

import { scaleLinear } from 'd3-scale';
import { greatestOf, leastOf } from '../../../../engine/pure/extremes.ts';
import { quantityText } from '../../../../reports/format.ts';
import { DELAY_PARTS } from '../../chart/delay-parts.ts';
import { svgElement } from '../../kernel/element.ts';
import type { WaterfallPart } from './sequence.ts';

const NARROW = 640;
const PITCH = 22;
const TOP = 6;
const LABEL = 250;
const TOOK = 70;
const CHARACTER = 6.6;

/** Returns the label of a part of the delay. */
export function delayPartLabel(kind: WaterfallPart['kind']): string {
  return kind === 'link' ? 'on the link' : kind;
}

/**
 * Returns the colour of a part. The whole time on a link has the colour of propagation, which is
 * usually its largest part.
 */
function colourOf(kind: WaterfallPart['kind']): string {
  return `var(--c${DELAY_PARTS.find(({ name }) => name === kind)?.colour ?? 1})`;
}

/** Draws the parts of a packet's delay as a waterfall. */
export function drawWaterfall(parts: readonly WaterfallPart[], width: number): SVGSVGElement {
  const isNarrow = width < NARROW;
  const left = isNarrow ? 0 : LABEL;
  const pitch = isNarrow ? PITCH + 14 : PITCH;
  const from = leastOf(parts.map(({ fromNs }) => fromNs));
  const to = greatestOf(parts.map(({ toNs }) => toNs));
  const x = scaleLinear([0, Math.max(1, to - from)], [left, width - TOOK]);
  const height = TOP + parts.length * pitch + 24;
  const rows = parts.map((part, row) => {
    const y = TOP + row * pitch + (pitch - PITCH);
    const { kind, where, fromNs, toNs, isLost } = part;
    const took = isLost ? 'lost' : quantityText(toNs - fromNs, 'ns');
    const words = `${delayPartLabel(kind)} ${where}`;
    const room = Math.floor((isNarrow ? width : LABEL - 8) / CHARACTER);
    const text = words.length > room ? `${words.slice(0, room - 1)}…` : words;
    const at = { x: x(fromNs - from), width: Math.max(1.5, x(toNs - from) - x(fromNs - from)) };
    return [
      svgElement('text', { class: 'label', x: 0, y: isNarrow ? y : y + 13 }, text),
      svgElement('line', { class: 'grid', x1: left, x2: width - TOOK, y1: y + 17, y2: y + 17 }),
      svgElement(
        'rect',
        {
          ...{ class: isLost ? 'part gone' : 'part', 'data-part': kind, fill: colourOf(kind) },
          ...{ ...at, y: y + 3, height: 13 },
        },
        svgElement('title', {}, `${words}: ${took}`),
      ),
      svgElement('text', { class: 'label', x: at.x + at.width + 4, y: y + 13 }, took),
    ];
  });
  const base = TOP + parts.length * pitch + 4;
  const ticks = x
    .ticks(isNarrow ? 3 : 6)
    .map((ns) =>
      svgElement(
        'text',
        { class: x(ns) < left + 20 ? '' : 'middle', x: x(ns), y: base + 15 },
        ns === 0 ? '0' : quantityText(ns, 'ns'),
      ),
    );
  return svgElement(
    'svg',
    { class: 'waterfall', width, height, viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' },
    rows,
    svgElement('line', { class: 'baseline', x1: left, x2: width - TOOK, y1: base, y2: base }),
    ticks,
  );
}
