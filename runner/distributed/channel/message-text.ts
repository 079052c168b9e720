/**
 * Messages as text: JSON, extended by bytes, floats, big integers, NaN and the infinities.
 *
 * | value                                    | text                                                    |
 * | ---------------------------------------- | ------------------------------------------------------- |
 * | `Uint8Array`                             | `{"$bytes": base64}`                                    |
 * | `Float64Array`                           | `{"$f64": base64}`, eight bytes each, little-endian     |
 * | `bigint`                                 | `{"$bigint": decimal}`                                  |
 * | NaN, ±Infinity, -0                       | `{"$number": "NaN"}` and so on                          |
 * | an object whose only key begins with `$` | `{"$object": {...}}`, not to be taken for a wrapper     |
 * | a long text                              | `{"$text": 0}`, in `{"$texts": [[text, ...], message]}` |
 *
 * A long text is sent only once, however often it occurs, for example the content of a file that the
 * options of many hosts name.
 *
 * As in JSON, a key with the value undefined is left out. Everything else that is not data is
 * refused rather than lost: class instances, Maps, dates, functions, holes in arrays, cycles.
 *
 * @module
 */

/** Deepest nesting of a message; deeper nesting is a cycle or a mistake. */
const DEPTH_MAX = 200;
/** Matches a big integer in decimal of at most 40 digits: 2^128 has 39. */
const BIG_INTEGER = /^-?\d{1,40}$/;
const NUMBERS: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
  '-0': -0,
};
const FLOAT_LENGTH = 8;
/** True if this machine is little-endian, as `$f64` is. */
const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Texts of at least this many characters are replaced by a number in the list of texts. */
const LONG_TEXT = 1_024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const BRACKET = 0x5b;
const BRACE = 0x7b;

type Plain = Record<string, unknown>;
/** The long texts of the message that is being written, each with its number. */
type Texts = Map<string, number>;

/**
 * Writes a message as text.
 * @throws TypeError that says where the message has a value that is not plain data.
 * @example messageToText({ rtt: Infinity }) // '{"rtt":{"$number":"Infinity"}}'
 */
export function messageToText(message: object): string {
  const texts: Texts = new Map();
  const encoded = encode(message, texts, 'message', 0);
  return JSON.stringify(texts.size === 0 ? encoded : { $texts: [[...texts.keys()], encoded] });
}

/**
 * Reads a message that {@link messageToText} wrote.
 * @throws SyntaxError, TypeError or RangeError when the text is something else.
 */
export function messageFromText(text: string): unknown {
  const parsed: unknown = JSON.parse(text);
  const [entry, ...others] = Object.entries(Object(parsed) as Plain);
  if (entry?.[0] !== '$texts' || others.length > 0) return decode(parsed, [], 0);
  const [texts, message] = Array.isArray(entry[1]) ? (entry[1] as readonly unknown[]) : [];
  if (!Array.isArray(texts)) throw new TypeError('$texts must hold a list of texts');
  return decode(message, texts, 0);
}

/**
 * True if a JSON text contains more than `most` values, counted by its commas outside of strings.
 * Checked before parsing, because `[],` takes three bytes as text and forty in memory.
 */
export function hasMoreValues(bytes: Uint8Array, most: number): boolean {
  if (bytes.length <= most) return false;
  let values = 0;
  let isString = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) isString = !isString;
    else if (isString) at += byte === BACKSLASH ? 1 : 0;
    else if (byte === COMMA || byte === BRACKET || byte === BRACE) values += 1;
  }
  return values > most;
}

function encode(value: unknown, texts: Texts, place: string, depth: number): unknown {
  switch (typeof value) {
    case 'string':
      return value.length < LONG_TEXT ? value : { $text: numberOf(value, texts) };
    case 'boolean':
      return value;
    case 'number':
      return encodeNumber(value);
    case 'bigint':
      return { $bigint: String(value) };
    case 'object':
      return value === null ? null : encodeObject(value, texts, place, depth);
    default:
      throw new TypeError(`${place}: ${typeof value} is not data`);
  }
}

function numberOf(text: string, texts: Texts): number {
  const number = texts.get(text) ?? texts.size;
  texts.set(text, number);
  return number;
}

function encodeNumber(value: number): unknown {
  if (Number.isFinite(value) && !Object.is(value, -0)) return value;
  return { $number: Object.is(value, -0) ? '-0' : String(value) };
}

function encodeObject(value: object, texts: Texts, place: string, depth: number): unknown {
  if (depth > DEPTH_MAX) throw new TypeError(`${place}: nested deeper than ${DEPTH_MAX} levels`);
  if (value instanceof Uint8Array) return { $bytes: toBase64(value) };
  if (value instanceof Float64Array) return { $f64: toBase64(bytesOfFloats(value)) };
  if (Array.isArray(value)) {
    // Array.from fills holes, which map() would keep and JSON would then write as null.
    return Array.from(value, (item, index) => encode(item, texts, `${place}[${index}]`, depth + 1));
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(`${place}: an object of class ${value.constructor.name} is not data`);
  }
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  const plain = Object.fromEntries(
    entries.map(([key, item]) => [key, encode(item, texts, `${place}.${key}`, depth + 1)]),
  );
  const isLikeOurs = entries.length === 1 && entries[0]?.[0].startsWith('$');
  return isLikeOurs ? { $object: plain } : plain;
}

function decode(value: unknown, texts: readonly unknown[], depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  // The wrapper of an encoded value adds one level of nesting.
  if (depth > 2 * DEPTH_MAX) throw new RangeError(`nested deeper than ${DEPTH_MAX} levels`);
  if (Array.isArray(value)) return value.map((item) => decode(item, texts, depth + 1));
  const entries = Object.entries(value);
  if (entries.length === 1 && entries[0]?.[0].startsWith('$')) {
    return decodeOurs(entries[0], texts, depth);
  }
  return decodeMembers(value as Plain, texts, depth);
}

/**
 * Decodes the members of an object in place, which is safe because the parser has just created the
 * object.
 */
function decodeMembers(plain: Plain, texts: readonly unknown[], depth: number): Plain {
  // The parser has made `__proto__` an own property, so this assignment changes no prototype.
  for (const key of Object.keys(plain)) plain[key] = decode(plain[key], texts, depth + 1);
  return plain;
}

function decodeOurs(
  [key, content]: readonly [string, unknown],
  texts: readonly unknown[],
  depth: number,
): unknown {
  if (key === '$object' && typeof content === 'object' && content !== null) {
    return decodeMembers(content as Plain, texts, depth + 1);
  }
  if (key === '$text') {
    const text = typeof content === 'number' ? texts[content] : undefined;
    if (typeof text !== 'string') throw new TypeError('$text must hold the number of a text');
    return text;
  }
  if (typeof content !== 'string') throw new TypeError(`${key} must hold text`);
  switch (key) {
    case '$bytes':
      return new Uint8Array(Buffer.from(content, 'base64'));
    case '$f64':
      return floatsOfBytes(Buffer.from(content, 'base64'));
    case '$bigint':
      if (!BIG_INTEGER.test(content)) throw new TypeError('$bigint must hold a decimal number');
      return BigInt(content);
    case '$number':
      if (!Object.hasOwn(NUMBERS, content)) throw new TypeError('$number holds an unknown word');
      return NUMBERS[content];
    default:
      throw new TypeError(`${key} is not known`);
  }
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}

/** The floats as little-endian bytes: one copy of the memory instead of a call per number. */
function bytesOfFloats(floats: Float64Array): Uint8Array {
  const bytes = Buffer.from(floats.buffer, floats.byteOffset, floats.byteLength);
  return IS_LITTLE_ENDIAN ? bytes : Buffer.from(bytes).swap64();
}

function floatsOfBytes(bytes: Uint8Array): Float64Array {
  if (bytes.length % FLOAT_LENGTH !== 0) throw new TypeError('$f64 holds half a number');
  // A Float64Array needs an offset that is a multiple of eight. A copy starts at 0; `bytes` may start
  // anywhere in Node's shared pool.
  const copy = new Uint8Array(bytes);
  if (!IS_LITTLE_ENDIAN) Buffer.from(copy.buffer).swap64();
  return new Float64Array(copy.buffer);
}
