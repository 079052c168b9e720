/**
 * Names of nodes from labels of graphs, which may be anything: `São Paulo` becomes `Sao-Paulo`. A
 * node without a label is called by its id, and nodes that share a label are called by label and
 * id.
 *
 * @module
 */
import { isValidName } from '../files/leaf.ts';

/** A node of a graph. */
interface Labelled {
  readonly id: string;
  readonly values: ReadonlyMap<string, { readonly text: string }>;
}

/** Longest name, characters, before a number is added to make it unique. */
const LONGEST = 50;
/** Accents and other marks, which the normal form NFKD separates from letters. */
const MARKS = /\p{M}+/gu;

/** The names of all nodes by their ids, each different. */
export function uniqueNodeNames(
  nodes: readonly Labelled[],
  prefix: string,
): ReadonlyMap<string, string> {
  const labels = nodes.map(({ values }) => labelOf(values.get('label')?.text ?? '', prefix));
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const names = new Map<string, string>();
  const taken = new UsedNames();
  for (const [index, { id }] of nodes.entries()) {
    const label = labels[index] ?? '';
    const byId = label === '' ? `${prefix}${plain(id)}` : `${label}-${plain(id)}`;
    names.set(id, taken.different(counts.get(label) === 1 && label !== '' ? label : byId));
  }
  return names;
}

/** The label as a name; empty if none can be made of it. */
function labelOf(text: string, prefix: string): string {
  const label = plain(text);
  if (/^\d+$/.test(label)) return `${prefix}${label}`;
  return isValidName(label) ? label : '';
}

/** The text as letters, digits and `_` of ASCII; each run of other characters becomes one `-`. */
function plain(text: string): string {
  const ascii = text.slice(0, LONGEST).normalize('NFKD').replaceAll(MARKS, '');
  const words = ascii.replaceAll(/[^A-Za-z0-9_]+/g, '-').replaceAll(/^[-_]+|[-_]+$/g, '');
  return words.slice(0, LONGEST);
}

/** The names used so far; makes every new name unique. */
class UsedNames {
  readonly #names = new Set<string>();
  readonly #numbers = new Map<string, number>();

  /** Takes the name, or the first of `name-2`, `name-3`, ... that is free. */
  different(wanted: string): string {
    const base = wanted.slice(0, LONGEST);
    let name = base;
    let number = this.#numbers.get(base) ?? 1;
    while (this.#names.has(name)) {
      number += 1;
      name = `${base}-${number}`;
    }
    this.#numbers.set(base, number);
    this.#names.add(name);
    return name;
  }
}
