/**
 * The states that a node traces about its contacts and its store: the node writes them as texts,
 * and the drawings read them. Instants are those of contact plans, in ms.
 *
 * @module
 */
import {
  countFormat,
  listFormat,
  oneOfFormat,
  optionalFormat,
  textFormatFromTemplate,
  wordFormat,
} from '../_kit/text-form.ts';
import { declareStatePerPeer, type SingleTraceState } from '../_kit/trace-state.ts';

/** Largest number of contacts, and of departures, that a state lists for a neighbour: more than are drawn. */
export const LISTED_CONTACTS_MAX = 64;

const WINDOWS = listFormat(
  textFormatFromTemplate('{fromMs}-{toMs}', {
    fromMs: countFormat,
    toMs: optionalFormat(countFormat),
  }),
  ',',
);

/** Contacts in the direction to a neighbour: `planned 0-30000,50000-60000 happened 120-30000`. */
export const CONTACTS_TRACE = declareStatePerPeer(
  'contacts with {peer}',
  textFormatFromTemplate('planned {planned} happened {happened}', {
    planned: WINDOWS,
    happened: WINDOWS,
  }),
);
/** Contacts with a neighbour, planned and happened; the end of a contact that is still open is null. */
export type ContactsState = NonNullable<ReturnType<(typeof CONTACTS_TRACE)['state']['read']>>;
/** A contact: its beginning and its end, ms. */
export type ContactWindow = ContactsState['planned'][number];

/** Bundles that left to a neighbour, and when the last of them did: `9 sent at 1000,1120`. */
export const DEPARTURES_TRACE = declareStatePerPeer(
  'bundles to {peer}',
  textFormatFromTemplate('{sent} sent at {atMs}', {
    sent: countFormat,
    atMs: listFormat(countFormat, ','),
  }),
);

const WAITING = listFormat(
  textFormatFromTemplate('{reason}={bundles}', { reason: wordFormat, bundles: countFormat }),
  ',',
);
const STORE_STATE = textFormatFromTemplate('{bundles} bundles of {bytes} B waiting {waiting}', {
  bundles: countFormat,
  bytes: countFormat,
  waiting: WAITING,
});

/** The store, and why bundles wait: `3 bundles of 3210 B waiting no-route=2,queue=1`. */
export const STORE_TRACE: SingleTraceState<StoreState> = { machine: 'store', state: STORE_STATE };
/** The contents of a store: how much it holds, and how many bundles wait for each reason. */
export type StoreState = NonNullable<ReturnType<(typeof STORE_STATE)['read']>>;

/** Largest number of bundles that a state lists with the reason for which they wait. */
export const LISTED_BUNDLES_MAX = 16;

const WAITING_BUNDLES = listFormat(
  textFormatFromTemplate('{source} for {destination} since {sinceMs} {why}', {
    source: wordFormat,
    destination: optionalFormat(wordFormat),
    sinceMs: countFormat,
    why: wordFormat,
  }),
  ',',
);

/** Why bundles wait, one by one: `ipn:1.0 for e since 4000 no-volume`; the first ones only. */
export const WAITING_LIST_TRACE: SingleTraceState<WaitingState> = {
  machine: 'waiting',
  state: WAITING_BUNDLES,
};
/** Bundles that wait, one by one, each with its reason. */
export type WaitingState = NonNullable<ReturnType<(typeof WAITING_BUNDLES)['read']>>;

/** The verdict on a route that was considered for a bundle. */
const VERDICTS = ['taken', 'later', 'no-contact-before-expiry', 'no-volume', 'no-route'] as const;

/**
 * The routes that were considered for the last bundle to a destination, best first, and when:
 * `at 4000: d in 2 hops arrives 31000 ends 30000 taken`; the end of one that is always open is `-`.
 */
export const ROUTES_TRACE = declareStatePerPeer(
  'routes to {peer}',
  textFormatFromTemplate('at {atMs}: {tried}', {
    atMs: countFormat,
    tried: listFormat(
      textFormatFromTemplate('{via} in {hops} hops arrives {arrivesMs} ends {endsMs} {verdict}', {
        via: wordFormat,
        hops: countFormat,
        arrivesMs: countFormat,
        endsMs: optionalFormat(countFormat),
        verdict: oneOfFormat(VERDICTS),
      }),
      ',',
    ),
  }),
);
/** The routes that were considered for the last bundle to a destination, and when. */
export type RoutesState = NonNullable<ReturnType<(typeof ROUTES_TRACE)['state']['read']>>;
/** A route that was considered, with the verdict on it. */
export type TracedRoute = RoutesState['tried'][number];
