/**
 * Computes whether links can send at an instant, from the contacts in the header of the trace: the
 * windows of time in which a direction of a link can send. Uses no DOM.
 *
 * @module
 */
import type { ContactsInfo } from '../../../engine/measure/trace/layout.ts';
import type { TraceInfo } from './trace-answers.ts';

/**
 * Returns, for each link with contacts, by the link's id, whether at least one of its directions
 * can send at an instant.
 */
export function linkContactStatesAt(
  { links }: Pick<TraceInfo, 'links'>,
  timeNs: number,
): ReadonlyMap<string, boolean> {
  const open = new Map<string, boolean>();
  for (const { id, contacts } of links) {
    if (contacts === undefined || open.get(id) === true) continue;
    open.set(id, isOpen(contacts, timeNs));
  }
  return open;
}

/** True if a contact takes place at the instant. */
function isOpen(
  { windows, periodNs = Number.POSITIVE_INFINITY, actual = [] }: ContactsInfo,
  timeNs: number,
): boolean {
  const baseNs = Number.isFinite(periodNs) ? Math.floor(timeNs / periodNs) * periodNs : 0;
  const planned = windows[lastBegun(windows, timeNs - baseNs)];
  if (planned === undefined) return false;
  const [fromNs, toNs] = planned.map((one) => one + baseNs) as [number, number];
  const [, trueFromNs, trueToNs] = actual.find(([begins]) => begins === fromNs) ?? [
    fromNs,
    fromNs,
    toNs,
  ];
  return timeNs >= trueFromNs && timeNs < trueToNs;
}

/** Index of the last window that begins at or before an instant; -1 if there is none. */
function lastBegun(windows: ContactsInfo['windows'], timeNs: number): number {
  let low = 0;
  let high = windows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((windows[middle] as readonly [number, number])[0] <= timeNs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
