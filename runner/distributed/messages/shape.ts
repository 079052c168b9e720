/**
 * Shapes of messages: contents are checked before anything trusts them.
 *
 * Unlike the schemas of files, these copy nothing and suggest nothing: measurements arrive fifty
 * times a second from every process. A check gives the place of the first mistake; it never repeats
 * what it found, which may be a secret or fill a terminal.
 *
 * @module
 */

/** Checks a value; returns what is wrong with it, with its place, or undefined. */
export type ShapeCheck = (value: unknown, place: string) => string | undefined;

/** A shape for each key of a type: forgetting one does not compile. */
export type MemberShapes<T> = { readonly [Key in keyof T]-?: ShapeCheck };

/** Keys that a record must not have, because JavaScript gives them another meaning. */
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
/** Longest key that a record may have. */
const KEY_MAX = 1_024;
const PLAIN_TYPES: ReadonlySet<string> = new Set(['undefined', 'string', 'boolean', 'number']);
const BIG_MAX = 2n ** 127n;

/** Text of at most this many UTF-16 units. */
export function boundedTextShape(max: number): ShapeCheck {
  return (value, place) =>
    typeof value === 'string' && value.length <= max
      ? undefined
      : `${place} is not text of up to ${max} characters`;
}

/** A text that matches a pattern. */
export function patternTextShape(pattern: RegExp, what: string): ShapeCheck {
  return (value, place) =>
    typeof value === 'string' && pattern.test(value) ? undefined : `${place} is not a ${what}`;
}

/** One of the given texts. */
export function oneOfShape(...values: readonly string[]): ShapeCheck {
  return (value, place) =>
    values.some((one) => one === value) ? undefined : `${place} is not one of ${values.join(', ')}`;
}

/** An integer between two bounds, inclusive. */
export function integerShape(min: number, max: number = Number.MAX_SAFE_INTEGER): ShapeCheck {
  return (value, place) =>
    Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
      ? undefined
      : `${place} is not a whole number from ${min} to ${max}`;
}

/** A number between two bounds, inclusive; never NaN. */
export function numberShape(min: number, max: number): ShapeCheck {
  return (value, place) =>
    typeof value === 'number' && value >= min && value <= max
      ? undefined
      : `${place} is not a number from ${min} to ${max}`;
}

/** True or false. */
export const booleanShape: ShapeCheck = (value, place) =>
  typeof value === 'boolean' ? undefined : `${place} is neither true nor false`;

/** A big integer of 128 bits. */
export const bigIntShape: ShapeCheck = (value, place) =>
  typeof value === 'bigint' && value < BIG_MAX && value > -BIG_MAX
    ? undefined
    : `${place} is not an integer of up to 128 bits`;

/** A byte array whose length is in the given range. */
export function bytesShape(min: number, max: number): ShapeCheck {
  return (value, place) =>
    value instanceof Uint8Array && value.length >= min && value.length <= max
      ? undefined
      : `${place} is not ${min} to ${max} bytes`;
}

/** Complete rows of numbers, none of them above `bound` in size. */
export function numberRowsShape(width: number, most: number, bound: number): ShapeCheck {
  return (value, place) => {
    if (!(value instanceof Float64Array)) return `${place} is not a row of numbers`;
    if (value.length % width !== 0) return `${place} ends within a row`;
    if (value.length > width * most) return `${place} has more than ${most} rows`;
    for (let at = 0; at < value.length; at += 1) {
      // The comparison is also false for NaN.
      if (!(Math.abs(value[at] as number) <= bound)) return `${place}[${at}] is out of range`;
    }
    return undefined;
  };
}

/** A list of bounded length. */
export function listShape(item: ShapeCheck, most: number, least = 0): ShapeCheck {
  return (value, place) => {
    if (!Array.isArray(value)) return `${place} is not a list`;
    if (value.length > most) return `${place} has more than ${most} entries`;
    if (value.length < least) return `${place} has fewer than ${least} entries`;
    for (let at = 0; at < value.length; at += 1) {
      const wrong = item(value[at], `${place}[${at}]`);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
}

/** An object with a bounded number of arbitrary keys. */
export function recordShape(item: ShapeCheck, most: number): ShapeCheck {
  return (value, place) => {
    if (!isPlain(value)) return `${place} is not an object`;
    const keys = Object.keys(value);
    if (keys.length > most) return `${place} has more than ${most} entries`;
    for (const key of keys) {
      if (key.length > KEY_MAX || FORBIDDEN_KEYS.has(key))
        return `${place} has a key that is not allowed`;
      const wrong = item(value[key], `${place}.${key}`);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
}

/** The shape of an object with exactly these keys. */
export function objectShape<T>(members: MemberShapes<T>): ShapeCheck {
  const shapes = Object.entries(members) as [string, ShapeCheck][];
  const known = new Set(shapes.map(([key]) => key));
  return (value, place) => {
    if (!isPlain(value)) return `${place} is not an object`;
    for (const key of Object.keys(value)) {
      if (!known.has(key)) return `${place} has an unknown key`;
    }
    for (const [key, shape] of shapes) {
      const wrong = shape(Object.hasOwn(value, key) ? value[key] : undefined, `${place}.${key}`);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
}

/** Either absent or of this shape. */
export function optionalShape(shape: ShapeCheck): ShapeCheck {
  return (value, place) => (value === undefined ? undefined : shape(value, place));
}

/** Either null or of this shape. */
export function nullableShape(shape: ShapeCheck): ShapeCheck {
  return (value, place) => (value === null ? undefined : shape(value, place));
}

/** The shape selected by the text at `key`; given the kinds as type argument, the compiler notices a missing one. */
export function taggedUnionShape<Kind extends string>(
  key: string,
  shapes: Readonly<Record<Kind, ShapeCheck>>,
): ShapeCheck {
  const isKind = (tag: string): tag is Kind => Object.hasOwn(shapes, tag);
  return (value, place) => {
    if (!isPlain(value)) return `${place} is not an object`;
    const tag = Object.hasOwn(value, key) ? value[key] : undefined;
    if (typeof tag !== 'string' || !isKind(tag)) return `${place}.${key} is unknown`;
    return shapes[tag](value, place);
  };
}

/** Anything that JSON text can hold, or undefined, with bounded depth. */
export function plainJsonShape(depth: number): ShapeCheck {
  return (value, place) => {
    if (value === null || PLAIN_TYPES.has(typeof value)) return undefined;
    if (depth === 0 || typeof value !== 'object') return `${place} is not plain data`;
    const inner = plainJsonShape(depth - 1);
    return Array.isArray(value)
      ? listShape(inner, Number.MAX_SAFE_INTEGER)(value, place)
      : recordShape(inner, Number.MAX_SAFE_INTEGER)(value, place);
  };
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
