/**
 * A table as CSV (RFC 4180), with run and seed before each row. A cell that a spreadsheet would
 * read as a formula gets an apostrophe.
 *
 * @module
 */
import type { TableData } from '../../format/drawing.ts';

/** The run of the numbers. */
export interface Origin {
  readonly run: string;
  /** Empty if the numbers are of all seeds. */
  readonly seed: string;
}

/** The document, with a heading and CRLF line ends. */
export function csvOf(table: TableData, { run, seed }: Origin): string {
  const rows = [['run', 'seed', ...table.columns], ...table.rows.map((row) => [run, seed, ...row])];
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
