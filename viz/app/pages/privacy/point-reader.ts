/**
 * Reading values off a picture whose marks lie in a plane, not along an axis: the pointer finds the
 * nearest mark, arrow keys go through them, the words stand below for everybody.
 *
 * @module
 */
import type { Reading } from '../../chart/readings.ts';
import { element, set, svgElement } from '../../kernel/element.ts';

/** The drawing with its marks; up and down go `perRow` marks. */
export function pointReader(
  drawing: SVGSVGElement,
  readings: readonly Reading[],
  perRow = 1,
): HTMLElement {
  const dot = svgElement('circle', { class: 'reading', r: 4, visibility: 'hidden' });
  drawing.append(dot);
  const words = element('output', { class: 'readout' });
  let at = -1;
  const go = (to: number): void => {
    const reading = readings[to];
    if (reading === undefined) return;
    at = to;
    set(dot, 'cx', reading.x);
    set(dot, 'cy', reading.y);
    set(dot, 'visibility', 'visible');
    words.textContent = reading.text;
  };
  const leave = (): void => {
    set(dot, 'visibility', 'hidden');
    words.textContent = '';
  };
  const steps: Readonly<Record<string, number>> = {
    ...{ ArrowRight: 1, ArrowLeft: -1, ArrowDown: perRow, ArrowUp: -perRow },
  };
  return element(
    'div',
    {
      ...{ class: 'readable', tabindex: 0, role: 'group', 'data-keys': 'arrows' },
      'aria-label': 'values of the chart, by arrow keys',
      keydown: (event) => {
        const step = event instanceof KeyboardEvent ? steps[event.key] : undefined;
        if (step === undefined) return;
        event.preventDefault();
        if (at < 0) go(0);
        else if (readings[at + step] !== undefined) go(at + step);
      },
      pointermove: (event) => {
        if (!(event instanceof PointerEvent)) return;
        const { left, top } = drawing.getBoundingClientRect();
        go(nearestPoint(readings, event.clientX - left, event.clientY - top));
      },
      pointerleave: leave,
      blur: leave,
    },
    drawing,
    words,
  );
}

/** The mark nearest to a place; -1 when there is none. */
export function nearestPoint(
  readings: readonly Pick<Reading, 'x' | 'y'>[],
  x: number,
  y: number,
): number {
  let best = -1;
  let far = Number.POSITIVE_INFINITY;
  for (const [at, reading] of readings.entries()) {
    const distance = Math.hypot(reading.x - x, reading.y - y);
    if (distance >= far) continue;
    best = at;
    far = distance;
  }
  return best;
}
