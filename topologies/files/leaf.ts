/**
 * Schema leaves: single values whose mistakes are put into words where they are found
 * (docs/spec/error-messages.md). Units are mandatory.
 *
 * Each leaf is a zod schema that carries its JSON Schema as metadata, so that editors know the same
 * types.
 *
 * @module
 */
import { z } from 'zod';
import type { ConfigCode } from './config-error.ts';
import { suggestNearestWord } from './suggest.ts';

/** A mistake found by a leaf; `$key` in the hint stands for the name of the entry. */
export interface LeafMistake {
  readonly code: ConfigCode;
  readonly message: string;
  readonly hint?: string;
  /** True when the value has a completely different shape, so that another form may be meant. */
  readonly isOtherShape?: boolean;
  /** Kind of the unit found, when another was expected. */
  readonly foundUnit?: string;
}

/** Largest length of a text, UTF-16 units: enough for a long path, or for a scenario's `question` of one page. */
const TEXT_MAX = 4_096;

/** What a reader of a leaf returns: the value, or what is wrong with it. */
export type LeafResult<T> = { readonly value: T } | { readonly mistake: LeafMistake };

/** The JSON Schema of a leaf, for editors. */
export type LeafJsonSchema = Readonly<Record<string, unknown>>;

/** The zod schema of a single value of a file, neither map nor list. */
export type Leaf<T> = z.ZodPipe<z.ZodUnknown, z.ZodTransform<T, unknown>>;

/**
 * Creates a schema from a reader.
 *
 * @param expects What is expected, with article: `a time such as 60s`.
 * @param json JSON Schema of the accepted texts and numbers.
 * @param read Reads the value; not called for a missing or an empty one.
 */
export function makeLeafSchema<T>(
  expects: string,
  json: LeafJsonSchema,
  read: (value: unknown) => LeafResult<T>,
): Leaf<T> {
  return z
    .unknown()
    .transform((value, context): T => {
      const result = isBlank(value) ? blank(value, expects) : (tooLong(value) ?? read(value));
      if ('value' in result) return result.value;
      const { message, ...params } = result.mistake;
      context.issues.push({ code: 'custom', message, params, input: value });
      return z.NEVER;
    })
    .meta({ ...json });
}

/** The result by which a leaf reports a mistake with this code. */
export function leafMistakeResult(
  code: ConfigCode,
  message: string,
  hint?: string,
): { readonly mistake: LeafMistake } {
  return { mistake: { code, message, ...(hint === undefined ? {} : { hint }) } };
}

/** The failed result for a value of the wrong shape: a list instead of a text. */
export function wrongShapeResult(
  value: unknown,
  expects: string,
): { readonly mistake: LeafMistake } {
  const message = `${describeShape(value)}, expected ${expects}`;
  return { mistake: { code: 'E103', message, isOtherShape: true } };
}

/** Describes a value: `a list`, `the text "x"`, `the number 5`. */
export function describeShape(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'object':
      return 'a map';
    case 'string':
      return `the text "${shorten(value)}"`;
    case 'number':
      return `the number ${value}`;
    case 'boolean':
      return `${value}`;
    default:
      return 'missing';
  }
}

/** Shortens a text that would fill the line. */
export function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}

/** Schema of a boolean. */
export function booleanLeaf(): Leaf<boolean> {
  return makeLeafSchema('true or false', { type: 'boolean' }, (value) =>
    typeof value === 'boolean' ? { value } : wrongShapeResult(value, 'true or false'),
  );
}

/** Schema of any text, on one or several lines. */
export function textLeaf(expects: string): Leaf<string> {
  return makeLeafSchema(expects, { type: 'string' }, (value) =>
    typeof value === 'string' ? { value } : wrongShapeResult(value, expects),
  );
}

/** Schema of a text that must match a pattern. */
export function patternLeaf(expects: string, form: RegExp, hint: string): Leaf<string> {
  return makeLeafSchema(expects, { type: 'string', pattern: form.source }, (value) => {
    if (typeof value !== 'string') return wrongShapeResult(value, expects);
    if (form.test(value)) return { value };
    return leafMistakeResult('E104', `"${shorten(value)}" is not ${expects}`, hint);
  });
}

/**
 * Names of devices on Windows, which no file or folder may have there, with or without extension.
 */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i;

const NAME_FORM = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;
/** Hint that describes valid names. */
export const NAME_HINT = 'letters, digits, "-" and "_", up to 63, a letter or digit first';

/** Schema of names of nodes, links and topologies, which become file names and parts of paths. */
export function nameLeaf(expects: string): Leaf<string> {
  return makeLeafSchema(expects, { type: 'string', pattern: NAME_FORM.source }, (value) => {
    if (typeof value !== 'string') return wrongShapeResult(value, expects);
    if (!NAME_FORM.test(value)) {
      return leafMistakeResult('E104', `"${shorten(value)}" is not ${expects}`, NAME_HINT);
    }
    if (!DEVICE.test(value)) return { value };
    return leafMistakeResult(
      'E104',
      `"${value}" is a device on Windows`,
      `write ${value}-1, for example`,
    );
  });
}

/** True for a text that {@link nameLeaf} accepts. */
export function isValidName(text: string): boolean {
  return NAME_FORM.test(text) && !DEVICE.test(text);
}

/** Schema of a text that must be one of the given words. */
export function enumLeaf<const Words extends readonly string[]>(words: Words): Leaf<Words[number]> {
  const expects = `one of ${words.join(', ')}`;
  return makeLeafSchema(expects, { type: 'string', enum: [...words] }, (value) => {
    if (typeof value !== 'string') return wrongShapeResult(value, expects);
    const known = words.find((word) => word === value);
    if (known !== undefined) return { value: known };
    const near = suggestNearestWord(value, words);
    const hint = near === undefined ? undefined : `did you mean ${near}?`;
    return leafMistakeResult('E104', `"${shorten(value)}" is not known, expected ${expects}`, hint);
  });
}

function tooLong(value: unknown): { readonly mistake: LeafMistake } | undefined {
  if (typeof value !== 'string' || value.length <= TEXT_MAX) return undefined;
  return leafMistakeResult(
    'E104',
    `a text of ${value.length} characters, the limit is ${TEXT_MAX}`,
  );
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function blank(value: unknown, expects: string): { readonly mistake: LeafMistake } {
  return leafMistakeResult(
    'E121',
    `${value === undefined ? 'missing' : 'empty'}, expected ${expects}`,
  );
}
