/**
 * Formats of texts that people read and programs read back: one declaration says how a value is
 * written and how it is read. With the template `{done} of {all} packets` and {@link countFormat} for both values,
 * {@link textFormatFromTemplate} makes a format that writes `3 of 9 packets`. A format reads exactly the texts that it
 * writes; any other text gives `undefined`.
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

/** The values of a template by the names of its parts. */
type ValuesOf<Named extends Parts> = {
  readonly [Name in keyof Named]: Named[Name] extends TextFormat<infer Value> ? Value : never;
};

const ABSENT = '-';
const PLACE = /\{(\w+)\}/;

/**
 * Makes a format that writes named values in place of the names in braces of a template, and reads them back from such
 * a text. Each value ends where the text that follows it in the template first occurs; `write` throws a
 * RangeError if a value could not be read back.
 * @param template Texts and names in braces, such as `quality {path} to {peer}`; there must be a text between two
 * names.
 */
/*#__NO_SIDE_EFFECTS__*/
export function textFormatFromTemplate<const Named extends Parts>(
  template: string,
  parts: Named,
): TextFormat<ValuesOf<Named>> {
  // Elements with an even index are texts, elements with an odd index are the names that were in
  // braces.
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

/** Makes the format of a value that may be absent: null is written as `-`. */
/*#__NO_SIDE_EFFECTS__*/
export function optionalFormat<Value>(present: TextFormat<Value>): TextFormat<Value | null> {
  return {
    write: (value) => (value === null ? ABSENT : present.write(value)),
    read: (text) => (text === ABSENT ? null : present.read(text)),
  };
}

/** Makes the format of a list. `write` throws a RangeError if the values could not be read back. */
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

/** The format of a text without spaces. */
export const wordFormat: TextFormat<string> = {
  write: (text) => text,
  read: (text) => (text === '' || text.includes(' ') ? undefined : text),
};

/** The format of any text that is not empty; for the end of a template, or if the text after it cannot be in it. */
export const anyTextFormat: TextFormat<string> = {
  write: (text) => text,
  read: (text) => (text === '' ? undefined : text),
};

/** Makes the format of a text that is one of the given words. */
/*#__NO_SIDE_EFFECTS__*/
export function oneOfFormat<const Name extends string>(names: readonly Name[]): TextFormat<Name> {
  return { write: (name) => name, read: (text) => names.find((name) => name === text) };
}

/** The format of a safe integer >= 0, in decimal. */
export const countFormat: TextFormat<number> = countWithUnitFormat('');

/** Makes the format of a safe integer >= 0 that is followed directly by a unit, such as `20012us`. */
/*#__NO_SIDE_EFFECTS__*/
export function countWithUnitFormat(unit: string): TextFormat<number> {
  return numbers((value) => `${value}${unit}`, Number.isSafeInteger);
}

/** Makes the format of a number >= 0 that is rounded to `digits` digits after the decimal point. */
/*#__NO_SIDE_EFFECTS__*/
export function decimalFormat(digits: number): TextFormat<number> {
  return numbers((value) => value.toFixed(digits), Number.isFinite);
}

/** The format of numbers >= 0; `read` accepts a text only if `write` gives the same text for its number. */
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

/** The format of bits in hexadecimal digits, the first bit as the highest of its digit; zeros fill the last digit. */
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

/**
 * The offset at which the last value of a template ends: where the fixed text `behind` it begins; -1 if
 * `text` does not end with `behind`.
 */
function lastEnd(text: string, behind: string): number {
  return text.endsWith(behind) ? text.length - behind.length : -1;
}
