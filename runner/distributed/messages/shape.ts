/**
 * Shapes of messages: contents are checked before anything trusts them.
 *
 * Unlike the schemas of files, shapes copy nothing and suggest no corrections, because every process
 * sends measurements fifty times a second. A check names the place of the first mistake, but never the
 * value, which may be secret or long.
 *
 * @module
 */

/** Checks a value; returns a text on what is wrong, which names `place`, or undefined. */
export type ShapeCheck = (value: unknown, place: string) => string | undefined;

/** A shape for each key of a type; a missing key is an error of compilation. */
export type MemberShapes<T> = { readonly [Key in keyof T]-?: ShapeCheck };

/** Keys that a record must not have, because JavaScript gives them a special meaning. */
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
/** Longest key that a record may have. */
const KEY_MAX = 1_024;
const PLAIN_TYPES: ReadonlySet<string> = new Set(['undefined', 'string', 'boolean', 'number']);
const BIG_MAX = 2n ** 127n;

/** The shape of a text of at most `max` UTF-16 units. */
export function boundedTextShape(max: number): ShapeCheck {
  return (value, place) =>
    typeof value === 'string' && value.length <= max
      ? undefined
      : `${place} is not text of up to ${max} characters`;
}

/** The shape of a text that matches a pattern; `what` names the accepted texts in messages. */
export function patternTextShape(pattern: RegExp, what: string): ShapeCheck {
  return (value, place) =>
    typeof value === 'string' && pattern.test(value) ? undefined : `${place} is not a ${what}`;
}

/** The shape of a text that is one of the given ones. */
export function oneOfShape(...values: readonly string[]): ShapeCheck {
  return (value, place) =>
    values.some((one) => one === value) ? undefined : `${place} is not one of ${values.join(', ')}`;
}

/** The shape of an integer between two bounds, inclusive. */
export function integerShape(min: number, max: number = Number.MAX_SAFE_INTEGER): ShapeCheck {
  return (value, place) =>
    Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
      ? undefined
      : `${place} is not a whole number from ${min} to ${max}`;
}

/** The shape of a number between two bounds, inclusive; never NaN. */
export function numberShape(min: number, max: number): ShapeCheck {
  return (value, place) =>
    typeof value === 'number' && value >= min && value <= max
      ? undefined
      : `${place} is not a number from ${min} to ${max}`;
}

/** The shape of a boolean. */
export const booleanShape: ShapeCheck = (value, place) =>
  typeof value === 'boolean' ? undefined : `${place} is neither true nor false`;

/** The shape of a big integer of at most 128 bits and a sign. */
export const bigIntShape: ShapeCheck = (value, place) =>
  typeof value === 'bigint' && value < BIG_MAX && value > -BIG_MAX
    ? undefined
    : `${place} is not an integer of up to 128 bits`;

/** The shape of a byte array whose length is in the given range. */
export function bytesShape(min: number, max: number): ShapeCheck {
  return (value, place) =>
    value instanceof Uint8Array && value.length >= min && value.length <= max
      ? undefined
      : `${place} is not ${min} to ${max} bytes`;
}

/**
 * The shape of a Float64Array of at most `most` rows of `width` numbers each, whose absolute values are
 * at most `bound`.
 */
export function numberRowsShape(width: number, most: number, bound: number): ShapeCheck {
  return (value, place) => {
    if (!(value instanceof Float64Array)) return `${place} is not a row of numbers`;
    if (value.length % width !== 0) return `${place} ends within a row`;
    if (value.length > width * most) return `${place} has more than ${most} rows`;
    for (let at = 0; at < value.length; at += 1) {
      // Written with `!`, so that NaN, for which every comparison is false, is refused too.
      if (!(Math.abs(value[at] as number) <= bound)) return `${place}[${at}] is out of range`;
    }
    return undefined;
  };
}

/** The shape of a list of `least` to `most` items. */
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

/** The shape of an object with at most `most` arbitrary keys. */
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

/** The shape of a value that is undefined or has the given shape. */
export function optionalShape(shape: ShapeCheck): ShapeCheck {
  return (value, place) => (value === undefined ? undefined : shape(value, place));
}

/** The shape of a value that is null or has the given shape. */
export function nullableShape(shape: ShapeCheck): ShapeCheck {
  return (value, place) => (value === null ? undefined : shape(value, place));
}

/**
 * The shape of an object whose text at `key` selects one of the given shapes. With the kinds as type
 * argument, the compiler reports a missing kind.
 */
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

/** The shape of any value that JSON text can hold, or undefined, nested at most `depth` levels deep. */
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
