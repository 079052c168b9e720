/**
 * What all elements of DER have in common: identifier and length octets (ITU-T X.690, clause 8.1),
 * limits, and the names of refusals.
 *
 * @module
 */
import { concatBytes } from './bytes.ts';

/** Reasons for which bytes are refused, each with a sentence that explains it. */
export const DER_REFUSALS = {
  'too-long': 'More than DER_ELEMENT_BYTES_MAX bytes.',
  'too-deep': 'A constructed element inside DER_DEPTH_MAX others.',
  truncated: 'An element does not end within the one around it.',
  missing: 'An element is expected where the one around it ends.',
  trailing: 'More elements than expected.',
  'indefinite-length': 'The length is not given (X.690 10.1).',
  'length-not-minimal': 'The length has more octets than it needs (X.690 10.1).',
  'high-tag': 'The number of the tag is above 30.',
  'wrong-form': 'A constructed string, or a SEQUENCE or SET that is primitive (X.690 10.2).',
  'wrong-tag': 'An element of another type than expected.',
  'bad-boolean': 'Not one octet, 0 or 255 (X.690 11.1).',
  'bad-null': 'NULL has content (X.690 8.8.2).',
  'bad-integer': 'Not the shortest form of an integer (X.690 8.3.2).',
  'integer-range': 'The integer is too large for its place, or negative.',
  'bad-oid': 'An object identifier that is malformed, not the shortest (X.690 8.19) or too long.',
  'bad-bits': 'Unused bits that are set or too many, or trailing zeros (X.690 11.2).',
  'bad-text': 'The string has a character outside its alphabet.',
  'bad-time': 'Not the one form of a time (X.690 11.7 and 11.8, RFC 5280 4.1.2.5).',
  'set-order': 'The members of a set are not in ascending order (X.690 10.3 and 11.6).',
  'default-written': 'A component has its default value and is there (X.690 11.5).',
  unexpected: 'A value that the caller does not take.',
} as const;

/** The name of a reason in {@link DER_REFUSALS}. */
export type DerRefusal = keyof typeof DER_REFUSALS;

/** Longest element, octets: more than a thousand certificates. */
export const DER_ELEMENT_BYTES_MAX = 0x10_0000;
/** Deepest nesting of elements: an extension of a certificate in a list in a signed message needs 20 levels. */
export const DER_DEPTH_MAX = 32;

/** Identifier octet of BOOLEAN (universal types: X.690 8.1.2, X.680 table 1). */
export const DER_BOOLEAN = 0x01;
/** Identifier octet of INTEGER. */
export const DER_INTEGER = 0x02;
/** Identifier octet of BIT STRING. */
export const DER_BIT_STRING = 0x03;
/** Identifier octet of OCTET STRING. */
export const DER_OCTET_STRING = 0x04;
/** Identifier octet of NULL. */
export const DER_NULL = 0x05;
/** Identifier octet of OBJECT IDENTIFIER. */
export const DER_OID = 0x06;
/** Identifier octet of UTF8String. */
export const DER_UTF8 = 0x0c;
/** Identifier octet of PrintableString. */
export const DER_PRINTABLE = 0x13;
/** Identifier octet of IA5String. */
export const DER_IA5 = 0x16;
/** Identifier octet of UTCTime. */
export const DER_UTC_TIME = 0x17;
/** Identifier octet of GeneralizedTime. */
export const DER_GENERALIZED_TIME = 0x18;
/** Identifier octet of SEQUENCE and SEQUENCE OF. */
export const DER_SEQUENCE = 0x30;
/** Identifier octet of SET and SET OF. */
export const DER_SET = 0x31;

/** Mask of the bits of an identifier octet that give the class of the tag. */
export const DER_CLASS_MASK = 0xc0;
/** Bit of an identifier octet: set if the element is constructed. */
export const DER_CONSTRUCTED_BIT = 0x20;
/** Mask of the bits of an identifier octet that give the number of the tag. */
export const DER_TAG_NUMBER_MASK = 0x1f;
const CONTEXT = 0x80;

/** The identifier octet of the context tag `[number]`, for a primitive or a constructed element. */
export function contextTag(number: number, form: 0 | typeof DER_CONSTRUCTED_BIT): number {
  // X.690 8.1.2.4: 31 and more would need further octets.
  assertDerEncodable(
    Number.isInteger(number) && number >= 0 && number < DER_TAG_NUMBER_MASK,
    `tag ${number}`,
  );
  return CONTEXT | form | number;
}

/** Encodes an element: identifier octet, length and content. */
export function encodeDerElement(identifier: number, content: Uint8Array): Uint8Array {
  const { length } = content;
  // X.690 10.1: the length in the fewest octets.
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest >>>= 8) octets.unshift(rest & 0xff);
  const isShort = length < 0x80;
  const head = isShort ? [identifier, length] : [identifier, 0x80 | octets.length, ...octets];
  const total = head.length + length;
  assertDerEncodable(
    total <= DER_ELEMENT_BYTES_MAX,
    `an element of ${total} bytes, more than ${DER_ELEMENT_BYTES_MAX}`,
  );
  return concatBytes(Uint8Array.from(head), content);
}

/** Throws a RangeError unless a condition holds, for values that DER cannot express. */
export function assertDerEncodable(isGood: boolean, message: string): void {
  if (!isGood) throw new RangeError(message);
}
