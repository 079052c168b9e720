/**
 * States of a trace as typed data: a protocol declares each kind of its state machines once, in a
 * pure file that its nodes write with and its pages read with. In the trace a state is a text that
 * people read too; what a page cannot read (an older trace) it shows as that text.
 *
 * @module
 */
import { anyTextFormat, type TextFormat, textFormatFromTemplate, wordFormat } from './text-form.ts';

/** A kind of state machine, of which a node has one for each key. */
export interface KeyedTraceState<Key, Value> {
  /** The name of a machine, from its key. */
  readonly machine: TextFormat<Key>;
  readonly state: TextFormat<Value>;
}

/** A state machine of which a node has exactly one. */
export interface SingleTraceState<Value> {
  readonly machine: string;
  readonly state: TextFormat<Value>;
}

/** A state as a page finds it. */
export interface TracedState<Value> {
  /** Undefined if the text is not in the form that is known here. */
  readonly value: Value | undefined;
  /** The text in the trace. */
  readonly text: string;
}

/** The states of one node by the names of their machines. */
export type StateTexts = ReadonlyMap<string, string>;

/** All states of one kind, in the order of `texts`. */
export function readTracedStates<Key, Value>(
  { machine, state }: KeyedTraceState<Key, Value>,
  texts: StateTexts,
): readonly (TracedState<Value> & { readonly key: Key })[] {
  return [...texts].flatMap(([name, text]) => {
    const key = machine.read(name);
    return key === undefined ? [] : [{ key, value: state.read(text), text }];
  });
}

/** The state of one machine; undefined if the node has traced none. */
export function readTracedState<Key, Value>(
  { machine, state }: KeyedTraceState<Key, Value>,
  key: Key,
  texts: StateTexts,
): TracedState<Value> | undefined {
  return found(state, texts.get(machine.write(key)));
}

/** The state of the one machine of a kind; undefined if the node has traced none. */
export function readSingleTracedState<Value>(
  { machine, state }: SingleTraceState<Value>,
  texts: StateTexts,
): TracedState<Value> | undefined {
  return found(state, texts.get(machine));
}

/** Texts of states of one kind that cannot be read, each with its node and machine. */
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

/** A machine for each peer, with a name such as `window of {peer}`. */
/*#__NO_SIDE_EFFECTS__*/
export function declareStatePerPeer<Value>(
  template: string,
  state: TextFormat<Value>,
): KeyedTraceState<{ readonly peer: string }, Value> {
  return { machine: textFormatFromTemplate(template, { peer: anyTextFormat }), state };
}

/** A machine for each path to each peer, with a name such as `route {path} to {peer}`. */
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
