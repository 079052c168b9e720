/**
 * Reading values off a chart: the pointer or the arrow keys go from mark to mark, a line shows where,
 * and the same words stand below for everybody (spec/ux.md 4.0, charts).
 *
 * @module
 */
import { element, set, svgElement } from '../kernel/element.ts';

/** A mark that can be read. */
export interface Reading {
  /** Place in px of the drawing. */
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** The drawing with its readings, in the order of their places. */
export function readable(
  drawing: SVGSVGElement,
  readings: readonly Reading[],
  bounds: { readonly top: number; readonly bottom: number },
): HTMLElement {
  const line = svgElement('line', { class: 'reading', y1: bounds.top, y2: bounds.bottom });
  const dot = svgElement('circle', { class: 'reading', r: 4 });
  const mark = svgElement('g', { visibility: 'hidden', class: 'reading-mark' }, line, dot);
  drawing.append(mark);
  const words = element('output', { class: 'readout' });
  let at = -1;
  const go = (to: number): void => {
    const reading = readings[to];
    if (reading === undefined) return;
    at = to;
    set(line, 'x1', reading.x);
    set(line, 'x2', reading.x);
    set(dot, 'cx', reading.x);
    set(dot, 'cy', reading.y);
    set(mark, 'visibility', 'visible');
    words.textContent = reading.text;
  };
  const leave = (): void => {
    set(mark, 'visibility', 'hidden');
    words.textContent = '';
  };
  const steps: Readonly<Record<string, number>> = {
    ArrowRight: 1,
    ArrowUp: 1,
    ArrowLeft: -1,
    ArrowDown: -1,
  };
  return element(
    'div',
    {
      class: 'readable',
      tabindex: 0,
      role: 'group',
      'aria-label': 'values of the chart, by arrow keys',
      'data-keys': 'arrows',
      keydown: (event) => {
        const step = event instanceof KeyboardEvent ? steps[event.key] : undefined;
        if (step === undefined) return;
        event.preventDefault();
        go(Math.min(readings.length - 1, Math.max(0, at + step)));
      },
      pointermove: (event) => {
        if (!(event instanceof PointerEvent)) return;
        const x = event.clientX - drawing.getBoundingClientRect().left;
        go(nearest(readings, x));
      },
      pointerleave: leave,
      blur: leave,
    },
    drawing,
    words,
  );
}

/** The reading nearest to a place; -1 when there is none. */
function nearest(readings: readonly Pick<Reading, 'x'>[], x: number): number {
  let best = -1;
  let far = Number.POSITIVE_INFINITY;
  for (const [at, reading] of readings.entries()) {
    const distance = Math.abs(reading.x - x);
    if (distance < far) {
      best = at;
      far = distance;
    }
  }
  return best;
}
