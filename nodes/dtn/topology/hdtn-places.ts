/**
 * Finds where the entries of the list `contacts` are in the text of a JSON file, for messages: a
 * parser of JSON does not report positions. The text must be valid JSON.
 *
 * @module
 */
import type { TextOffsets } from '../../../engine/pure/text-lines.ts';

/** The key of the list whose entries are wanted. */
const KEY = '"contacts"';
const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [LIST, LIST_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d];

/** The positions of the objects of the list in the text, by their index in the list. */
export function locateContacts(text: string): ReadonlyMap<number, TextOffsets> {
  const scan = new Scan();
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charCodeAt(at);
    if (sign === QUOTE) {
      const end = endOfString(text, at);
      scan.string(text.slice(at, Math.min(end, at + KEY.length + 1)));
      at = end - 1;
    } else if (sign === LIST || sign === OBJECT) scan.open(sign, at);
    else if (sign === LIST_END || sign === OBJECT_END) scan.close(at);
    else if (sign === COMMA) scan.comma();
  }
  return scan.places;
}

/**
 * The position of the value of a key in an object of numbers and texts; if the key is missing, the
 * start of the object.
 */
export function locateValue(key: string, text: string, object: TextOffsets): TextOffsets {
  const inside = text.slice(object.start, object.end);
  const found = new RegExp(`"${key}"\\s*:\\s*`).exec(inside);
  if (found === null) return { start: object.start, end: object.start + 1 };
  const at = found.index + found[0].length;
  const end = inside[at] === '"' ? endOfString(inside, at) : /[\s,}]|$/.exec(inside.slice(at));
  const length = typeof end === 'number' ? end - at : (end?.index ?? 1);
  return { start: object.start + at, end: object.start + at + length };
}

/** The offset after the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; ) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return text.length;
    let before = quote;
    while (text.charCodeAt(before - 1) === BACKSLASH) before -= 1;
    if ((quote - before) % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}

class Scan {
  readonly places = new Map<number, TextOffsets>();
  #depth = 0;
  /** True if the next list is the one whose entries are wanted. */
  #isNext = false;
  /** Depth of brackets inside the list, 0 outside the list. */
  #entries = 0;
  #index = 0;
  #start = 0;

  string(text: string): void {
    if (this.#depth === 1) this.#isNext = text === KEY;
  }

  comma(): void {
    if (this.#depth === this.#entries) this.#index += 1;
  }

  open(sign: number, at: number): void {
    this.#depth += 1;
    if (sign === LIST && this.#isNext && this.#depth === 2) {
      this.places.clear();
      this.#entries = 2;
      this.#index = 0;
    }
    if (this.#entries > 0 && this.#depth === this.#entries + 1) this.#start = at;
  }

  close(at: number): void {
    if (this.#entries > 0 && this.#depth === this.#entries + 1) {
      this.places.set(this.#index, { start: this.#start, end: at + 1 });
    }
    if (this.#depth === this.#entries) this.#entries = 0;
    this.#depth -= 1;
  }
}
