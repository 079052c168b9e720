/**
 * Instants that the reader has marked with the key `m`; the address contains them as
 * `marks=3.2s,4.75s`.
 *
 * @module
 */
import { readDuration, writeDuration } from './duration.ts';

/** Name of the parameter of the page's address that contains the marked instants. */
export const TIME_MARKS_PARAMETER = 'marks';
/** Largest number of marks; more would hide the time line. */
const MARKS_MAX = 20;
/** A mark is at the cursor if their distance is at most this share of the visible range. */
const NEAR_SHARE = 0.004;

/** Reads the marks in chronological order; skips values that are not instants. */
export function readTimeMarks(parameters: Readonly<Record<string, string>>): readonly number[] {
  const found = (parameters[TIME_MARKS_PARAMETER] ?? '')
    .split(',')
    .flatMap((text) => readDuration(text) ?? []);
  return [...new Set(found)].sort((a, b) => a - b).slice(0, MARKS_MAX);
}

/** Formats the marks as a parameter of the address; undefined if there are no marks. */
export function writeTimeMarks(marks: readonly number[]): string | undefined {
  return marks.length === 0 ? undefined : marks.map(writeDuration).join(',');
}

/** Removes the mark at the instant `timeNs`; if no mark is there, adds one. */
export function withTimeMarkToggled(
  marks: readonly number[],
  timeNs: number,
  rangeNs: number,
): readonly number[] {
  const others = marks.filter((mark) => Math.abs(mark - timeNs) > rangeNs * NEAR_SHARE);
  if (others.length < marks.length) return others;
  return [...marks, Math.round(timeNs)].sort((a, b) => a - b).slice(0, MARKS_MAX);
}
