/**
 * What a node traces about its messages and ways: written where it runs, read where it is drawn.
 * Instants are ms since the start of the run.
 *
 * @module
 */
import { count, form, list, oneOf, optional, word } from '../_kit/text-form.ts';
import { perPeer } from '../_kit/trace-state.ts';
import { MESSAGE_KINDS } from './envelope.ts';

/** Number of open messages that a state lists: the oldest ones. */
export const OPEN_LISTED = 12;
/** Number of ended messages that a state lists: the last ones. */
export const ENDED_LISTED = 8;
/** Departures that the life of a message lists; adjacent ones close in time count as one. */
export const DEPARTURES_LISTED = 48;
/** Number of latest messages to a peer whose lives are kept. */
export const LIVES = 4;

/** Why bytes leave: for the first time, or again. */
export const REASONS = [
  'first',
  'lost',
  'time-out',
  'refused',
  'other-way',
  'peer-restarted',
] as const;
/** See {@link REASONS}. */
export type Reason = (typeof REASONS)[number];

const AGAIN = list(form('{why}={times}', { why: oneOf(REASONS), times: count }), '+');

const LISTED = list(
  form(
    '{number} {kind} of {bytes} B sent {sent} there {there} since {sinceMs} until {untilMs} {state} {again}',
    {
      number: count,
      kind: oneOf(MESSAGE_KINDS),
      bytes: count,
      sent: count,
      there: count,
      sinceMs: count,
      untilMs: optional(count),
      /** `open`, or how it ended. */
      state: word,
      again: AGAIN,
    },
  ),
  ',',
);

/**
 * Messages to a peer, how many are open and some of them: `1 open: 5 call of 1062 B sent 1062 there 0
 * since 500 until - open lost=2`.
 */
export const MESSAGES = perPeer(
  'messages to {peer}',
  form('{open} open: {listed}', { open: count, listed: LISTED }),
);
/** A message in a list. */
export type MessageState = NonNullable<
  ReturnType<(typeof MESSAGES)['state']['read']>
>['listed'][number];

/** Departures of one message, by the place in which its life is kept. */
export const MESSAGE_LIFE = {
  machine: form('life {place} of {peer}', { place: count, peer: word }),
  state: form('{number} of {bytes} B again {again} over {ways} unlisted {unlisted}: {departures}', {
    number: count,
    bytes: count,
    /** Bytes that left again, and the ways that were taken, whether their departures are listed or not. */
    again: count,
    ways: list(word, '>'),
    /** Departures that are not listed. */
    unlisted: count,
    departures: list(
      form('{fromMs}-{toMs} {way} {start}-{end} {why}', {
        fromMs: count,
        toMs: count,
        way: word,
        start: count,
        end: count,
        why: oneOf(REASONS),
      }),
      ',',
    ),
  }),
};
/** The life of a message. */
export type MessageLifeState = NonNullable<ReturnType<(typeof MESSAGE_LIFE)['state']['read']>>;
/** Bytes that left together. */
export type Departure = MessageLifeState['departures'][number];

/** Ways to a peer: `datagram up in-use window 12000 flight 1200 trip 20012`. */
export const WAYS = perPeer(
  'ways to {peer}',
  list(
    form('{name} {state} {use} window {window} flight {flight} trip {tripUs}', {
      name: word,
      state: oneOf(['up', 'down']),
      use: oneOf(['in-use', 'idle']),
      /** Congestion window and bytes under way; 0 over carriers whose answer is enough. */
      window: count,
      flight: count,
      /** Round trip; null before the first sample. */
      tripUs: optional(count),
    }),
    ',',
  ),
);
/** A way. */
export type WayText = NonNullable<ReturnType<(typeof WAYS)['state']['read']>>[number];
