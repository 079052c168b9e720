/**
 * States of a trace as typed data: a protocol declares each kind of its state machines once, in a
 * file that its nodes use to write states and its pages use to read them. In the trace a state is a text that
 * people can read, too; if a page cannot parse it (in an older trace), it shows the text.
 *
 * @module
 */
import { anyTextFormat, type TextFormat, textFormatFromTemplate, wordFormat } from './text-form.ts';

/** Declares a kind of state machine of which a node has one for each key, such as one for each peer. */
export interface KeyedTraceState<Key, Value> {
  /** The format of a machine's name in the trace, which contains the key. */
  readonly machine: TextFormat<Key>;
  /** The format of a state in the trace. */
  readonly state: TextFormat<Value>;
}

/** Declares a kind of state machine of which a node has exactly one. */
export interface SingleTraceState<Value> {
  /** The name of the machine in the trace. */
  readonly machine: string;
  /** The format of a state in the trace. */
  readonly state: TextFormat<Value>;
}

/** A state that a page has read from a trace. */
export interface TracedState<Value> {
  /** The parsed value; undefined if the text does not have the declared format. */
  readonly value: Value | undefined;
  /** The text in the trace. */
  readonly text: string;
}

/** The texts of the states of one node, by the names of their machines. */
export type StateTexts = ReadonlyMap<string, string>;

/** Reads the states of all machines of one kind, in the order of `texts`. */
export function readTracedStates<Key, Value>(
  { machine, state }: KeyedTraceState<Key, Value>,
  texts: StateTexts,
): readonly (TracedState<Value> & { readonly key: Key })[] {
  return [...texts].flatMap(([name, text]) => {
    const key = machine.read(name);
    return key === undefined ? [] : [{ key, value: state.read(text), text }];
  });
}

/** Reads the state of the machine with a key; undefined if the trace has none. */
export function readTracedState<Key, Value>(
  { machine, state }: KeyedTraceState<Key, Value>,
  key: Key,
  texts: StateTexts,
): TracedState<Value> | undefined {
  return found(state, texts.get(machine.write(key)));
}

/** Reads the state of a machine of which a node has exactly one; undefined if the trace has none. */
export function readSingleTracedState<Value>(
  { machine, state }: SingleTraceState<Value>,
  texts: StateTexts,
): TracedState<Value> | undefined {
  return found(state, texts.get(machine));
}

/** Finds the texts of states of one kind that do not have the declared format, each with its node and machine. */
export function findUnreadableStates<Key, Value>(
  { machine, state }: KeyedTraceState<Key, Value>,
  nodes: readonly { readonly name: string; readonly states: StateTexts }[],
): readonly string[] {
  return nodes.flatMap(({ name, states }) =>
    [...states].flatMap(([of, text]) =>
      machine.read(of) === undefined || state.read(text) !== undefined
        ? []
        : [`${name}, ${of}: ${text}`],
    ),
  );
}

/** Declares a state machine for each peer, with a name such as `window of {peer}`. */
/*#__NO_SIDE_EFFECTS__*/
export function declareStatePerPeer<Value>(
  template: string,
  state: TextFormat<Value>,
): KeyedTraceState<{ readonly peer: string }, Value> {
  return { machine: textFormatFromTemplate(template, { peer: anyTextFormat }), state };
}

/** Declares a state machine for each path to each peer, with a name such as `route {path} to {peer}`. */
/*#__NO_SIDE_EFFECTS__*/
export function declareStatePerPath<Value>(
  template: string,
  state: TextFormat<Value>,
): KeyedTraceState<{ readonly path: string; readonly peer: string }, Value> {
  return {
    machine: textFormatFromTemplate(template, { path: wordFormat, peer: anyTextFormat }),
    state,
  };
}

function found<Value>(
  state: TextFormat<Value>,
  text: string | undefined,
): TracedState<Value> | undefined {
  return text === undefined ? undefined : { value: state.read(text), text };
}
