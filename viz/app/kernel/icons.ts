/**
 * Icons drawn as strokes on a grid of 24 by 24 units.
 *
 * @module
 */
import { svgElement } from './element.ts';

/** SVG paths of the icons of the page's frame. */
export const ICONS = {
  play: 'M7 5l12 7-12 7z',
  pause: 'M8 5v14M16 5v14',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6L19 19M5 19l1.4-1.4M17.6 6.4L19 5',
  link: 'M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1',
  help: 'M9 9a3 3 0 1 1 4 2.8c-.7.3-1 .9-1 1.7v.5M12 17.5v.5',
  close: 'M6 6l12 12M18 6L6 18',
} as const;

/**
 * Makes an SVG icon from its path. It is hidden from screen readers, because it always has a text
 * beside it.
 */
export function icon(path: string): SVGSVGElement {
  return svgElement(
    'svg',
    { viewBox: '0 0 24 24', width: 20, height: 20, class: 'icon', 'aria-hidden': 'true' },
    svgElement('path', { d: path }),
  );
}
