/**
 * Forms of texts that people read and programs read back: one declaration says how a value is
 * written and how it is read. `form('{done} of {all} packets', { done: count, all: count })` writes
 * `3 of 9 packets`. A form reads exactly what it writes; any other text gives `undefined`.
 *
 * @module
 */

/** Formats and parses values of one type as text. */
export interface TextFormat<Value> {
  write(value: Value): string;
  /** Undefined if the text is not what `write` returns for some value. */
  read(text: string): Value | undefined;
}

type Parts = Readonly<Record<string, TextFormat<unknown>>>;

/** The values of a form by the names of its parts. */
type ValuesOf<Named extends Parts> = {
  readonly [Name in keyof Named]: Named[Name] extends TextFormat<infer Value> ? Value : never;
};

const ABSENT = '-';
const PLACE = /\{(\w+)\}/;

/**
 * A format that writes named values into the places of a template, and reads them back from such a
 * text. Each value ends where the text that follows it in the template first occurs; `write` throws a
 * RangeError if a value could not be read back.
 * @param template Texts and places, such as `quality {path} to {peer}`; two places need a text
 * between them.
 */
/*#__NO_SIDE_EFFECTS__*/
export function textFormatFromTemplate<const Named extends Parts>(
  template: string,
  parts: Named,
): TextFormat<ValuesOf<Named>> {
  // Even entries are texts, odd ones the names of places.
  const pieces = template.split(PLACE);
  const texts = pieces.filter((_, at) => at % 2 === 0);
  const fields = pieces
    .filter((_, at) => at % 2 === 1)
    .map((name, at) => ({ name, part: parts[name], behind: texts[at + 1] ?? '' }));
  const [first = ''] = texts;
  const last = fields.at(-1);
  const isFit = fields.every(({ part, behind }, at) => {
    return part !== undefined && (behind !== '' || at === fields.length - 1);
  });
  if (fields.length === 0 || !isFit) {
    throw new RangeError(`places are missing, touch or have no part: ${template}`);
  }
  return {
    write: (value: Readonly<Record<string, unknown>>): string => {
      let text = first;
      for (const field of fields) {
        const { name, part, behind } = field;
        const written = part?.write(value[name]) ?? '';
        const isCut = field !== last && written.includes(behind);
        if (isCut || part?.read(written) === undefined) {
          throw new RangeError(`${name} of '${template}' could not be read back: '${written}'`);
        }
        text += written + behind;
      }
      return text;
    },
    read: (text): ValuesOf<Named> | undefined => {
      if (!text.startsWith(first)) return undefined;
      const found: Record<string, unknown> = {};
      let at = first.length;
      for (const field of fields) {
        const { name, part, behind } = field;
        const end = field === last ? lastEnd(text, behind) : text.indexOf(behind, at);
        const value = end < at ? undefined : part?.read(text.slice(at, end));
        if (value === undefined) return undefined;
        found[name] = value;
        at = end + behind.length;
      }
      return found as ValuesOf<Named>;
    },
  } as TextFormat<ValuesOf<Named>>;
}

/** A value that may be absent: null is written as `-`. */
/*#__NO_SIDE_EFFECTS__*/
export function optionalFormat<Value>(present: TextFormat<Value>): TextFormat<Value | null> {
  return {
    write: (value) => (value === null ? ABSENT : present.write(value)),
    read: (text) => (text === ABSENT ? null : present.read(text)),
  };
}

/** Texts of one form in a row; no text for none. `write` throws a RangeError as {@link textFormatFromTemplate} does. */
/*#__NO_SIDE_EFFECTS__*/
export function listFormat<Value>(
  item: TextFormat<Value>,
  separator: string,
): TextFormat<readonly Value[]> {
  return {
    write: (values): string => {
      const texts = values.map((value) => item.write(value));
      if (texts.some((text) => text === '' || text.includes(separator))) {
        throw new RangeError(`not fit for a list: '${texts.join("', '")}'`);
      }
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
export const wordFormat: TextFormat<string> = {
  write: (text) => text,
  read: (text) => (text === '' || text.includes(' ') ? undefined : text),
};

/** Any text that is not empty; only at the end of a form, or where what follows cannot be in it. */
export const anyTextFormat: TextFormat<string> = {
  write: (text) => text,
  read: (text) => (text === '' ? undefined : text),
};

/** One of the given words. */
/*#__NO_SIDE_EFFECTS__*/
export function oneOfFormat<const Name extends string>(names: readonly Name[]): TextFormat<Name> {
  return { write: (name) => name, read: (text) => names.find((name) => name === text) };
}

/** An integer from 0 on, in decimal. */
export const countFormat: TextFormat<number> = countWithUnitFormat('');

/** {@link countFormat} with a unit directly behind it, such as `20012us`. */
/*#__NO_SIDE_EFFECTS__*/
export function countWithUnitFormat(unit: string): TextFormat<number> {
  return numbers((value) => `${value}${unit}`, Number.isSafeInteger);
}

/** A number from 0 on, rounded to some digits behind the point. */
/*#__NO_SIDE_EFFECTS__*/
export function decimalFormat(digits: number): TextFormat<number> {
  return numbers((value) => value.toFixed(digits), Number.isFinite);
}

/** Numbers from 0 on; `read` takes a text only if `write` gives that same text for its number. */
function numbers(
  write: (value: number) => string,
  isOwn: (value: number) => boolean,
): TextFormat<number> {
  return {
    write,
    read: (text): number | undefined => {
      const value = Number.parseFloat(text);
      return value >= 0 && isOwn(value) && write(value) === text ? value : undefined;
    },
  };
}

const HEX_BITS = [8, 4, 2, 1];

/** Bits in hexadecimal digits, the first in the highest bit; the last digit is filled up with 0. */
export const hexBitsFormat: TextFormat<readonly boolean[]> = {
  write: (values): string => {
    let text = '';
    for (let at = 0; at < values.length; at += HEX_BITS.length) {
      const digit = HEX_BITS.reduce((sum, weight, bit) => sum + (values[at + bit] ? weight : 0), 0);
      text += digit.toString(16);
    }
    return text;
  },
  read: (text): boolean[] | undefined => {
    const digits = [...text].map((character) => '0123456789abcdef'.indexOf(character));
    if (digits.includes(-1)) return undefined;
    return digits.flatMap((digit) => HEX_BITS.map((weight) => (digit & weight) !== 0));
  },
};

/** Where the last part ends: before `behind` if the text ends with it, else at -1. */
function lastEnd(text: string, behind: string): number {
  return text.endsWith(behind) ? text.length - behind.length : -1;
}
