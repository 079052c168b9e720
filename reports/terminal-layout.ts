/**
 * Text layout of the terminal report: folding of parts into lines, and the KPI table, whose columns
 * share space in pairs (name left and measured right, interval left and limit right) so that long
 * names and long numbers fit into 80 columns.
 *
 * @module
 */

import { oneLine } from './plain-text.ts';

/** One line of the KPI table. */
export interface KpiTableRow {
  readonly name: string;
  readonly measured: string;
  readonly interval: string;
  readonly limit: string;
  readonly margin: string;
  readonly change: string | undefined;
}

const GAP = 2;

/** Joins parts into lines of at most the given width; all lines but the first are indented. */
export function foldIntoLines(
  parts: readonly string[],
  fit: { readonly width: number; readonly indent: number; readonly gap: string },
): readonly string[] {
  const lines: string[] = [];
  let line: string | undefined;
  for (const part of parts) {
    if (line === undefined) line = part;
    else if (line.length + fit.gap.length + part.length <= fit.width) line += fit.gap + part;
    else {
      lines.push(line);
      line = ' '.repeat(fit.indent) + part;
    }
  }
  return line === undefined ? lines : [...lines, line];
}

/** Wraps a sentence; all lines are indented. */
export function wrapIndented(text: string, width: number, indent: number): readonly string[] {
  const lines = foldIntoLines(text.split(' '), { width: width - indent, indent: 0, gap: ' ' });
  return lines.map((line) => ' '.repeat(indent) + line);
}

/** A pair of cells that share a column: one left-aligned, one right-aligned. */
interface Cell {
  readonly left: string;
  readonly right: string;
}

/**
 * Lays out the table. If it is too wide, first the interval is dropped, then the margin; anything
 * still too long is cut in the name.
 */
export function layoutRows(rows: readonly KpiTableRow[], width: number): readonly string[] {
  const variants = [
    rows.map((row) => cellsOf(row)),
    rows.map((row) => cellsOf({ ...row, interval: '' })),
    rows.map((row) => cellsOf({ ...row, interval: '' }).filter((_, i) => i !== 2)),
  ];
  const fitting = variants.find((table) => totalWidth(table) <= width) ?? variants[2] ?? [];
  const excess = totalWidth(fitting) - width;
  return align(excess > 0 ? shorten(fitting, excess) : fitting);
}

function cellsOf(row: KpiTableRow): readonly Cell[] {
  return [
    { left: row.name, right: row.measured },
    { left: row.interval, right: row.limit },
    { left: '', right: row.margin },
    ...(row.change === undefined ? [] : [{ left: '', right: row.change }]),
  ];
}

function cellWidth({ left, right }: Cell): number {
  return left.length + right.length + (left !== '' && right !== '' ? GAP : 0);
}

function columnWidths(table: readonly (readonly Cell[])[]): number[] {
  const widths: number[] = [];
  for (const cells of table) {
    for (const [i, cell] of cells.entries()) {
      widths[i] = Math.max(widths[i] ?? 0, cellWidth(cell));
    }
  }
  return widths;
}

function totalWidth(table: readonly (readonly Cell[])[]): number {
  const widths = columnWidths(table);
  return widths.reduce((sum, one) => sum + one, 0) + GAP * (widths.length - 1);
}

function shorten(
  table: readonly (readonly Cell[])[],
  excess: number,
): readonly (readonly Cell[])[] {
  const room = (columnWidths(table)[0] ?? 0) - excess;
  return table.map((cells) =>
    cells.map((cell, i) => {
      const space = Math.max(4, room - cell.right.length - GAP);
      if (i > 0 || cell.left.length <= space) return cell;
      return { ...cell, left: `…${cell.left.slice(cell.left.length - space + 1)}` };
    }),
  );
}

function align(table: readonly (readonly Cell[])[]): readonly string[] {
  const widths = columnWidths(table);
  return table.map((cells) =>
    cells
      .map(({ left, right }, i) => left + right.padStart((widths[i] ?? 0) - left.length))
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
}

const ASCII: Readonly<Record<string, string>> = {
  '✓': '+',
  '✗': 'x',
  '±': '+-',
  '·': '|',
  '…': '~',
  '–': '-',
  '∞': 'inf',
  µ: 'u',
  '’': "'",
};

/** Replaces characters that an ASCII terminal cannot show; unknown characters become `?`. */
export function toAscii(text: string): string {
  return text.replace(/\P{ASCII}/gu, (character) => ASCII[character] ?? '?');
}

/** Removes control characters from all strings in a value, because a terminal would obey them. */
export function withoutControlCharacters<T>(value: T): T {
  return clean(value) as T;
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return oneLine(value);
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [oneLine(key), clean(one)]));
}
