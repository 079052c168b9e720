/**
 * Draws lines of latitude and longitude behind the nodes of a map.
 *
 * @module
 */
import { replaceContent, svgElement } from '../../kernel/element.ts';
import type { DrawingSize, GridLine } from './map.ts';

/** The part of the drawing that the map covers, px. */
export interface MapFrame extends DrawingSize {
  readonly left: number;
  readonly top: number;
}

/** Draws the lines from edge to edge of the drawing; an empty list removes them. */
export function drawGraticule(
  root: SVGGElement,
  lines: readonly GridLine[],
  frame: MapFrame,
  stage: DrawingSize,
): void {
  replaceContent(
    root,
    lines.map(({ text, isMeridian, at }) => {
      const place = isMeridian ? frame.left + at * frame.width : frame.top + at * frame.height;
      const ends = isMeridian
        ? { x1: place, x2: place, y1: 0, y2: stage.height }
        : { x1: 0, x2: stage.width, y1: place, y2: place };
      const label = isMeridian ? { x: place + 4, y: 12 } : { x: 4, y: place - 4 };
      return svgElement(
        'g',
        { class: 'graticule' },
        svgElement('line', ends),
        svgElement('text', label, text),
      );
    }),
  );
}
