/**
 * Converts what a zod schema refuses to our messages, codes and paths
 * (docs/spec/error-messages.md): unknown keys are reported at the key, for a union only the branch
 * that got furthest counts, and zod's own texts are never shown. Positions in the file are not
 * known here.
 *
 * @module
 */

import { z } from 'zod';
import { greatestOf } from '../../engine/pure/extremes.ts';
import { type ConfigCode, formatValuePath } from './config-error.ts';
import { describeShape, type LeafMistake, shorten } from './leaf.ts';
import type { EntryPart, ValuePath } from './locate.ts';
import { suggestNearestWord } from './suggest.ts';

/** A mistake at a path of a file. */
export interface PathMistake {
  readonly code: ConfigCode;
  readonly path: ValuePath;
  readonly part: EntryPart;
  readonly message: string;
  readonly hint?: string;
}

type Issue = z.core.$ZodIssue;

/** Largest number of unknown keys that are reported for one map. */
const UNKNOWN_MAX = 100;

/** Explains all issues of a failed check. */
export function explainIssues(
  error: Pick<z.core.$ZodError, 'issues'>,
  schema: z.core.$ZodType | undefined,
  data: unknown,
): readonly PathMistake[] {
  const mistakes = error.issues.flatMap((issue) => wordIssue(issue, schema, data));
  // A misspelt key makes the right key missing as well; the mistake is reported once, at the
  // misspelt key.
  const meant = new Set(
    mistakes.flatMap(({ meant: path }) => (path ? [formatValuePath(path)] : [])),
  );
  return mistakes
    .filter(({ code, path }) => code !== 'E121' || !meant.has(formatValuePath(path)))
    .map(({ meant: _meant, ...mistake }) => mistake);
}

/** A mistake and, for an unknown key, the path of the allowed key that was probably meant. */
type WordedMistake = PathMistake & { readonly meant?: ValuePath };

function wordIssue(
  issue: Issue,
  schema: z.core.$ZodType | undefined,
  data: unknown,
): readonly WordedMistake[] {
  const path = cleanPath(issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys
        .slice(0, UNKNOWN_MAX)
        .map((key) => unknownKey(path, key, keysAt(schema, path, data)));
    case 'invalid_union':
      return wordUnion(issue, schema, data);
    case 'custom':
      return [wordCustom(issue, path, valueAt(data, path))];
    case 'invalid_key':
    case 'invalid_element':
      return issue.issues.map((inner) => ({ ...wordPlain(inner, path, data), part: 'key' }));
    default:
      return [wordPlain(issue, path, valueAt(data, path), expectsAt(schema, path, data))];
  }
}

function wordUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  schema: z.core.$ZodType | undefined,
  data: unknown,
): readonly PathMistake[] {
  const path = cleanPath(issue.path);
  if (issue.errors.length === 0) return [unknownKind(issue, path, valueAt(data, path))];
  const branches = issue.errors.map((errors) =>
    errors.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }) as Issue),
  );
  const fitting = branches.filter((branch) => !branch.some((i) => isOtherShape(i, path.length)));
  const depth = (branch: readonly Issue[]): number =>
    greatestOf(branch.map((inner) => inner.path.length));
  const [best] = [...fitting].sort((a, b) => depth(b) - depth(a));
  if (best !== undefined) return best.flatMap((inner) => wordIssue(inner, schema, data));
  const expected = [...new Set(branches.flat().map(expectedOf))].join(' or ');
  const value = valueAt(data, path);
  return [{ ...shapeMistake(value, expected), path, part: 'value' }];
}

/** True when a branch refuses the value as a whole, so that another branch must be meant. */
function isOtherShape(issue: Issue, depth: number): boolean {
  if (issue.path.length > depth) return false;
  if (issue.code === 'invalid_type') return true;
  return (
    issue.code === 'custom' && (issue.params as LeafMistake | undefined)?.isOtherShape === true
  );
}

function expectedOf(issue: Issue): string {
  if (issue.code === 'invalid_type') return typeWords(issue.expected);
  return issue.message.replace(/^.*?, expected /, '');
}

function wordCustom(
  issue: Extract<Issue, { code: 'custom' }>,
  path: ValuePath,
  value: unknown,
): PathMistake {
  const mistake = issue.params as Partial<LeafMistake> | undefined;
  const key = String(path.findLast((step) => typeof step === 'string') ?? 'this');
  const hint = mistake?.hint?.replaceAll('$key', key) ?? belongsHint(mistake?.foundUnit, path);
  const at = { code: mistake?.code ?? 'E104', path, part: 'value' } as const;
  // A protocol's schema may give a message such as "is not a multiple of 64", which needs the value
  // as its subject.
  const isVerb = issue.message.startsWith('is ') && !(value instanceof Object);
  const multiple = /^is not a multiple of (\d+)$/.exec(issue.message)?.[1];
  if (multiple !== undefined) return { ...at, ...multipleMistake(Number(value), Number(multiple)) };
  const message = isVerb ? `${amount(value)} ${issue.message}` : issue.message;
  return { ...at, message, ...(hint === undefined ? {} : { hint }) };
}

/** The key of a link to which a quantity belongs, by kind of unit. */
const LINK_KEYS: Readonly<Record<string, string>> = {
  rate: 'rate',
  time: 'delay',
  size: 'mtu',
  ratio: 'loss',
};

function belongsHint(unit: string | undefined, path: ValuePath): string | undefined {
  const key = LINK_KEYS[unit ?? ''];
  const isLink = path[0] === 'links' || path[0] === 'segments';
  if (key === undefined || !isLink || path.length < 3) return undefined;
  return `${unit} belongs to ${path[0]}[${path[1]}].${key}`;
}

function unknownKey(path: ValuePath, key: string, known: readonly string[]): WordedMistake {
  const near = suggestNearestWord(key, known);
  const list = known.length === 0 ? undefined : `keys: ${known.join(', ')}`;
  const hint = near === undefined ? list : `did you mean ${near}?`;
  return {
    code: 'E101',
    path: [...path, key],
    part: 'key',
    message: 'unknown key',
    ...(hint === undefined ? {} : { hint }),
    ...(near === undefined ? {} : { meant: [...path, near] }),
  };
}

function unknownKind(issue: object, path: ValuePath, value: unknown): PathMistake {
  const { options } = issue as { readonly options?: readonly unknown[] };
  const words = (options ?? []).map(String);
  const expected = words.length === 0 ? 'another value' : `one of ${words.join(', ')}`;
  if (typeof value !== 'string') return { ...shapeMistake(value, expected), path, part: 'value' };
  const near = suggestNearestWord(value, words);
  const message = `"${shorten(value)}" is not known, expected ${expected}`;
  const hint = near === undefined ? {} : { hint: `did you mean ${near}?` };
  return { code: 'E104', path, part: 'value', message, ...hint };
}

/** Explains issues of ordinary zod schemas, such as those of protocols. */
function wordPlain(issue: Issue, path: ValuePath, value: unknown, expects?: string): PathMistake {
  const at = { path, part: 'value' as const };
  const shown = typeof value === 'string' ? `"${shorten(value)}"` : String(value);
  switch (issue.code) {
    case 'invalid_type':
      return { ...typeMistake(issue.expected, value, expects), ...at };
    case 'too_big': {
      const found = issue.origin === 'number' ? String(value) : amount(value);
      return { ...at, code: 'E104', message: `${found} is above the maximum ${issue.maximum}` };
    }
    case 'too_small': {
      const isNumber = issue.origin === 'number';
      const found = isNumber ? String(value) : amount(value);
      const code = isNumber && Number(value) < 0 && Number(issue.minimum) >= 0 ? 'E115' : 'E104';
      return { ...at, code, message: `${found} is below the minimum ${issue.minimum}` };
    }
    case 'not_multiple_of':
      return { ...at, code: 'E104', ...multipleMistake(Number(value), issue.divisor) };
    case 'invalid_value':
      return unknownKind({ options: issue.values }, path, value);
    case 'invalid_format':
      return { ...at, code: 'E104', message: `${shown} does not have the form of ${issue.format}` };
    default:
      return { ...at, code: 'E104', message: `${shown} is not allowed here` };
  }
}

/**
 * The amount that was compared with a limit: the number of entries of a list, of characters of a
 * text, or the number itself.
 */
function amount(value: unknown): string {
  if (Array.isArray(value)) return value.length === 1 ? '1 entry' : `${value.length} entries`;
  return typeof value === 'string' ? `"${shorten(value)}"` : String(value);
}

function multipleMistake(
  value: number,
  divisor: number | bigint,
): { readonly message: string; readonly hint?: string } {
  const step = Number(divisor);
  const message = `${value} is not a multiple of ${step}`;
  const next = Math.max(1, Math.round(value / step)) * step;
  return Number.isFinite(next) ? { message, hint: `use ${next}` } : { message };
}

/**
 * The code and message for a value of the wrong type.
 * @param expects The description of valid values in the schema: `a number of clients such as 12`.
 */
function typeMistake(
  type: string,
  value: unknown,
  expects = typeWords(type),
): { readonly code: ConfigCode; readonly message: string } {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return { code: 'E115', message: `${value} is not a finite number, expected ${expects}` };
  }
  if (type === 'int' && typeof value === 'number') {
    return { code: 'E104', message: `${value} is not a whole number` };
  }
  if (typeof value === 'string' && value !== '' && expects !== typeWords(type)) {
    return { code: 'E103', message: `"${shorten(value)}" is not ${expects}` };
  }
  return shapeMistake(value, expects);
}

function shapeMistake(
  value: unknown,
  expected: string,
): { readonly code: ConfigCode; readonly message: string } {
  const isBlank = value === undefined || value === null || value === '';
  if (Number.isNaN(value)) return { code: 'E115', message: `NaN, expected ${expected}` };
  const found = value === '' ? 'empty' : describeShape(value);
  return { code: isBlank ? 'E121' : 'E103', message: `${found}, expected ${expected}` };
}

function typeWords(expected: string): string {
  const words: Readonly<Record<string, string>> = {
    object: 'a map',
    record: 'a map',
    array: 'a list',
    string: 'a text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
  };
  return words[expected] ?? `a value of type ${expected}`;
}

function cleanPath(path: readonly PropertyKey[]): ValuePath {
  return path.map((step) => (typeof step === 'number' ? step : String(step)));
}

/** The value at a path of plain data, or undefined. */
export function valueAt(data: unknown, path: ValuePath): unknown {
  let value: unknown = data;
  for (const step of path) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, step))
      return undefined;
    value = (value as Readonly<Record<string | number, unknown>>)[step];
  }
  return value;
}

/** Keys that the schema allows at a path, for suggestions. */
function keysAt(
  schema: z.core.$ZodType | undefined,
  path: ValuePath,
  data: unknown,
): readonly string[] {
  const value = valueAt(data, path);
  const open = formsAt(schema, path, data).flatMap((one) => openForms(one, value));
  const keys = open.flatMap((one) => (one instanceof z.ZodObject ? Object.keys(one.shape) : []));
  return [...new Set(keys)];
}

/** What the schema at a path says that it expects (`meta({ expects: … })`). */
function expectsAt(
  schema: z.core.$ZodType | undefined,
  path: ValuePath,
  data: unknown,
): string | undefined {
  for (let forms = formsAt(schema, path, data); forms.length > 0; ) {
    const [told] = forms.flatMap((one) => z.globalRegistry.get(one)?.['expects'] ?? []);
    if (typeof told === 'string') return told;
    forms = forms.flatMap((one) => (isOptionalOrDefaultSchema(one) ? [one.unwrap()] : []));
  }
  return undefined;
}

/** The schemas of the value at a path: several where it may have several forms. */
function formsAt(
  schema: z.core.$ZodType | undefined,
  path: ValuePath,
  data: unknown,
): readonly z.core.$ZodType[] {
  let schemas: readonly z.core.$ZodType[] = schema === undefined ? [] : [schema];
  let value = data;
  for (const step of path) {
    const around = value;
    schemas = schemas.flatMap((one) => openForms(one, around)).flatMap((one) => innerOf(one, step));
    value = valueAt(value, [step]);
  }
  return schemas;
}

function innerOf(schema: z.core.$ZodType, step: string | number): readonly z.core.$ZodType[] {
  if (schema instanceof z.ZodArray) return [schema.element];
  if (schema instanceof z.ZodRecord) return [schema.valueType];
  if (!(schema instanceof z.ZodObject)) return [];
  const inner: z.core.$ZodType | undefined = schema.shape[String(step)];
  return inner === undefined ? [] : [inner];
}

/** Unwraps a schema and opens unions; of a discriminated union only the matching branch remains. */
function openForms(schema: z.core.$ZodType, value: unknown): readonly z.core.$ZodType[] {
  if (isOptionalOrDefaultSchema(schema)) return openForms(schema.unwrap(), value);
  if (schema instanceof z.ZodPipe) return openForms(schema.in, value);
  if (!(schema instanceof z.ZodUnion)) return [schema];
  const key = schema instanceof z.ZodDiscriminatedUnion ? schema.def.discriminator : 'kind';
  const kind = valueAt(value, [key]);
  const options = schema.options as readonly z.core.$ZodType[];
  const fitting = options.filter(
    (one) => one instanceof z.ZodObject && kind !== undefined && isOfKind(one, key, kind),
  );
  return (fitting.length > 0 ? fitting : options).flatMap((one) => openForms(one, value));
}

/** True for a schema that wraps another one, and lets the value be missing. */
export function isOptionalOrDefaultSchema(
  schema: z.core.$ZodType,
): schema is z.ZodOptional | z.ZodDefault | z.ZodPrefault {
  if (schema instanceof z.ZodOptional) return true;
  return schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
}

function isOfKind(schema: z.ZodObject, key: string, kind: unknown): boolean {
  const literal: unknown = schema.shape[key];
  return literal instanceof z.ZodLiteral && literal.values.has(kind as z.core.util.Literal);
}
