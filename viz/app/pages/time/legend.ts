/**
 * The legend of the tracks: it explains only signs that are drawn.
 *
 * @module
 */
import { element, svgElement } from '../../kernel/element.ts';

type Sign = readonly [selector: string, words: string, d: string];

const SIGNS: readonly Sign[] = [
  ['.came', 'packets came', 'M1 12V4h3v8zM5 12V1h3v11zM9 12V6h2v6z'],
  ['.lost', 'packets lost', 'M1 7h10v3h-10z'],
  ['.span', 'procedure', 'M0 2h12v8h-12z'],
  ['.mark', 'a node marked an instant: its text is at the triangle', 'M6 9l-5 -8h10z'],
  ['.fault', 'a fault begins', 'M6 0v12'],
  ['.fault-end', 'it ends', 'M6 0v12'],
];

/** Makes the legend of a drawing of tracks. */
export function tracksLegend(drawing: SVGSVGElement): HTMLElement {
  const drawn = ([selector]: Sign): boolean =>
    [...drawing.querySelectorAll(selector)].some((one) => one.getAttribute('d') !== '');
  return element(
    'div',
    { class: 'legend' },
    SIGNS.filter(drawn).map(([selector, words, d]) =>
      element(
        'span',
        { class: 'tracks' },
        svgElement(
          'svg',
          { viewBox: '0 0 12 12', 'aria-hidden': 'true' },
          svgElement('path', { class: selector.slice(1), d }),
        ),
        words,
      ),
    ),
  );
}
