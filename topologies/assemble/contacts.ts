/**
 * Checks contacts: windows ascend, repetitions do not overlap, and the actual times of a contact
 * (`actual`) fit its plan (docs/spec/link-model.md#contacts).
 *
 * @module
 */
import type { ActualContactSpec, ContactsSpec } from '../../engine/net/link-spec.ts';
import type { ValuePath } from '../files/locate.ts';
import { formatTime } from '../files/units.ts';

/** A mistake, and the path of the wrong value inside the `contacts` entry; without a path it is the whole entry. */
export interface ContactsMistake {
  readonly at?: ValuePath;
  readonly message: string;
  readonly hint?: string;
}

/**
 * Smallest mean time per window, ns, because each window costs events: a period with n windows must
 * last at least n times this.
 */
const WINDOW_NS = 1_000;
/** Number of planned starts that a hint lists. */
const STARTS_SHOWN = 4;

/** The first mistake in the `contacts` of a direction; undefined if there is none. */
export function findContactsMistake(contacts: ContactsSpec): ContactsMistake | undefined {
  let last = 0;
  for (const { startNs, endNs } of contacts.windows) {
    const window = `${formatTime(startNs)} to ${formatTime(endNs)}`;
    const isEmpty = endNs <= startNs;
    if (isEmpty || startNs < last) {
      const what = isEmpty ? 'ends before it begins' : 'begins before the previous one ends';
      return { message: `the window ${window} ${what}` };
    }
    last = endNs;
  }
  const { periodNs, windows } = contacts;
  if (periodNs === undefined) return actualMistake(contacts);
  const period = formatTime(periodNs);
  if (periodNs < last) {
    const message = `a period of ${period} is over before the last window (${formatTime(last)})`;
    return { message };
  }
  if (periodNs >= windows.length * WINDOW_NS) return actualMistake(contacts);
  const what = windows.length === 1 ? 'its window' : `each of its ${windows.length} windows`;
  return { message: `a period of ${period}, expected ${formatTime(WINDOW_NS)} for ${what}` };
}

function actualMistake(contacts: ContactsSpec): ContactsMistake | undefined {
  let previousNs = -1;
  for (const [index, entry] of (contacts.actual ?? []).entries()) {
    const mistake = entryMistake(contacts, entry, previousNs);
    if (mistake !== undefined) {
      const { key, ...words } = mistake;
      return { at: ['actual', index, key], ...words };
    }
    previousNs = entry.plannedStartNs;
  }
  return undefined;
}

interface EntryMistake {
  readonly key: string;
  readonly message: string;
  readonly hint?: string;
}

function entryMistake(
  contacts: ContactsSpec,
  entry: ActualContactSpec,
  previousNs: number,
): EntryMistake | undefined {
  const { plannedStartNs, startNs = plannedStartNs } = entry;
  const planned = formatTime(plannedStartNs);
  const name = `the contact of ${planned}`;
  if (plannedStartNs <= previousNs) {
    return { key: 'contact', message: `${name} must come after the entry before it` };
  }
  const plannedEndNs = plannedEnd(contacts, plannedStartNs);
  if (plannedEndNs === undefined) {
    const message = `no contact is planned to begin at ${planned}`;
    return { key: 'contact', message, hint: `contacts begin at ${plannedStarts(contacts)}` };
  }
  if (entry.isMissing === true) {
    if (entry.startNs === undefined && entry.endNs === undefined) return undefined;
    const message = `${name} is missing, so it has neither start nor end`;
    return { key: 'missing', message, hint: 'leave out missing, or the times' };
  }
  const { endNs = plannedEndNs } = entry;
  const end = formatTime(plannedEndNs);
  if (startNs < plannedStartNs || startNs >= plannedEndNs) {
    const message = `${name} begins at ${formatTime(startNs)}, which is outside of its window`;
    return { key: 'start', message, hint: `its window is ${planned} to ${end}` };
  }
  if (endNs > plannedEndNs || endNs <= startNs) {
    const what = endNs > plannedEndNs ? 'which is outside of its window' : 'before it begins';
    const message = `${name} ends at ${formatTime(endNs)}, ${what}`;
    return { key: 'end', message, hint: `its window is ${planned} to ${end}` };
  }
  return undefined;
}

/** The planned end, ns, of the contact whose planned start is `startNs`; undefined if there is no such contact. */
function plannedEnd({ windows, periodNs }: ContactsSpec, startNs: number): number | undefined {
  const period = periodNs ?? Number.POSITIVE_INFINITY;
  for (const window of windows) {
    const distance = startNs - window.startNs;
    if (distance === 0 || (distance > 0 && distance % period === 0)) {
      return window.endNs + distance;
    }
  }
  return undefined;
}

/** The first planned starts, as text for a hint. */
function plannedStarts({ windows, periodNs }: ContactsSpec): string {
  const first = windows.map(({ startNs }) => startNs);
  const again = periodNs === undefined ? [] : first.map((ns) => ns + periodNs);
  const all = [...first, ...again].map((ns) => formatTime(ns));
  const isCut = periodNs !== undefined || all.length > STARTS_SHOWN;
  return all.slice(0, STARTS_SHOWN).join(', ') + (isCut ? ', ...' : '');
}
