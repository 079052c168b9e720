/**
 * The planned window of a link that is open at an instant.
 *
 * @module
 */
import type { PlannedContact, PlannedContacts } from '../../../engine/host/network-view.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';

/**
 * Finds the planned window of a link at an instant `planNs`, with its end, both in plan time;
 * undefined if none is planned then, or the link is always open.
 */
export function plannedWindowAt(
  contacts: PlannedContacts | undefined,
  planNs: Nanoseconds,
): PlannedContact | undefined {
  if (contacts === undefined) return undefined;
  const { windows, periodNs } = contacts;
  const base = periodNs === undefined ? 0 : Math.floor(planNs / periodNs) * periodNs;
  const within = planNs - base;
  const window = windows.find(({ startNs, endNs }) => startNs <= within && within < endNs);
  return window && { ...window, startNs: base + window.startNs, endNs: base + window.endNs };
}
