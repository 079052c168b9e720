/**
 * What holds at the cursor: which links are down or impaired since when, and how the latest fault
 * went. From the fault table alone.
 *
 * @module
 */
import type { FaultRow } from '../../data/trace-answers.ts';

/** State of a link or node by its id. */
export interface Ailment {
  readonly state: 'down' | 'impaired';
  readonly sinceNs: number;
  readonly text: string;
}

/** A fault with what it caused up to the cursor. */
export interface FaultStory {
  readonly text: string;
  readonly target: string;
  readonly beginNs: number;
  readonly endNs: number | undefined;
  /** `detected`, `switched`, `first packet`: ns after the beginning. */
  readonly effects: readonly { readonly name: string; readonly afterNs: number }[];
}

/** What ails at an instant, by target. */
export function ailmentsAt(
  faults: readonly FaultRow[],
  timeNs: number,
): ReadonlyMap<string, Ailment> {
  const ailing = new Map<string, Ailment>();
  for (const { timeNs: at, kind, target, text } of faults) {
    if (at > timeNs) break;
    if (kind === 'end') ailing.delete(target);
    if (kind !== 'begin') continue;
    const isDown = /\b(down|crash\w*|partition\w*|cut off)\b/.test(text);
    ailing.set(target, { state: isDown ? 'down' : 'impaired', sinceNs: at, text });
  }
  return ailing;
}

/** The latest fault that began at or before an instant. */
export function storyAt(faults: readonly FaultRow[], timeNs: number): FaultStory | undefined {
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
