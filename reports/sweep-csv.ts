/**
 * `sweep.csv`: the runs of a sweep for spreadsheets and scripts (RFC 4180).
 *
 * @module
 */
import { csvCell } from './csv-text.ts';
import type { SweepResult } from './sweep.ts';
import { isPlainNumber, type SweepColumn, sweepColumns, sweepRunLines } from './sweep-columns.ts';

/**
 * Number of characters after which a part of the document ends. As one string, a sweep of 300,000 runs
 * would take 50 MB.
 */
const PART_CHARACTERS = 1 << 16;

/** The document in parts of about {@link PART_CHARACTERS} characters. */
export function* sweepCsv(sweep: SweepResult): Generator<string> {
  const columns = sweepColumns(sweep);
  let part = recordOf(columns.map(({ name }) => name));
  for (const line of sweepRunLines(sweep)) {
    part += recordOf(columns.map((column: SweepColumn) => column.of(line)));
    if (part.length < PART_CHARACTERS) continue;
    yield part;
    part = '';
  }
  yield part;
}

/** RFC 4180 section 2: records end with CRLF. */
function recordOf(cells: readonly (string | number | boolean | null)[]): string {
  return `${cells.map(cellText).join(',')}\r\n`;
}

function cellText(cell: string | number | boolean | null): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  return csvCell(cell, isPlainNumber(cell));
}
