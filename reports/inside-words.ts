/**
 * What is said of a figure that ought to lie within bounds of another: its sign, its tone and its note,
 * alike in every table that compares a live run. Decides nothing.
 *
 * @module
 */

/** What was found of one row. */
export interface InsideRow {
  /** Null when there was nothing to compare. */
  readonly isInside: boolean | null;
  /** False for what is shown and not promised. */
  readonly isPromised: boolean;
}

/** How a row is marked. */
export interface InsideWords {
  readonly mark: string;
  /** Class of the note on a page. */
  readonly tone: string;
  readonly note: string;
}

/** @param nothing What to say where there was nothing to compare. */
export function insideWords({ isInside, isPromised }: InsideRow, nothing: string): InsideWords {
  if (!isPromised) {
    const note = `${isInside === true ? 'inside' : 'outside'}, not promised`;
    return { mark: '·', tone: 'muted', note: isInside === null ? nothing : note };
  }
  if (isInside === true) return { mark: '✓', tone: 'pass-text', note: 'inside' };
  return { mark: '✗', tone: 'fail-text', note: isInside === null ? nothing : 'OUTSIDE' };
}
