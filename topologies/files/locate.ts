/**
 * Finds the position of a value of a YAML document in its text (docs/spec/error-messages.md).
 * Offsets are UTF-16 units of the text; the caller converts them to lines and columns.
 *
 * @module
 */
import { type Document, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';

/** Path of a value: keys and list indices from the root. */
export type ValuePath = readonly (string | number)[];

/** Which part of an entry is meant: its value, or its key. */
export type EntryPart = 'value' | 'key';

/** Offsets in a text; the end is exclusive. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds the text to underline for a path.
 *
 * If the value is missing or has no text (because it is empty or comes from an override), its
 * parent's key is underlined.
 *
 * @returns the range, or undefined when only the file as a whole can be named.
 */
export function locateTextRange(
  document: Document,
  path: ValuePath,
  part: EntryPart,
): TextRange | undefined {
  let node: unknown = document.contents;
  let key: TextRange | undefined;
  for (const step of path) {
    const found = enter(node, step);
    if (found === undefined) return key;
    key = found.key ?? key;
    node = found.value;
  }
  const range = nodeTextRange(node);
  const isEmpty = range === undefined || range.end <= range.start;
  return part === 'key' || isEmpty ? key : range;
}

/** The value one step down, and the text of its key; for a list item, which has no key, the item's own text. */
function enter(
  node: unknown,
  step: string | number,
): { readonly key: TextRange | undefined; readonly value: unknown } | undefined {
  if (isMap(node)) {
    const pair = node.items.find((item) => keyText(item) === String(step));
    return pair === undefined ? undefined : { key: nodeTextRange(pair.key), value: pair.value };
  }
  const value: unknown = isSeq(node) ? node.items[Number(step)] : undefined;
  return value === undefined ? undefined : { key: nodeTextRange(value), value };
}

/** The text of a map entry's key. */
export function keyText(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}

/** Start and end of a node's text; undefined if the node is not from the parser. */
export function nodeTextRange(node: unknown): TextRange | undefined {
  const range = (node as Node | null | undefined)?.range;
  return range ? { start: range[0], end: range[1] } : undefined;
}
