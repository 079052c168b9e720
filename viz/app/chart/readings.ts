/**
 * Lets the reader of a chart read single values: the pointer or the arrow keys move from mark to mark,
 * a marker shows the position, and the value appears as text below the chart, so that everybody can
 * read it (docs/spec/browser-view.md). Marks lie along an axis ({@link withAxisReadout}) or in a plane
 * ({@link withPointReadout}).
 *
 * @module
 */
import { element, setAttributeIfChanged, svgElement } from '../kernel/element.ts';

/** A mark whose value can be read off. */
export interface ReadoutMark {
  /** Position in the drawing, px. */
  readonly x: number;
  readonly y: number;
  /** The value as shown below the chart. */
  readonly text: string;
}

type Place = Pick<ReadoutMark, 'x' | 'y'>;

/** How the pointer and the keys find a mark, and how the chart shows it. */
interface Walk {
  /** By how many marks an arrow key moves, by the name of the key. */
  readonly steps: Readonly<Record<string, number>>;
  /** The marker that is moved to the mark whose value is shown; hidden at first. */
  readonly sign: SVGElement;
  moveSign(to: Place): void;
  nearest(pointer: Place): number;
  readonly begin?: number;
  open?(at: number): void;
}

/** Options for marks in a plane. */
export interface PointReadoutOptions {
  /** By how many marks the up and down keys move; 1 by default. */
  readonly perRow?: number;
  /** Index of the mark to which the first arrow key goes. */
  readonly begin?: number;
  /** Called with the index of a mark when the reader presses Enter on it. */
  open?(at: number): void;
}

/**
 * Adds a readout to a drawing whose marks lie along the horizontal axis.
 * @param bounds Upper and lower end of the vertical line that shows the reader's position, px.
 */
export function withAxisReadout(
  drawing: SVGSVGElement,
  readings: readonly ReadoutMark[],
  bounds: { readonly top: number; readonly bottom: number },
): HTMLElement {
  const line = svgElement('line', { class: 'reading', y1: bounds.top, y2: bounds.bottom });
  const dot = svgElement('circle', { class: 'reading', r: 4 });
  return walked(drawing, readings, {
    steps: { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 },
    sign: svgElement('g', { class: 'reading-mark' }, line, dot),
    moveSign: ({ x, y }): void => {
      setAttributeIfChanged(line, 'x1', x);
      setAttributeIfChanged(line, 'x2', x);
      moveTo(dot, { x, y });
    },
    nearest: ({ x }): number => nearestBy(readings, (reading) => Math.abs(reading.x - x)),
  });
}

/** Adds a readout to a drawing whose marks lie in a plane. */
export function withPointReadout(
  drawing: SVGSVGElement,
  readings: readonly ReadoutMark[],
  options: PointReadoutOptions = {},
): HTMLElement {
  const { perRow = 1 } = options;
  const dot = svgElement('circle', { class: 'reading', r: 4 });
  return walked(drawing, readings, {
    ...options,
    steps: { ArrowRight: 1, ArrowLeft: -1, ArrowDown: perRow, ArrowUp: -perRow },
    sign: dot,
    moveSign: (to): void => moveTo(dot, to),
    nearest: (pointer): number => nearestPointIndex(readings, pointer),
  });
}

/** Returns the index of the mark nearest to a position; -1 if there are no marks. */
export function nearestPointIndex(readings: readonly Place[], { x, y }: Place): number {
  return nearestBy(readings, (reading) => Math.hypot(reading.x - x, reading.y - y));
}

/**
 * Returns the index of the mark after a step of the arrow keys. From -1 (no mark chosen yet) every
 * step goes to the first mark; a step beyond the first or last mark does nothing.
 */
export function markIndexAfterStep(at: number, step: number, count: number): number {
  if (at < 0) return 0;
  return at + step >= 0 && at + step < count ? at + step : at;
}

function walked(drawing: SVGSVGElement, readings: readonly ReadoutMark[], walk: Walk): HTMLElement {
  const words = element('output', { class: 'readout' });
  let at = walk.begin ?? -1;
  const go = (to: number): void => {
    const reading = readings[to];
    if (reading === undefined) return;
    at = to;
    walk.moveSign(reading);
    setAttributeIfChanged(walk.sign, 'visibility', 'visible');
    words.textContent = reading.text;
  };
  const leave = (): void => {
    setAttributeIfChanged(walk.sign, 'visibility', 'hidden');
    words.textContent = '';
  };
  leave();
  drawing.append(walk.sign);
  return element(
    'div',
    {
      ...{ class: 'readable', tabindex: 0, role: 'group', 'data-keys': 'arrows' },
      'aria-label': 'values of the chart; use the arrow keys',
      keydown: (event) => {
        if (!(event instanceof KeyboardEvent)) return;
        if (event.key === 'Enter' && at >= 0) walk.open?.(at);
        const step = walk.steps[event.key];
        if (step === undefined) return;
        event.preventDefault();
        go(markIndexAfterStep(at, step, readings.length));
      },
      pointermove: (event) => {
        if (!(event instanceof PointerEvent)) return;
        const { left, top } = drawing.getBoundingClientRect();
        go(walk.nearest({ x: event.clientX - left, y: event.clientY - top }));
      },
      pointerleave: leave,
      blur: leave,
    },
    drawing,
    words,
  );
}

function moveTo(dot: SVGCircleElement, { x, y }: Place): void {
  setAttributeIfChanged(dot, 'cx', x);
  setAttributeIfChanged(dot, 'cy', y);
}

function nearestBy(readings: readonly Place[], distanceOf: (one: Place) => number): number {
  let best = -1;
  let far = Number.POSITIVE_INFINITY;
  for (const [at, reading] of readings.entries()) {
    const distance = distanceOf(reading);
    if (distance >= far) continue;
    best = at;
    far = distance;
  }
  return best;
}
