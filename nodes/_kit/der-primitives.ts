/**
 * Codecs of BOOLEAN, NULL, INTEGER and OBJECT IDENTIFIER (ITU-T X.690, clauses 8 and 11), for the
 * declarations of der.ts; strings are in der-strings.ts.
 *
 * @module
 */
import { concatBytes } from './bytes.ts';
import type { DerCodec } from './der.ts';
import {
  assertDerEncodable,
  DER_BOOLEAN,
  DER_INTEGER,
  DER_NULL,
  DER_OID,
  type DerRefusal,
  encodeDerElement,
} from './der-element.ts';

/** Longest object identifier, octets: 20 arcs below 2^28 (RFC 5280 appendix B) need 77. */
export const DER_OID_BYTES_MAX = 80;

/** How the contents octets of a type are written and read. */
export interface DerContentCodec<Value> {
  write(value: Value): Uint8Array;
  /** Undefined if the bytes are not what `write` returns for some value. */
  read(content: Uint8Array): Value | undefined;
}

const TRUE = 0xff;
const NO_BYTES: Uint8Array = new Uint8Array(0);
const ZERO: Uint8Array = Uint8Array.of(0);
const OID = /^[012](\.(0|[1-9]\d*))+$/;

/** Codec of a BOOLEAN. */
export const derBoolean: DerCodec<boolean> = derPrimitive(DER_BOOLEAN, 'bad-boolean', false, {
  // X.690 11.1: all eight bits of TRUE are one.
  write: (value) => Uint8Array.of(value ? TRUE : 0),
  read: (content) => {
    const value = content[0];
    return content.length === 1 && (value === 0 || value === TRUE) ? value === TRUE : undefined;
  },
});

/** Codec of a NULL, which is `null` here. */
export const derNull: DerCodec<null> = derPrimitive(DER_NULL, 'bad-null', null, {
  write: () => NO_BYTES,
  read: ({ length }) => (length === 0 ? null : undefined),
});

/** Codec of an INTEGER of any size, as the shortest big-endian two's complement. */
export const derIntegerBytes: DerCodec<Uint8Array> = derPrimitive(
  DER_INTEGER,
  'bad-integer',
  NO_BYTES,
  {
    write: (content) => {
      assertDerEncodable(isMinimal(content), 'the bytes of an integer are not its shortest form');
      return content;
    },
    read: (content) => (isMinimal(content) ? content : undefined),
  },
);

/** Codec of an INTEGER that is a safe integer of either sign. */
export const derInteger: DerCodec<number> = derMapped(derIntegerBytes, 'integer-range', 0, {
  write: (value) => {
    assertDerEncodable(Number.isSafeInteger(value), `no safe integer: ${value}`);
    const bytes: number[] = [];
    let rest = value;
    // X.690 8.3.2: the loop ends when the bits that are left only repeat the sign of the bytes so far.
    while (bytes.length === 0 || rest !== ((bytes[0] ?? 0) > 0x7f ? -1 : 0)) {
      const above = Math.floor(rest / 0x100);
      bytes.unshift(rest - above * 0x100);
      rest = above;
    }
    return Uint8Array.from(bytes);
  },
  read: (content) => {
    let value = (content[0] ?? 0) > 0x7f ? -1 : 0;
    for (const byte of content) value = value * 0x100 + byte;
    return Number.isSafeInteger(value) ? value : undefined;
  },
});

/** Makes the codec of an INTEGER from 0 to 2^(8 `length`) - 1, whose value is `length` bytes, big-endian. */
/*#__NO_SIDE_EFFECTS__*/
export function derUnsigned(length: number): DerCodec<Uint8Array> {
  return derMapped(derIntegerBytes, 'integer-range', NO_BYTES, {
    write: (value): Uint8Array => {
      assertDerEncodable(value.length === length, `${value.length} bytes, not ${length}`);
      const start = value.findIndex((byte) => byte !== 0);
      const digits = start < 0 ? ZERO : value.subarray(start);
      // X.690 8.3.3: two's complement, so the first bit is the sign.
      return (digits[0] ?? 0) > 0x7f ? concatBytes(ZERO, digits) : digits;
    },
    read: (content): Uint8Array | undefined => {
      const first = content[0] ?? 0;
      const digits = content.subarray(first === 0 ? 1 : 0);
      if (first > 0x7f || digits.length > length) return undefined;
      const value = new Uint8Array(length);
      value.set(digits, length - digits.length);
      return value;
    },
  });
}

/** Codec of an OBJECT IDENTIFIER, whose value is a text with dots such as 1.2.840; its arcs are safe integers. */
export const derOid: DerCodec<string> = derPrimitive(DER_OID, 'bad-oid', '', {
  write: (text) => {
    const [top = 0, second = 0, ...arcs] = OID.test(text) ? text.split('.').map(Number) : [-1];
    assertDerEncodable(top >= 0 && (top === 2 || second < 40), `no object identifier: '${text}'`);
    // X.690 8.19.4: the first two arcs are one number.
    const content = [40 * top + second, ...arcs].flatMap(base128);
    assertDerEncodable(content.length <= DER_OID_BYTES_MAX, `a long object identifier: '${text}'`);
    return Uint8Array.from(content);
  },
  read: (content) => {
    const numbers = content.length > DER_OID_BYTES_MAX ? undefined : fromBase128(content);
    if (numbers === undefined) return undefined;
    const [first = 0, ...arcs] = numbers;
    const top = Math.min(2, Math.floor(first / 40));
    return [top, first - 40 * top, ...arcs].join('.');
  },
});

/** Codec of an element of any type, whose value is its bytes; the content is not checked. */
export const derAny: DerCodec<Uint8Array> = {
  begins: () => true,
  write: (element) => element,
  read: (der) => der.kept(() => der.content(der.next ?? 0)).bytes,
};

/**
 * Makes the codec of a primitive type.
 * @param why The refusal of malformed contents.
 * @param empty The value that is returned after a refusal.
 */
/*#__NO_SIDE_EFFECTS__*/
export function derPrimitive<Value>(
  own: number,
  why: DerRefusal,
  empty: Value,
  { write, read }: DerContentCodec<Value>,
): DerCodec<Value> {
  return {
    begins: (identifier) => identifier === own,
    write: (value) => encodeDerElement(own, write(value)),
    read: (der): Value => {
      const value = read(der.content(own));
      if (value === undefined) der.refuse(why);
      return value ?? empty;
    },
  };
}

/** Makes a codec of some of the values of a wider type, which are converted to values of another type. */
/*#__NO_SIDE_EFFECTS__*/
export function derMapped<Wide, Value>(
  wide: DerCodec<Wide>,
  why: DerRefusal,
  empty: Value,
  { write, read }: { write(value: Value): Wide; read(value: Wide): Value | undefined },
): DerCodec<Value> {
  return {
    begins: wide.begins,
    write: (value) => wide.write(write(value)),
    read: (der): Value => {
      const value = read(wide.read(der));
      if (value === undefined) der.refuse(why);
      return value ?? empty;
    },
  };
}

/** True if the first nine bits are not all equal (X.690 8.3.2). */
function isMinimal(content: Uint8Array): boolean {
  const second = content[1];
  return second === undefined ? content.length === 1 : content[0] !== (second > 0x7f ? 0xff : 0);
}

/** Encodes a number with seven bits per octet; bit 8 is set in all octets but the last (X.690 8.19.2). */
function base128(number: number): number[] {
  assertDerEncodable(Number.isSafeInteger(number), `an arc of an object identifier: ${number}`);
  const bytes = [number % 0x80];
  for (let rest = Math.floor(number / 0x80); rest > 0; rest = Math.floor(rest / 0x80)) {
    bytes.unshift(0x80 | (rest % 0x80));
  }
  return bytes;
}

/** Decodes numbers of {@link base128}; undefined if one is too large or has more octets than necessary. */
function fromBase128(content: Uint8Array): number[] | undefined {
  const numbers: number[] = [];
  let value = 0;
  let isBetween = true;
  for (const byte of content) {
    if (isBetween && byte === 0x80) return undefined;
    value = value * 0x80 + (byte & 0x7f);
    if (!Number.isSafeInteger(value)) return undefined;
    isBetween = byte < 0x80;
    if (!isBetween) continue;
    numbers.push(value);
    value = 0;
  }
  return isBetween && numbers.length > 0 ? numbers : undefined;
}
