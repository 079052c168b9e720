/**
 * What a node traces about its messages and ways: written where it runs, read where it is drawn.
 * Instants are ms since the start of the run.
 *
 * @module
 */
import { countForm, form, listForm, oneOf, optional, wordForm } from '../_kit/text-form.ts';
import { statePerPeer } from '../_kit/trace-state.ts';
import { MESSAGE_KINDS } from './envelope.ts';

/** Number of open messages that a state lists: the oldest ones. */
export const OPEN_MESSAGES_LISTED = 12;
/** Number of ended messages that a state lists: the last ones. */
export const ENDED_MESSAGES_LISTED = 8;
/** Departures that the life of a message lists; adjacent ones close in time count as one. */
export const DEPARTURES_LISTED = 48;
/** Number of latest messages to a peer whose lives are kept. */
export const MESSAGE_LIVES_KEPT = 4;

/** Why bytes leave: for the first time, or again. */
export const DEPARTURE_REASONS = [
  'first',
  'lost',
  'time-out',
  'refused',
  'other-way',
  'peer-restarted',
] as const;
/** See {@link DEPARTURE_REASONS}. */
export type DepartureReason = (typeof DEPARTURE_REASONS)[number];

const AGAIN = listForm(
  form('{why}={times}', { why: oneOf(DEPARTURE_REASONS), times: countForm }),
  '+',
);

const LISTED = listForm(
  form(
    '{number} {kind} of {bytes} B sent {sent} there {there} since {sinceMs} until {untilMs} {state} {again}',
    {
      number: countForm,
      kind: oneOf(MESSAGE_KINDS),
      bytes: countForm,
      sent: countForm,
      there: countForm,
      sinceMs: countForm,
      untilMs: optional(countForm),
      /** `open`, or how it ended. */
      state: wordForm,
      again: AGAIN,
    },
  ),
  ',',
);

/**
 * Messages to a peer, how many are open and some of them: `1 open: 5 call of 1062 B sent 1062 there 0
 * since 500 until - open lost=2`.
 */
export const MESSAGES_TRACE = statePerPeer(
  'messages to {peer}',
  form('{open} open: {listed}', { open: countForm, listed: LISTED }),
);
/** A message in a list. */
export type MessageState = NonNullable<
  ReturnType<(typeof MESSAGES_TRACE)['state']['read']>
>['listed'][number];

/** Departures of one message, by the place in which its life is kept. */
export const MESSAGE_LIFE_TRACE = {
  machine: form('life {place} of {peer}', { place: countForm, peer: wordForm }),
  state: form('{number} of {bytes} B again {again} over {ways} unlisted {unlisted}: {departures}', {
    number: countForm,
    bytes: countForm,
    /** Bytes that left again, and the ways that were taken, whether their departures are listed or not. */
    again: countForm,
    ways: listForm(wordForm, '>'),
    /** Departures that are not listed. */
    unlisted: countForm,
    departures: listForm(
      form('{fromMs}-{toMs} {way} {start}-{end} {why}', {
        fromMs: countForm,
        toMs: countForm,
        way: wordForm,
        start: countForm,
        end: countForm,
        why: oneOf(DEPARTURE_REASONS),
      }),
      ',',
    ),
  }),
};
/** The life of a message. */
export type MessageLifeState = NonNullable<
  ReturnType<(typeof MESSAGE_LIFE_TRACE)['state']['read']>
>;
/** Bytes that left together. */
export type Departure = MessageLifeState['departures'][number];

/** Ways to a peer: `datagram up in-use window 12000 flight 1200 trip 20012`. */
export const WAYS_TRACE = statePerPeer(
  'ways to {peer}',
  listForm(
    form('{name} {state} {use} window {window} flight {flight} trip {tripUs}', {
      name: wordForm,
      state: oneOf(['up', 'down']),
      use: oneOf(['in-use', 'idle']),
      /** Congestion window and bytes under way; 0 over carriers whose answer is enough. */
      window: countForm,
      flight: countForm,
      /** Round trip; null before the first sample. */
      tripUs: optional(countForm),
    }),
    ',',
  ),
);
/** A way. */
export type WayText = NonNullable<ReturnType<(typeof WAYS_TRACE)['state']['read']>>[number];
