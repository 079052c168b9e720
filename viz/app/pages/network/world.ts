/**
 * Finds the latest fault before the cursor and its effects so far, from the fault table alone.
 *
 * @module
 */
import type { FaultRow } from '../../data/trace-answers.ts';

/** A fault with its effects up to the cursor. */
export interface FaultWithEffects {
  readonly text: string;
  readonly target: string;
  readonly beginNs: number;
  readonly endNs: number | undefined;
  /**
   * For each effect: its name, such as `detected`, `switched` or `first packet`, and its time after
   * the start of the fault, ns.
   */
  readonly effects: readonly { readonly name: string; readonly afterNs: number }[];
}

/**
 * Finds the latest fault that began at or before an instant, with its effects up to this instant.
 */
export function latestFaultAt(
  faults: readonly FaultRow[],
  timeNs: number,
): FaultWithEffects | undefined {
  const begin = faults.findLast((row) => row.kind === 'begin' && row.timeNs <= timeNs);
  if (begin === undefined) return undefined;
  const own = faults.filter(
    (row) => row.target === begin.target && row.timeNs >= begin.timeNs && row.timeNs <= timeNs,
  );
  const end = own.find(({ kind }) => kind === 'end');
  const effects = own
    .filter((row) => row.kind === 'effect' && row.text.endsWith(`: ${begin.text}`))
    .map((row) => ({
      name: row.text.slice(0, -begin.text.length - 2),
      afterNs: row.timeNs - begin.timeNs,
    }));
  const { text, target, timeNs: beginNs } = begin;
  return { text, target, beginNs, endNs: end?.timeNs, effects };
}
