/**
 * Divides the rows of a drawing that has no room for all of them into pages: shows one page of
 * rows, and buttons that lead to the pages before and after. Uses no DOM.
 *
 * @module
 */
import type { Shape } from './drawing.ts';
import { boxShape, textShape } from './shapes.ts';

const HEIGHT = 24;
const BUTTON = 78;

/** The rows of the chosen page, and the buttons to the pages before and after. */
export interface RowPage<T> {
  readonly shown: readonly T[];
  /** Makes the buttons at the vertical position `y`, px; none if all rows are shown. */
  buttons(y: number): readonly Shape[];
  /** Height of the buttons, px; 0 without buttons. */
  readonly height: number;
}

/** How rows are divided into pages, and which page is chosen. */
export interface RowPaging {
  /** Number of rows on a page. */
  readonly size: number;
  /** Group of the buttons' keys, and also the noun for the rows: `links`. */
  readonly group: string;
  /** The keys that the reader has selected. */
  readonly chosen: readonly string[] | undefined;
}

/** Selects the page of rows that the reader has chosen. */
export function selectRowPage<T>(
  rows: readonly T[],
  { size, group, chosen = [] }: RowPaging,
): RowPage<T> {
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const wanted = chosen.find((key) => key.startsWith(`${group}:`))?.slice(group.length + 1);
  const page = Math.min(pages, Math.max(1, Math.floor(Number(wanted ?? 1)) || 1));
  const from = (page - 1) * size;
  const shown = rows.slice(from, from + size);
  const buttons = (y: number): readonly Shape[] => {
    if (pages === 1) return [];
    const text = `${group} ${from + 1} to ${from + shown.length} of ${rows.length}`;
    return [
      button({ key: `${group}:${page - 1}`, x: 0, y, text: '‹ before' }, page > 1),
      button({ key: `${group}:${page + 1}`, x: BUTTON + 8, y, text: 'next ›' }, page < pages),
      textShape(2 * BUTTON + 20, y + 16, text, { fill: 'muted' }),
    ];
  };
  return { shown, buttons, height: pages === 1 ? 0 : HEIGHT + 8 };
}

interface ButtonPlace {
  readonly key: string;
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/**
 * Makes a button to another page. If `isThere` is false, that page does not exist, and a click on
 * the button does nothing.
 */
function button({ key, x, y, text }: ButtonPlace, isThere: boolean): Shape {
  const shapes = [
    boxShape({ x, y, w: BUTTON, h: HEIGHT }, { fill: 'panel', stroke: 'line', radius: 4 }),
    textShape(x + 10, y + 16, text, { fill: isThere ? 'text' : 'muted' }),
  ];
  return { kind: 'group', shapes, ...(isThere ? { key, title: text } : {}) };
}
