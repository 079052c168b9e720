/**
 * The intervals of time during which at least one fault lasts; overlapping intervals are merged.
 *
 * @module
 */
import type { FaultRow } from '../data/trace-answers.ts';
import type { TimeRange } from './time-line.ts';

/**
 * Merges the intervals of all faults; the result is in chronological order.
 * @param lastNs The end to assume for faults that have not ended, ns: the end of the run, or the
 *   present instant of a run in progress.
 */
export function mergedFaultIntervals(
  faults: readonly FaultRow[],
  lastNs: number,
): readonly TimeRange[] {
  const merged: [number, number][] = [];
  for (const { kind, target, text, timeNs } of faults) {
    if (kind !== 'begin') continue;
    const end = faults.find(
      (row) =>
        row.kind === 'end' && row.target === target && row.text === text && row.timeNs > timeNs,
    );
    const endNs = end?.timeNs ?? Math.max(timeNs, lastNs);
    const last = merged.at(-1);
    if (last !== undefined && timeNs <= last[1]) last[1] = Math.max(last[1], endNs);
    else merged.push([timeNs, endNs]);
  }
  return merged;
}
