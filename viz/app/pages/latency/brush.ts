/**
 * Lets the reader select a range in a chart over time: dragging sets the range of the time line, a
 * click does not. The parts of the chart outside the range are dimmed. The keys w, s, a and d also
 * change the range.
 *
 * @module
 */
import type { PlotGeometry, ValueToPx } from '../../chart/plot.ts';
import { setAttributeIfChanged, svgElement } from '../../kernel/element.ts';
import type { TimeLine } from '../../kernel/time-line.ts';

/** A drag shorter than this is treated as a click, px. */
const LEAST_DRAG = 4;

/** The chart and the time line that the brush connects. */
export interface BrushParts {
  readonly plot: PlotGeometry;
  readonly time: TimeLine;
  readonly signal: AbortSignal;
  /** Converts an instant of the run, ns, to its position in the drawing, px. */
  readonly place: ValueToPx;
  /** Converts a position in the drawing, px, to the instant of the run, ns. */
  readonly instant: (px: number) => number;
}

/**
 * Adds to a drawing a brush that selects a range of time.
 * @param room The element that contains the drawing and receives the pointer events; it is
 *   returned.
 */
export function withTimeBrush(
  room: HTMLElement,
  drawing: SVGSVGElement,
  { plot, time, signal, place, instant }: BrushParts,
): HTMLElement {
  const shade = (): SVGRectElement =>
    svgElement('rect', { class: 'outside', y: plot.top, height: plot.bottom - plot.top });
  const [before, after] = [shade(), shade()];
  drawing.append(before, after);
  const dim = (from: number, to: number): void => {
    const left = Math.min(plot.right, Math.max(plot.left, from));
    const right = Math.min(plot.right, Math.max(left, to));
    setAttributeIfChanged(before, 'x', plot.left);
    setAttributeIfChanged(before, 'width', left - plot.left);
    setAttributeIfChanged(after, 'x', right);
    setAttributeIfChanged(after, 'width', plot.right - right);
  };
  time.range.watch(signal, ([from, to]) => dim(place(from), place(to)));
  let begin: number | undefined;
  const at = (event: PointerEvent): number => event.clientX - drawing.getBoundingClientRect().left;
  room.classList.add('brushable');
  room.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    begin = at(event);
    room.setPointerCapture(event.pointerId);
  });
  room.addEventListener('pointermove', (event) => {
    if (begin !== undefined) dim(Math.min(begin, at(event)), Math.max(begin, at(event)));
  });
  room.addEventListener('pointerup', (event) => {
    if (begin === undefined) return;
    const ends = [begin, at(event)].sort((a, b) => a - b) as [number, number];
    begin = undefined;
    if (ends[1] - ends[0] >= LEAST_DRAG) time.show([instant(ends[0]), instant(ends[1])]);
    const [from, to] = time.range.value;
    dim(place(from), place(to));
  });
  room.addEventListener('pointercancel', () => {
    begin = undefined;
  });
  return room;
}
