/**
 * The states that a node traces about its messages and ways, with their text formats: the node writes them,
 * the browser view reads them. Instants are ms since the start of the run.
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
import { declareStatePerPeer } from '../_kit/trace-state.ts';
import { MESSAGE_KINDS } from './envelope.ts';

/** Largest number of open messages that a state lists: the oldest ones. */
export const OPEN_MESSAGES_LISTED_MAX = 12;
/** Largest number of ended messages that a state lists: those that ended last. */
export const ENDED_MESSAGES_LISTED_MAX = 8;
/** Largest number of departures listed of one message; departures of adjacent bytes close in time are one. */
export const TRANSMISSIONS_LISTED_MAX = 48;
/** Number of messages to a peer, the newest, whose departures are traced, each in its own slot. */
export const TRACED_MESSAGE_LIVES_MAX = 4;

/** Reasons for which bytes leave: `first`, or why they are sent again. */
export const TRANSMISSION_REASONS = [
  'first',
  'lost',
  'time-out',
  'refused',
  'other-way',
  'peer-restarted',
] as const;
/** See {@link TRANSMISSION_REASONS}. */
export type TransmissionReason = (typeof TRANSMISSION_REASONS)[number];

const AGAIN = listFormat(
  textFormatFromTemplate('{why}={times}', {
    why: oneOfFormat(TRANSMISSION_REASONS),
    times: countFormat,
  }),
  '+',
);

const LISTED = listFormat(
  textFormatFromTemplate(
    '{number} {kind} of {bytes} B sent {sent} there {there} since {sinceMs} until {untilMs} {state} {again}',
    {
      number: countFormat,
      kind: oneOfFormat(MESSAGE_KINDS),
      bytes: countFormat,
      sent: countFormat,
      there: countFormat,
      sinceMs: countFormat,
      untilMs: optionalFormat(countFormat),
      /** `open`, or how it ended. */
      state: wordFormat,
      again: AGAIN,
    },
  ),
  ',',
);

/**
 * The number of open messages to a peer, and some messages listed: `1 open: 5 call of 1062 B sent 1062 there
 * 0 since 500 until - open lost=2`.
 */
export const MESSAGES_TRACE = declareStatePerPeer(
  'messages to {peer}',
  textFormatFromTemplate('{open} open: {listed}', { open: countFormat, listed: LISTED }),
);
/** A message in the list of {@link MESSAGES_TRACE}. */
export type TracedMessage = NonNullable<
  ReturnType<(typeof MESSAGES_TRACE)['state']['read']>
>['listed'][number];

/** The departures of one message; `place` is the slot of the message, from 0. */
export const MESSAGE_LIFE_TRACE = {
  machine: textFormatFromTemplate('life {place} of {peer}', {
    place: countFormat,
    peer: wordFormat,
  }),
  state: textFormatFromTemplate(
    '{number} of {bytes} B again {again} over {ways} unlisted {unlisted}: {departures}',
    {
      number: countFormat,
      bytes: countFormat,
      /** Number of bytes that left again, and the ways taken, over all departures, listed or not. */
      again: countFormat,
      ways: listFormat(wordFormat, '>'),
      /** Number of departures that are not listed. */
      unlisted: countFormat,
      departures: listFormat(
        textFormatFromTemplate('{fromMs}-{toMs} {way} {start}-{end} {why}', {
          fromMs: countFormat,
          toMs: countFormat,
          way: wordFormat,
          start: countFormat,
          end: countFormat,
          why: oneOfFormat(TRANSMISSION_REASONS),
        }),
        ',',
      ),
    },
  ),
};
/** The departures of one message, as {@link MESSAGE_LIFE_TRACE} reads them from a trace. */
export type MessageLifeState = NonNullable<
  ReturnType<(typeof MESSAGE_LIFE_TRACE)['state']['read']>
>;
/** One departure: adjacent bytes of a message that left over a way within a short time. */
export type TracedTransmission = MessageLifeState['departures'][number];

/** What the ways cost among which that choice was made: `gateway 20000 us 1000 ppm 100 m-epsilon`. */
export const COSTS_TRACE = declareStatePerPeer(
  'costs of ways to {peer}',
  listFormat(
    textFormatFromTemplate('{way} {latencyUs} us {lossPpm} ppm {epsilonMilli} m-epsilon', {
      way: wordFormat,
      latencyUs: countFormat,
      lossPpm: countFormat,
      epsilonMilli: countFormat,
    }),
    ',',
  ),
);
/** The cost of a way, as {@link COSTS_TRACE} reads it from a trace. */
export type TracedCost = NonNullable<ReturnType<(typeof COSTS_TRACE)['state']['read']>>[number];

/** Ways to a peer: `datagram up in-use window 12000 flight 1200 trip 20012`. */
export const WAYS_TRACE = declareStatePerPeer(
  'ways to {peer}',
  listFormat(
    textFormatFromTemplate('{name} {state} {use} window {window} flight {flight} trip {tripUs}', {
      name: wordFormat,
      state: oneOfFormat(['up', 'down']),
      use: oneOfFormat(['in-use', 'idle']),
      /** Congestion window and bytes under way; 0 over carriers that promise delivery or report it. */
      window: countFormat,
      flight: countFormat,
      /** Round-trip time, us; null before the first sample. */
      tripUs: optionalFormat(countFormat),
    }),
    ',',
  ),
);
/** A way to a peer, as {@link WAYS_TRACE} reads it from a trace. */
export type TracedWay = NonNullable<ReturnType<(typeof WAYS_TRACE)['state']['read']>>[number];
