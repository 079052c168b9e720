/**
 * The marks for a figure that should lie within bounds of another: its sign, tone and note, the
 * same in every table that compares a live run. It decides nothing.
 *
 * @module
 */

/** The finding for one row. */
export interface InsideRow {
  /** Null when there was nothing to compare. */
  readonly isInside: boolean | null;
  /** False for what is shown but not promised. */
  readonly isPromised: boolean;
}

/** How to mark a row. */
export interface InsideWords {
  readonly mark: string;
  /** Class of the note on a page. */
  readonly tone: string;
  readonly note: string;
}

/** @param nothing What to print when there was nothing to compare. */
export function insideWords({ isInside, isPromised }: InsideRow, nothing: string): InsideWords {
  if (!isPromised) {
    const note = `${isInside === true ? 'inside' : 'outside'}, not promised`;
    return { mark: '·', tone: 'muted', note: isInside === null ? nothing : note };
  }
  if (isInside === true) return { mark: '✓', tone: 'pass-text', note: 'inside' };
  return { mark: '✗', tone: 'fail-text', note: isInside === null ? nothing : 'OUTSIDE' };
}
