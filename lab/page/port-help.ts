/**
 * Completion while a protocol is being written, from the types of the port.
 *
 * @module
 */
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';

/** A member of a type of the port. */
interface PortMember {
  readonly name: string;
  readonly type: string;
  readonly doc: string;
}

/** The types of the port by name, each with its documentation. */
export type PortWords = Readonly<
  Record<string, { readonly doc: string; readonly members: readonly PortMember[] }>
>;

/** Characters before the cursor that are looked at. */
const LOOK_BACK_CHARS = 200;

/**
 * The completions at the cursor. After a dot, as in `host.` or `host.network.`, these are the members of the type that
 * the port gives to the name before the dot; elsewhere they are names of types. Types of the user's own variables are
 * not inferred.
 */
export function completePort(
  words: PortWords,
  { state, pos, explicit }: CompletionContext,
): CompletionResult | null {
  const before = state.sliceDoc(Math.max(0, pos - LOOK_BACK_CHARS), pos);
  const [, owner, word = ''] = /(?:(\w+)(?:\([^()]*\))?[?!]?\.)?(\w*)$/.exec(before) ?? [];
  if (owner === undefined && word === '' && !explicit) return null;
  const options = owner === undefined ? typesOf(words) : membersAfter(words, owner);
  return options.length === 0 ? null : { from: pos - word.length, options, validFor: /^\w*$/ };
}

function typesOf(words: PortWords): readonly Completion[] {
  return Object.entries(words).map(([label, { doc }]) => ({ label, type: 'type', info: doc }));
}

function membersAfter(words: PortWords, owner: string): readonly Completion[] {
  const all = Object.values(words).flatMap(({ members }) => members);
  // If several types of the port have a member of this name, the types of all of them count.
  const types = all
    .filter(({ name }) => name === owner)
    .flatMap(({ type }) => type.replace(/^.*=> |^\(.*\): /, '').match(/\w+/g) ?? []);
  const own = `${owner[0]?.toUpperCase()}${owner.slice(1)}`;
  const found = [own, ...types].flatMap((name) =>
    Object.hasOwn(words, name) ? (words[name]?.members ?? []) : [],
  );
  const byName = new Map(found.map((one) => [one.name, one]));
  return [...byName.values()].map(({ name, type, doc }) => ({
    ...{ label: name, detail: type, info: doc },
    type: type.startsWith('(') ? 'function' : 'property',
  }));
}
