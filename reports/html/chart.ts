/**
 * The common parts of all charts: a frame with margins, axes, labels that do not overlap, and a figure
 * with the chart in two sizes, so that text stays readable on a phone.
 *
 * @module
 */
import { coordinateText, EMPTY_MARKUP, html, type Markup, type TemplateContent } from './markup.ts';

/** The outer size and the plot area inside it, in user units. */
export interface PlotFrame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly isWide: boolean;
}

const WIDE = 960;
const NARROW = 400;

/** Makes a frame; `label` is the room for labels on the right, px, used on wide charts only. */
export function makePlotFrame(
  isWide: boolean,
  size: {
    readonly height: number;
    readonly label: number;
    readonly left: number;
    /** Room above the plot, px; 20 by default. */
    readonly head?: number;
  },
): PlotFrame {
  const width = isWide ? WIDE : NARROW;
  const right = width - (isWide ? size.label : 12);
  const { height, left } = size;
  return { width, height, left, right, top: size.head ?? 20, bottom: height - 26, isWide };
}

/** The drawing, title, caption and table of a figure. */
export interface ChartFigure {
  /** A sentence that states the finding. */
  readonly title: string;
  /** A text that says what is drawn, over which axis, and with which confidence interval. */
  readonly caption: string;
  readonly draw: (isWide: boolean) => Markup;
  /** Values that `script.ts` shows at the pointer, as plain data. */
  readonly read?: unknown;
  readonly legend?: Markup;
  readonly table?: Markup;
}

/** The figure with its chart in both sizes, wide and for phones. */
export function figure(parts: ChartFigure): Markup {
  const { title, caption, draw, read, legend, table } = parts;
  const data = read === undefined ? EMPTY_MARKUP : html` data-read="${JSON.stringify(read)}"`;
  return html`<figure${data}>
<figcaption><strong>${withHardSpaces(title)}</strong><span>${caption}</span></figcaption>
${legend}<div class="wide">${draw(true)}</div>
<div class="narrow">${draw(false)}</div>
${read === undefined ? EMPTY_MARKUP : html`<output class="readout"></output>`}${table}
</figure>
`;
}

/** Puts a hard space after numbers, so that a number and its unit stay on one line: `0.2 %`. */
function withHardSpaces(text: string): string {
  return text.replace(/(\d) (?=\S)/g, '$1\u00a0');
}

/** The SVG element; screen readers read `summary` aloud. */
export function svg(frame: PlotFrame, summary: string, body: TemplateContent): Markup {
  const { width, height, left, right } = frame;
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${summary}" data-left="${left}" data-right="${right}">
${body}</svg>`;
}

/** The vertical line that follows the pointer. */
export function pointerLineMarkup(frame: PlotFrame): Markup {
  return html`<line class="cursor" visibility="hidden" x1="0" x2="0" y1="${frame.top}" y2="${frame.bottom}"/>`;
}

/** A tick of an axis. */
export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** Horizontal grid lines with their values on the left and the unit above. */
export function yAxis(frame: PlotFrame, ticks: readonly Tick[], unit: string): Markup {
  const lines = ticks.map(
    ({ at, label }) =>
      html`<line class="grid" x1="${frame.left}" x2="${frame.right}" y1="${coordinateText(at)}" y2="${coordinateText(at)}"/><text class="end" x="${frame.left - 8}" y="${coordinateText(at + 4)}">${label}</text>`,
  );
  return html`${lines}<text x="0" y="10">${unit}</text>`;
}

/** The horizontal axis: a base line with values below it; the last value carries the unit. */
export function xAxis(frame: PlotFrame, ticks: readonly Tick[], unit: string): Markup {
  const y = frame.bottom;
  const marks = ticks.map(({ at, label }, i) => {
    const text = i === ticks.length - 1 ? `${label} ${unit}` : label;
    return html`<line class="baseline" x1="${coordinateText(at)}" x2="${coordinateText(at)}" y1="${y}" y2="${y + 4}"/><text class="middle" x="${coordinateText(at)}" y="${y + 18}">${text}</text>`;
  });
  return html`<line class="baseline" x1="${frame.left}" x2="${frame.right}" y1="${y}" y2="${y}"/>${marks}`;
}

/** A label beside the end of a line. */
export interface EndLabel {
  readonly y: number;
  readonly text: string;
  /** Number of the flow colour, 1 to 6. */
  readonly colour: number;
}

const LABEL_GAP = 15;
/** Width of the swatch before an end label, with its gaps, px. */
const SWATCH = 21;
/** Width of a letter of an end label, px. */
const LETTER = 7.7;
/** Largest room for end labels, px: more would leave too little for the plot. */
const LABEL_MAX = 420;

/** The room that end labels need so that none is cut off, px; at least `least`. */
export function endLabelsWidthPx(texts: readonly string[], least: number): number {
  const longest = texts.reduce((most, { length }) => Math.max(most, length), 0);
  return Math.ceil(Math.min(LABEL_MAX, Math.max(least, SWATCH + longest * LETTER)));
}

/** Labels at the right edge, moved apart where they would overlap; wide charts only. */
export function endLabels(frame: PlotFrame, labels: readonly EndLabel[]): Markup {
  if (!frame.isWide) return EMPTY_MARKUP;
  const sorted = [...labels].sort((a, b) => a.y - b.y);
  let below = frame.top - LABEL_GAP;
  const placed = sorted.map((label) => {
    const y = Math.max(label.y, below + LABEL_GAP);
    below = y;
    return { ...label, y };
  });
  const excess = Math.max(0, below - frame.bottom);
  // A swatch carries the colour: coloured letters would have less contrast than 4.5:1.
  const drawn = placed.map(({ y, text, colour }) => {
    const middle = y - excess;
    return html`<rect class="f${colour}" x="${frame.right + 8}" y="${coordinateText(middle - 4)}" width="8" height="8" rx="2"/><text class="strong" x="${frame.right + 21}" y="${coordinateText(middle + 4)}">${text}</text>`;
  });
  return html`${drawn}`;
}

/** A legend of coloured squares; shown on phones only, unless `always` is set. */
export function legend(
  entries: readonly { readonly text: string; readonly colour: number }[],
  when: 'narrow' | 'always',
): Markup {
  const items = entries.map(
    ({ text, colour }) =>
      html`<span><svg viewBox="0 0 12 12" aria-hidden="true"><rect class="f${colour}" width="12" height="12" rx="2"/></svg>${text}</span>`,
  );
  return html`<div class="legend ${when}">${items}</div>
`;
}

/** A chart without data: its frame, and why it is empty. */
export function emptyChart(frame: PlotFrame, reason: string): Markup {
  const { left, right, top, bottom } = frame;
  const middle = (left + right) / 2;
  return svg(
    frame,
    reason,
    html`<rect class="empty-box" x="${left}" y="${top}" width="${right - left}" height="${bottom - top}"/><text class="middle" x="${middle}" y="${(top + bottom) / 2 + 4}">${reason}</text>`,
  );
}

/** The colour number 1 to 6 of the item with this index, which counts from 0. */
export function seriesColourNumber(index: number): number {
  return (index % 6) + 1;
}
