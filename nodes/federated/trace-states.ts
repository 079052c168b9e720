/**
 * States of federated learning in a trace: rounds at the aggregator, sessions at clients. Nodes write them, and the
 * browser view reads them, in the text formats of this file.
 *
 * @module
 */
import {
  anyTextFormat,
  countFormat,
  listFormat,
  optionalFormat,
  type TextFormat,
  textFormatFromTemplate,
  wordFormat,
} from '../_kit/text-form.ts';
import type { SingleTraceState } from '../_kit/trace-state.ts';

/** Numbers in ascending order as ranges: `0-3 5 7-9`; no text for none. */
const ranges: TextFormat<readonly number[]> = {
  write: (values): string => {
    const spans: [number, number][] = [];
    for (const value of values) {
      const last = spans.at(-1);
      if (last !== undefined && value === last[1] + 1) last[1] = value;
      else spans.push([value, value]);
    }
    return spans.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(' ');
  },
  read: (text): readonly number[] | undefined => {
    if (text === '') return [];
    const values = text.split(' ').flatMap(numbersOf);
    return ranges.write(values) === text ? values : undefined;
  },
};

/** Largest number of clients of a session that is read; a text with more is not accepted as a state. */
const CLIENTS_MAX = 100_000;

function numbersOf(span: string): readonly number[] {
  const [from = 0, to = from] = span.split('-').map(Number);
  const length = Math.min(CLIENTS_MAX, to - from + 1);
  return Array.from({ length }, (_, step) => from + step);
}

/** A round as its aggregator sees it. Each list of clients that answered is null until its phase is over. */
export interface TracedRoundState {
  readonly round: number;
  /** A phase of the server; `done` and `aborted` end the round. */
  readonly phase: string;
  readonly clients: number;
  /** Number of shares that open a secret. */
  readonly threshold: number;
  /** Number of clients that a client shares masks with; 0 if inputs are not hidden. */
  readonly neighbours: number;
  /** Indices of the clients whose keys have arrived, ascending. */
  readonly keys: readonly number[] | null;
  /** Indices of the clients whose shares have arrived, ascending. */
  readonly shares: readonly number[] | null;
  /** Indices of the clients whose inputs have arrived, ascending. */
  readonly inputs: readonly number[] | null;
  /** Why there is no sum. */
  readonly reason: string | null;
}

/** The round of an aggregator. */
export const ROUND_TRACE: SingleTraceState<TracedRoundState> = {
  machine: 'round',
  state: textFormatFromTemplate(
    '{round} {phase} clients={clients} threshold={threshold} neighbours={neighbours} keys={keys}, shares={shares}, inputs={inputs}, reason={reason}',
    {
      round: countFormat,
      phase: wordFormat,
      clients: countFormat,
      threshold: countFormat,
      neighbours: countFormat,
      keys: optionalFormat(ranges),
      shares: optionalFormat(ranges),
      inputs: optionalFormat(ranges),
      reason: optionalFormat(wordFormat),
    },
  ),
};

/** Names of the clients of the round, by index. */
export const CLIENTS_TRACE: SingleTraceState<readonly string[]> = {
  machine: 'clients',
  state: listFormat(anyTextFormat, ' '),
};

/** Format of the traced order of clients on the ring from which a sparse mask graph is made. */
export const RING_TRACE: SingleTraceState<{
  readonly round: number;
  readonly order: readonly number[];
}> = {
  machine: 'ring',
  state: textFormatFromTemplate('{round}: {order}', {
    round: countFormat,
    order: listFormat(countFormat, ' '),
  }),
};

/** A session as its client sees it. */
export interface TracedSessionState {
  readonly round: number;
  /** A phase of the client, or `left`. */
  readonly phase: string;
  /** Bytes of the sum's messages that were given to the carrier. */
  readonly up: number;
  /** Bytes of the sum's messages that were received. */
  readonly down: number;
}

/** The session of a client. */
export const SESSION_TRACE: SingleTraceState<TracedSessionState> = {
  machine: 'session',
  state: textFormatFromTemplate('{round} {phase}, {up} B up, {down} B down', {
    round: countFormat,
    phase: wordFormat,
    up: countFormat,
    down: countFormat,
  }),
};
