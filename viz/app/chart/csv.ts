/**
 * Writes a table as CSV (RFC 4180), with the run and the seed at the start of each row. A cell that
 * a spreadsheet would read as a formula gets an apostrophe in front.
 *
 * @module
 */
import { csvCell } from '../../../reports/csv-text.ts';
import type { TableData } from '../../format/drawing.ts';

/** The run and the seed from which the numbers of a table come. */
export interface DataOrigin {
  readonly run: string;
  /** The number of the seed; empty if the numbers cover several seeds. */
  readonly seed: string;
}

/** Formats a table as CSV: one line of headings, then the rows. Every line ends with CRLF. */
export function formatCsv(table: TableData, { run, seed }: DataOrigin): string {
  const rows = [['run', 'seed', ...table.columns], ...table.rows.map((row) => [run, seed, ...row])];
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  return csvCell(value);
}
