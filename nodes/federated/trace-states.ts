/**
 * States of federated learning in a trace: rounds at the aggregator, sessions at clients. Nodes write
 * them and the page reads them with the forms of this file.
 *
 * @module
 */
import {
  anyText,
  countForm,
  type Form,
  form,
  listForm,
  optional,
  wordForm,
} from '../_kit/text-form.ts';
import type { SingleState } from '../_kit/trace-state.ts';

/** Numbers in ascending order as ranges: `0-3 5 7-9`; no text for none. */
const ranges: Form<readonly number[]> = {
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

/** Clients that a session can have; a text that claims more is no state. */
const CLIENTS_MAX = 100_000;

function numbersOf(span: string): readonly number[] {
  const [from = 0, to = from] = span.split('-').map(Number);
  const length = Math.min(CLIENTS_MAX, to - from + 1);
  return Array.from({ length }, (_, step) => from + step);
}

/** A round as its aggregator sees it. Who answered is null until the phase that asks for it is over. */
export interface RoundState {
  readonly round: number;
  /** A phase of the server; `done` and `aborted` end the round. */
  readonly phase: string;
  readonly clients: number;
  /** Shares that open a secret. */
  readonly threshold: number;
  /** Clients that a client shares masks with; 0 if inputs are not hidden. */
  readonly neighbours: number;
  /** Indices of clients, ascending. */
  readonly keys: readonly number[] | null;
  readonly shares: readonly number[] | null;
  readonly inputs: readonly number[] | null;
  /** Why there is no sum. */
  readonly reason: string | null;
}

/** The round of an aggregator. */
export const ROUND_TRACE: SingleState<RoundState> = {
  machine: 'round',
  state: form(
    '{round} {phase} clients={clients} threshold={threshold} neighbours={neighbours} keys={keys}, shares={shares}, inputs={inputs}, reason={reason}',
    {
      round: countForm,
      phase: wordForm,
      clients: countForm,
      threshold: countForm,
      neighbours: countForm,
      keys: optional(ranges),
      shares: optional(ranges),
      inputs: optional(ranges),
      reason: optional(wordForm),
    },
  ),
};

/** Names of the clients of the round, by index. */
export const CLIENTS: SingleState<readonly string[]> = {
  machine: 'clients',
  state: listForm(anyText, ' '),
};

/** The order of clients on the ring of a graph that is not complete. */
export const RING_TRACE: SingleState<{
  readonly round: number;
  readonly order: readonly number[];
}> = {
  machine: 'ring',
  state: form('{round}: {order}', { round: countForm, order: listForm(countForm, ' ') }),
};

/** A session as its client sees it. */
export interface SessionState {
  readonly round: number;
  /** A phase of the client, or `left`. */
  readonly phase: string;
  /** Bytes of the sum's messages that were given to the carrier, and received. */
  readonly up: number;
  readonly down: number;
}

/** The session of a client. */
export const SESSION_TRACE: SingleState<SessionState> = {
  machine: 'session',
  state: form('{round} {phase}, {up} B up, {down} B down', {
    round: countForm,
    phase: wordForm,
    up: countForm,
    down: countForm,
  }),
};
