/**
 * When anything is broken: intervals of time, merged where faults overlap.
 *
 * @module
 */
import type { FaultRow } from '../data/trace-answers.ts';
import type { Range } from './time-line.ts';

/**
 * Merged intervals in chronological order.
 * @param lastNs Where faults end that nobody has ended: the end of the run, or how far it is.
 */
export function faultStretches(faults: readonly FaultRow[], lastNs: number): readonly Range[] {
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
