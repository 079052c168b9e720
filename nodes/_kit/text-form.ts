/**
 * Forms of texts that people read and programs read back: one declaration says how a value is
 * written and how it is read. `form('{done} of {all} packets', { done: count, all: count })` writes
 * `3 of 9 packets`. A form reads exactly what it writes; any other text gives `undefined`.
 *
 * @module
 */

/** How values of one type are written and read. */
export interface Form<Value> {
  /** @throws RangeError if the text could not be read back. */
  write(value: Value): string;
  /** Undefined if the text is not what `write` returns for some value. */
  read(text: string): Value | undefined;
}

/** A part of a form that may be absent, which is written as `-`. */
export interface OptionalForm<Value> {
  readonly present: Form<Value>;
}

type Parts = Readonly<Record<string, Form<unknown> | OptionalForm<unknown>>>;

/** The values of a form by the names of its parts. */
type ValuesOf<Named extends Parts> = {
  readonly [Name in keyof Named]: Named[Name] extends Form<infer Value>
    ? Value
    : Named[Name] extends OptionalForm<infer Value>
      ? Value | undefined
      : never;
};

const ABSENT = '-';
const PLACE = /\{(\w+)\}/;

/**
 * A text with named parts. Each part ends where the text that follows it in the template first
 * occurs.
 * @param template Texts and places, such as `quality {path} to {peer}`; two places need a text
 * between them.
 */
export function form<const Named extends Parts>(
  template: string,
  parts: Named,
): Form<ValuesOf<Named>> {
  // Even entries are texts, odd ones the names of places.
  const pieces = template.split(PLACE);
  const names = pieces.filter((_, at) => at % 2 === 1);
  const texts = pieces.filter((_, at) => at % 2 === 0);
  if (names.length === 0) throw new RangeError(`no place in '${template}'`);
  if (texts.slice(1, -1).includes('')) throw new RangeError(`places touch in '${template}'`);
  const [first = ''] = texts;
  const fields = names.map((name, at) => ({
    name,
    part: partOf(parts, name),
    behind: texts[at + 1] ?? '',
    isLast: at === names.length - 1,
  }));
  return {
    write: (value: Readonly<Record<string, unknown>>) =>
      fields.reduce((text, { name, part, behind, isLast }) => {
        const written = part.write(value[name]);
        if (!isLast && written.includes(behind)) {
          throw new RangeError(`'${behind}' inside the ${name} of '${template}': ${written}`);
        }
        return text + written + behind;
      }, first),
    read: (text): ValuesOf<Named> | undefined => {
      if (!text.startsWith(first)) return undefined;
      const found: Record<string, unknown> = {};
      let at = first.length;
      for (const { name, part, behind, isLast } of fields) {
        const end = isLast ? lastEnd(text, behind) : text.indexOf(behind, at);
        if (end < at) return undefined;
        const value = part.read(text.slice(at, end));
        if (value === undefined) return undefined;
        found[name] = value.content;
        at = end + behind.length;
      }
      return found as ValuesOf<Named>;
    },
  } as Form<ValuesOf<Named>>;
}

/** A part that may be absent. */
export function optional<Value>(present: Form<Value>): OptionalForm<Value> {
  return { present };
}

/** Texts of one form in a row; no text for none. */
export function list<Value>(item: Form<Value>, separator: string): Form<readonly Value[]> {
  return {
    write: (values): string => {
      const texts = values.map((value) => item.write(value));
      const bad = texts.find((text) => text === '' || text.includes(separator));
      if (bad !== undefined) throw new RangeError(`not fit for a list: '${bad}'`);
      return texts.join(separator);
    },
    read: (text): readonly Value[] | undefined => {
      if (text === '') return [];
      const values = text.split(separator).map((one) => item.read(one));
      return values.every((value) => value !== undefined) ? values : undefined;
    },
  };
}

/** A text without spaces. */
export const word: Form<string> = {
  write: (text): string => {
    if (text === '' || text.includes(' ')) throw new RangeError(`not one word: '${text}'`);
    return text;
  },
  read: (text) => (text === '' || text.includes(' ') ? undefined : text),
};

/** Any text that is not empty; only at the end of a form, or where what follows cannot be in it. */
export const anyText: Form<string> = {
  write: (text): string => {
    if (text === '') throw new RangeError('an empty text');
    return text;
  },
  read: (text) => (text === '' ? undefined : text),
};

/** One of some words. */
export function oneOf<const Name extends string>(names: readonly Name[]): Form<Name> {
  return { write: (name) => name, read: (text) => names.find((name) => name === text) };
}

/** An integer from 0 on, in decimal. */
export const count: Form<number> = {
  write: (value): string => {
    if (!isCount(value)) throw new RangeError(`not a count: ${value}`);
    return String(value);
  },
  read: (text): number | undefined => {
    const value = Number(text);
    return isCount(value) && String(value) === text ? value : undefined;
  },
};

/** {@link count} with a unit directly behind it, such as `20012us`. */
export function countOf(unit: string): Form<number> {
  const both = form(`{value}${unit}`, { value: count });
  return { write: (value) => both.write({ value }), read: (text) => both.read(text)?.value };
}

/** A number from 0 on, rounded to some digits behind the point. */
export function decimal(digits: number): Form<number> {
  return {
    write: (value): string => {
      if (!(value >= 0 && value < DECIMAL_END)) throw new RangeError(`not a decimal: ${value}`);
      return value.toFixed(digits);
    },
    read: (text): number | undefined => {
      const value = Number(text);
      const isOwn = value >= 0 && value < DECIMAL_END && value.toFixed(digits) === text;
      return isOwn ? value : undefined;
    },
  };
}

/** From here on JavaScript writes exponents. */
const DECIMAL_END = 1e21;
const HEX_BITS = 4;
const HEX = '0123456789abcdef';

/** Bits in hexadecimal digits, the first in the highest bit; the last digit is filled up with 0. */
export const bits: Form<readonly boolean[]> = {
  write: (values): string => {
    let text = '';
    for (let at = 0; at < values.length; at += HEX_BITS) {
      let digit = 0;
      for (let bit = 0; bit < HEX_BITS; bit += 1) digit = 2 * digit + (values[at + bit] ? 1 : 0);
      text += HEX.charAt(digit);
    }
    return text;
  },
  read: (text): boolean[] | undefined => {
    const digits = [...text].map((character) => HEX.indexOf(character));
    if (digits.includes(-1)) return undefined;
    return digits.flatMap((digit) => [8, 4, 2, 1].map((weight) => (digit & weight) !== 0));
  },
};

interface Part {
  write(value: unknown): string;
  /** In a wrapper, because the content of an absent part is undefined. */
  read(text: string): { readonly content: unknown } | undefined;
}

function partOf(parts: Parts, name: string): Part {
  const part = parts[name];
  if (part === undefined) throw new RangeError(`no part has the name ${name}`);
  if (!('present' in part)) return { write: (value) => part.write(value), read: contentBy(part) };
  const { present } = part;
  const read = contentBy(present);
  return {
    write: (value) => (value === undefined ? ABSENT : present.write(value)),
    read: (text) => (text === ABSENT ? { content: undefined } : read(text)),
  };
}

function contentBy(one: Form<unknown>): Part['read'] {
  return (text) => {
    const content = one.read(text);
    return content === undefined ? undefined : { content };
  };
}

/** Where the last part ends, if `behind` ends the text; before everything otherwise. */
function lastEnd(text: string, behind: string): number {
  return text.endsWith(behind) ? text.length - behind.length : -1;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0);
}
