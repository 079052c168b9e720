/**
 * What a node traces about its contacts and its store: written where it runs, read where it is
 * drawn. Instants are those of contact plans, in ms.
 *
 * @module
 */
import { count, form, list, optional, word } from '../_kit/text-form.ts';
import { perPeer, type SingleState } from '../_kit/trace-state.ts';

/** Contacts, and departures, with a neighbour that a state lists: more than a drawing can show. */
export const LISTED_MAX = 64;

const WINDOWS = list(form('{fromMs}-{toMs}', { fromMs: count, toMs: optional(count) }), ',');

/** Contacts in the direction to a neighbour: `planned 0-30000,50000-60000 happened 120-30000`. */
export const CONTACTS = perPeer(
  'contacts with {peer}',
  form('planned {planned} happened {happened}', { planned: WINDOWS, happened: WINDOWS }),
);
/** Contacts with a neighbour; the end of one that is open is null. */
export type ContactsState = NonNullable<ReturnType<(typeof CONTACTS)['state']['read']>>;
/** A contact. */
export type ContactWindow = ContactsState['planned'][number];

/** Bundles that left to a neighbour, and when the last of them did: `9 sent at 1000,1120`. */
export const DEPARTURES = perPeer(
  'bundles to {peer}',
  form('{sent} sent at {atMs}', { sent: count, atMs: list(count, ',') }),
);

const WAITING = list(form('{reason}={bundles}', { reason: word, bundles: count }), ',');
const STORE_STATE = form('{bundles} bundles of {bytes} B waiting {waiting}', {
  bundles: count,
  bytes: count,
  waiting: WAITING,
});

/** The store, and why bundles wait: `3 bundles of 3210 B waiting no-route=2,queue=1`. */
export const STORE: SingleState<StoreState> = { machine: 'store', state: STORE_STATE };
/** A store. */
export type StoreState = NonNullable<ReturnType<(typeof STORE_STATE)['read']>>;
