/**
 * The common parts of charts with axes: a plot area that fits the available room, grid and ticks
 * with units, and redrawing when the room changes.
 *
 * @module
 */
import { groupThousands, type UnitScale } from '../../../reports/format.ts';
import { type Child, element, svgElement } from '../kernel/element.ts';

/** The outer size of a chart and the plot area inside it, px. */
export interface PlotGeometry {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A tick of an axis: its position along the axis, px, and its label. */
export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** Maps a value to its position along an axis, px. */
export type ValueToPx = (value: number) => number;

const NARROWEST = 240;

/**
 * Computes the plot area of a chart of this size, px. `left` is the room for the labels of the
 * vertical axis, px.
 */
export function computePlotGeometry(width: number, height: number, left = 56): PlotGeometry {
  return { width, height, left, right: width - 12, top: 24, bottom: height - 34 };
}

/** Makes the SVG element of a chart; screen readers read `words` instead of the drawing. */
export function plotSvg(
  { width, height }: PlotGeometry,
  words: string,
  ...children: readonly Child[]
): SVGSVGElement {
  const viewBox = `0 0 ${width} ${height}`;
  return svgElement('svg', { width, height, role: 'img', 'aria-label': words, viewBox }, children);
}

/**
 * Draws the vertical axis: horizontal grid lines with values at their left, and above them the name
 * of the quantity.
 */
export function verticalAxis(
  plot: PlotGeometry,
  ticks: readonly Tick[],
  title: string,
): SVGGElement {
  return svgElement(
    'g',
    { class: 'axis' },
    ticks.map(({ at, label }) => [
      svgElement('line', { class: 'grid', x1: plot.left, x2: plot.right, y1: at, y2: at }),
      svgElement('text', { class: 'end', x: plot.left - 8, y: at + 4 }, label),
    ]),
    svgElement('text', { x: 0, y: 12 }, title),
  );
}

/**
 * Draws the horizontal axis: the base line with values below it, and at its right end the name of
 * the quantity.
 */
export function horizontalAxis(
  plot: PlotGeometry,
  ticks: readonly Tick[],
  title: string,
): SVGGElement {
  const { left, right, bottom } = plot;
  return svgElement(
    'g',
    { class: 'axis' },
    svgElement('line', { class: 'baseline', x1: left, x2: right, y1: bottom, y2: bottom }),
    ticks.map(({ at, label }) => [
      svgElement('line', { class: 'baseline', x1: at, x2: at, y1: bottom, y2: bottom + 4 }),
      svgElement('text', { class: 'middle', x: at, y: bottom + 17 }, label),
    ]),
    svgElement('text', { class: 'end', x: right, y: bottom + 32 }, title),
  );
}

/** Formats the value of a tick in the unit of the scale, without the unit's name. */
export function tickText(value: number, { divisor }: UnitScale): string {
  return groupThousands(String(Number((value / divisor).toPrecision(6))));
}

/**
 * Formats the values of all ticks without their unit, with enough digits to tell them apart:
 * 12.106, 12.107.
 */
export function tickTexts(values: readonly number[], scale: UnitScale): readonly string[] {
  let digits = 6;
  const written = (): readonly string[] =>
    values.map((value) =>
      groupThousands(String(Number((value / scale.divisor).toPrecision(digits)))),
    );
  while (digits < 15 && new Set(written()).size < values.length) digits += 1;
  return written();
}

/** Omits each tick that is less than `room` px from the previous tick that was kept. */
export function withoutCrowdedTicks(ticks: readonly Tick[], room: number): readonly Tick[] {
  const kept: Tick[] = [];
  for (const tick of ticks) {
    const before = kept.at(-1);
    if (before === undefined || Math.abs(tick.at - before.at) >= room) kept.push(tick);
  }
  return kept;
}

/**
 * Makes an element and draws into it when it gets its first width and whenever its width changes.
 * @param draw Makes the drawing for a width in px, at least 240.
 */
export function elementRedrawnOnResize(
  signal: AbortSignal,
  draw: (width: number) => Node,
): HTMLElement {
  const room = element('div', { class: 'plot' });
  let drawnWidth = 0;
  const observer = new ResizeObserver(() => {
    const width = Math.max(NARROWEST, Math.floor(room.clientWidth));
    if (room.clientWidth === 0 || width === drawnWidth) return;
    drawnWidth = width;
    room.replaceChildren(draw(width));
  });
  observer.observe(room);
  signal.addEventListener('abort', () => observer.disconnect());
  return room;
}
