/**
 * A canonical JSON: each value has exactly one text, and only that text is accepted (after RFC
 * 8785, narrowed to printable ASCII without escapes; bytes are lower-case hexadecimal text).
 *
 * A {@link JsonCodec} defines how a type is written and read, so that both always agree. Reading is strict: every
 * field must be there, no other field may be, and every bound is checked. No I/O, no signatures.
 *
 * @module
 */
import { fromHex, toHex } from './bytes.ts';

/** The JSON values that this module writes. */
export type CanonicalJsonValue =
  | string
  | number
  | readonly CanonicalJsonValue[]
  | { readonly [name: string]: CanonicalJsonValue };

/** The encoder and the decoder for one type. */
export interface JsonCodec<T> {
  write(value: T): CanonicalJsonValue;
  /** @returns undefined when `write` never makes this value. */
  read(json: unknown): T | undefined;
}

const PLAIN_TEXT = /^[ !#-[\]-~]*$/;
const HEX_TEXT = /^(?:[0-9a-f]{2})*$/;
const DECIMAL = /^(?:0|[1-9][0-9]{0,9})$/;
const ASCII_FIRST = 0x20;
const ASCII_LAST = 0x7e;

/** Encodes a value as its canonical text: keys are sorted, no spaces, numbers as ECMAScript prints them. */
export function encodeCanonicalJson(json: CanonicalJsonValue): Uint8Array {
  const text = canonicalText(json);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  return bytes;
}

/**
 * Reads a text that {@link encodeCanonicalJson} wrote.
 * @returns undefined for any other bytes: other key order, spaces, duplicate keys, escapes, `1.0`.
 */
export function decodeCanonicalJson<T>(codec: JsonCodec<T>, bytes: Uint8Array): T | undefined {
  const text = asciiText(bytes);
  if (text === undefined) return undefined;
  const json = parsed(text);
  if (json === undefined) return undefined;
  const value = codec.read(json);
  if (value === undefined) return undefined;
  // RFC 8785 section 3.2: if writing the value again gives another text, the input was not
  // canonical.
  return canonicalText(codec.write(value)) === text ? value : undefined;
}

/** Makes the codec of a text of printable ASCII without quotation mark and backslash, `min`..`max` characters. */
export function asciiTextCodec(range: {
  readonly min: number;
  readonly max: number;
}): JsonCodec<string> {
  return {
    write: (value) => value,
    read: (json) =>
      typeof json === 'string' &&
      json.length >= range.min &&
      json.length <= range.max &&
      PLAIN_TEXT.test(json)
        ? json
        : undefined,
  };
}

/** Makes the codec of a text that is one of the given words. */
export function oneOfCodec<T extends string>(words: readonly T[]): JsonCodec<T> {
  return { write: (value) => value, read: (json) => words.find((known) => known === json) };
}

/** Makes the codec of an integer in `min`..`max`. */
export function integerCodec(range: {
  readonly min: number;
  readonly max: number;
}): JsonCodec<number> {
  return {
    write: (value) => value,
    read: (json) =>
      Number.isSafeInteger(json) &&
      (json as number) >= range.min &&
      (json as number) <= range.max &&
      !Object.is(json, -0)
        ? (json as number)
        : undefined,
  };
}

/** Makes the codec of a finite number in `min`..`max`. */
export function decimalCodec(range: {
  readonly min: number;
  readonly max: number;
}): JsonCodec<number> {
  return {
    write: (value) => value,
    read: (json) =>
      typeof json === 'number' && json >= range.min && json <= range.max && !Object.is(json, -0)
        ? json
        : undefined,
  };
}

/** Makes the codec of `min`..`max` bytes, which are written as hexadecimal text. */
export function hexBytesCodec(range: {
  readonly min: number;
  readonly max: number;
}): JsonCodec<Uint8Array> {
  return {
    write: (value) => toHex(value),
    read: (json) =>
      typeof json === 'string' &&
      json.length >= 2 * range.min &&
      json.length <= 2 * range.max &&
      HEX_TEXT.test(json)
        ? fromHex(json)
        : undefined,
  };
}

/** Makes the codec of a list of at most `max` items. */
export function listCodec<T>(item: JsonCodec<T>, max: number): JsonCodec<readonly T[]> {
  return {
    write: (values) => values.map((value) => item.write(value)),
    read(json): readonly T[] | undefined {
      if (!Array.isArray(json) || json.length > max) return undefined;
      const values: T[] = [];
      for (const one of json) {
        const value = item.read(one);
        if (value === undefined) return undefined;
        values.push(value);
      }
      return values;
    },
  };
}

/** Makes the codec of a map from integers 0..`keyMax` to values with at most `max` entries; it is read in key order. */
export function integerMapCodec<T>(
  item: JsonCodec<T>,
  bounds: { readonly max: number; readonly keyMax: number },
): JsonCodec<ReadonlyMap<number, T>> {
  return {
    write(values): CanonicalJsonValue {
      const object: Record<string, CanonicalJsonValue> = {};
      for (const [key, value] of values) object[String(key)] = item.write(value);
      return object;
    },
    read(json): ReadonlyMap<number, T> | undefined {
      if (!isObject(json)) return undefined;
      const names = Object.keys(json);
      if (names.length > bounds.max) return undefined;
      const values = new Map<number, T>();
      for (const name of names) {
        const value = item.read(json[name]);
        if (!DECIMAL.test(name) || Number(name) > bounds.keyMax) return undefined;
        if (value === undefined) return undefined;
        values.set(Number(name), value);
      }
      return new Map([...values].sort(([left], [right]) => left - right));
    },
  };
}

/** Makes the codec of an object with exactly these fields. */
export function recordCodec<T extends object>(
  fields: {
    readonly [Name in keyof T]: JsonCodec<T[Name]>;
  },
): JsonCodec<T> {
  const names = Object.keys(fields) as (keyof T & string)[];
  return {
    write(value): CanonicalJsonValue {
      const object: Record<string, CanonicalJsonValue> = {};
      for (const name of names) object[name] = fields[name].write(value[name]);
      return object;
    },
    read(json): T | undefined {
      // An extra field is found when the text is compared with its canonical form.
      if (!isObject(json)) return undefined;
      const object: Partial<T> = {};
      for (const name of names) {
        if (!Object.hasOwn(json, name)) return undefined;
        const value = fields[name].read(json[name]);
        if (value === undefined) return undefined;
        object[name] = value;
      }
      return object as T;
    },
  };
}

/** Makes the codec of an object that has all fields of `base`, and one optional field. */
export function codecWithOptionalField<T extends object, Name extends string, Value>(
  base: JsonCodec<T>,
  name: Name,
  field: JsonCodec<Value>,
): JsonCodec<T & { readonly [Each in Name]?: Value }> {
  type Extended = T & { readonly [Each in Name]?: Value };
  return {
    write(value): CanonicalJsonValue {
      const object = base.write(value) as Readonly<Record<string, CanonicalJsonValue>>;
      const own = value[name];
      return own === undefined ? object : { ...object, [name]: field.write(own) };
    },
    read(json): Extended | undefined {
      const value = base.read(json);
      if (value === undefined || !isObject(json) || !Object.hasOwn(json, name)) return value;
      const own = field.read(json[name]);
      return own === undefined ? undefined : { ...value, [name]: own };
    },
  };
}

function canonicalText(json: CanonicalJsonValue): string {
  if (typeof json === 'string') return `"${json}"`;
  if (typeof json === 'number') return String(json);
  if (isList(json)) return `[${json.map(canonicalText).join(',')}]`;
  const fields = Object.keys(json)
    .sort()
    .map((name) => `"${name}":${canonicalText(json[name] as CanonicalJsonValue)}`);
  return `{${fields.join(',')}}`;
}

function isList(json: CanonicalJsonValue): json is readonly CanonicalJsonValue[] {
  return Array.isArray(json);
}

function isObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** The bytes as text if all are printable ASCII. */
function asciiText(raw: Uint8Array): string | undefined {
  for (const byte of raw) {
    if (byte < ASCII_FIRST || byte > ASCII_LAST) return undefined;
  }
  return new TextDecoder('latin1').decode(raw);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // The text is not JSON, or is nested too deeply for the parser; the caller reports the drop reason.
    return undefined;
  }
}
