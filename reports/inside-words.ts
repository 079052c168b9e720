/**
 * The mark of a figure that should lie within a tolerance of another figure: sign, tone and note,
 * the same in every table that compares a live run. The caller decides whether the figure is
 * inside.
 *
 * @module
 */

import { wholeNumberText } from './format.ts';

/** The parts of a row from which its mark is chosen. */
export interface ToleranceRow {
  /** Null if there was nothing to compare, or too few samples to decide. */
  readonly isInside: boolean | null;
  /** Present if the samples of both sides were compared. */
  readonly intervals?: unknown;
  /** Number of samples that would decide whether the figure is inside. */
  readonly needed?: number;
  /** False if the figure is only shown: being outside is not a failure. */
  readonly isPromised: boolean;
}

/** The sign, note and CSS class of a row. */
export interface ToleranceMark {
  readonly mark: string;
  /** Class of the note on a page. */
  readonly tone: string;
  readonly note: string;
}

/**
 * The mark and the note for a row whose difference is inside or outside the tolerance, or undecided.
 * @param nothing The note if there was nothing to compare.
 */
export function chooseToleranceMark(row: ToleranceRow, nothing: string): ToleranceMark {
  const { isInside, isPromised } = row;
  const open = isInside === null && row.intervals !== undefined ? undecided(row) : undefined;
  if (!isPromised) {
    const word = open === undefined ? (isInside === true ? 'inside' : 'outside') : 'undecided';
    const note = `${word}, not promised`;
    return { mark: '·', tone: 'muted', note: isInside === null && !open ? nothing : note };
  }
  if (open !== undefined) return { mark: '?', tone: 'open-text', note: open };
  if (isInside === true) return { mark: '✓', tone: 'pass-text', note: 'inside' };
  return { mark: '✗', tone: 'fail-text', note: isInside === null ? nothing : 'OUTSIDE' };
}

/** A mark such as `undecided, n >= 680`: with that many samples it could be decided. */
function undecided({ needed }: ToleranceRow): string {
  return needed === undefined ? 'undecided' : `undecided, n >= ${wholeNumberText(needed)}`;
}
