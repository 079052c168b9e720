/**
 * Whether links can send at an instant, from the contacts in the header of the trace. Uses no DOM.
 *
 * @module
 */
import type { ContactsInfo } from '../../../engine/measure/trace/layout.ts';
import type { TraceInfo } from './trace-answers.ts';

/** For each link with contacts, by its id: whether one of its directions can send at an instant. */
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

/** True while a contact takes place. */
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

/** Number of the last window that begins at an instant or before it; -1 if none does. */
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
