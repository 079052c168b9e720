/**
 * DER (ITU-T X.690), the one encoding of ASN.1 values that may be signed: one declaration says how a
 * value is written and how it is read, as in the ASN.1 of a specification.
 *
 * ```ts
 * const signature = derSequence({ r: derUnsigned(32), s: derUnsigned(32) });
 * const bytes = signature.write({ r, s });
 * readDer(signature, bytes); // { kind: 'read', value: { r, s } } or { kind: 'bad', why, at }
 * ```
 *
 * A codec reads exactly the bytes that it writes. Bad input is refused with a name and never throws; writing a value
 * that a codec does not support throws a RangeError. Primitive types are in der-primitives.ts and der-strings.ts.
 * Bytes that were read are views of the input.
 *
 * @module
 */
import { compareBytes, concatByteList } from './bytes.ts';
import {
  assertDerEncodable,
  contextTag,
  DER_CONSTRUCTED_BIT,
  DER_OCTET_STRING,
  DER_SEQUENCE,
  DER_SET,
  type DerRefusal,
  encodeDerElement,
} from './der-element.ts';
import { DerReader } from './der-reader.ts';

/** Encodes and decodes values of one ASN.1 type in DER. */
export interface DerCodec<Value> {
  /** Whether an element with this identifier octet can be of this type. */
  begins(identifier: number): boolean;
  /** Encodes a value as a whole element. */
  write(value: Value): Uint8Array;
  /** Reads an element; after a refusal of `der`, the value has no meaning. */
  read(der: DerReader): Value;
}

/** The value that was read, or the refusal and the offset of the byte at which it happened. */
export type DerReadResult<Value> =
  | { readonly kind: 'read'; readonly value: Value }
  | { readonly kind: 'bad'; readonly why: DerRefusal; readonly at: number };

type Parts = Readonly<Record<string, DerCodec<unknown>>>;
type ValueOf<One> = One extends DerCodec<infer Value> ? Value : never;
/** The values of a SEQUENCE by the names of its components. */
type ValuesOf<Named extends Parts> = { readonly [Name in keyof Named]: ValueOf<Named[Name]> };
/** A value of one of several types, with the name of its type. */
type OneOf<Named extends Parts> = {
  [Name in keyof Named]: { readonly kind: Name; readonly value: ValueOf<Named[Name]> };
}[keyof Named];
/** Whether one member of a SEQUENCE OF or SET OF may follow another. */
type Order = (before: Uint8Array, after: Uint8Array) => boolean;

const ABSENT: Uint8Array = new Uint8Array(0);

/** Reads bytes that must be exactly one element. */
export function readDer<Value>(one: DerCodec<Value>, bytes: Uint8Array): DerReadResult<Value> {
  const der = new DerReader(bytes);
  const value = one.read(der);
  der.finish();
  return der.bad === undefined ? { kind: 'read', value } : { kind: 'bad', ...der.bad };
}

/** Makes the codec of a SEQUENCE with these components, in this order. */
/*#__NO_SIDE_EFFECTS__*/
export function derSequence<const Named extends Parts>(parts: Named): DerCodec<ValuesOf<Named>> {
  const entries = Object.entries(parts);
  return outer(
    DER_SEQUENCE,
    (value: Readonly<Record<string, unknown>>) =>
      entries.map(([name, one]) => one.write(value[name])),
    (der) => Object.fromEntries(entries.map(([name, one]) => [name, one.read(der)])),
  ) as DerCodec<ValuesOf<Named>>;
}

/** Makes the codec of a SEQUENCE OF. */
/*#__NO_SIDE_EFFECTS__*/
export function derSequenceOf<Value>(member: DerCodec<Value>): DerCodec<readonly Value[]> {
  return listOf(DER_SEQUENCE, member);
}

/** Makes the codec of a SET OF, whose members are written in ascending order of their bytes. */
/*#__NO_SIDE_EFFECTS__*/
export function derSetOf<Value>(member: DerCodec<Value>): DerCodec<readonly Value[]> {
  // X.690 11.6 pads shorter encodings for the comparison; that changes nothing, as none is the beginning of another.
  return outer(
    DER_SET,
    (values) => values.map((value) => member.write(value)).sort(compareBytes),
    (der) => membersOf(der, member, (before, after) => compareBytes(before, after) <= 0),
  );
}

/**
 * Makes the codec of a SET OF that is written and read in the order of its values, which DER forbids. CMS uses BER (RFC
 * 5652 section 2): its signers are often in the order in which they signed, and not all signers sort
 * the attributes that they sign.
 */
/*#__NO_SIDE_EFFECTS__*/
export function derUnsortedSetOf<Value>(member: DerCodec<Value>): DerCodec<readonly Value[]> {
  return listOf(DER_SET, member);
}

/**
 * Makes the codec of a SET whose members have different tags, such as the types of a choice; written in order of tags.
 */
/*#__NO_SIDE_EFFECTS__*/
export function derSet<Value>(member: DerCodec<Value>): DerCodec<readonly Value[]> {
  return outer(
    DER_SET,
    (values): Uint8Array[] => {
      const members = values.map((value) => member.write(value)).sort(byTag);
      const isTwice = members.some((one, at) => at > 0 && byTag(members[at - 1] ?? one, one) === 0);
      assertDerEncodable(!isTwice, 'two members of a SET have the same tag');
      return members;
    },
    (der) => membersOf(der, member, (before, after) => byTag(before, after) < 0),
  );
}

/** Makes the codec of an element inside the context tag `[number]` EXPLICIT (X.690 8.14.2). */
/*#__NO_SIDE_EFFECTS__*/
export function derExplicit<Value>(number: number, inner: DerCodec<Value>): DerCodec<Value> {
  return around(contextTag(number, DER_CONSTRUCTED_BIT), inner);
}

/** Makes the codec of an OCTET STRING that contains an element, as in extensions of certificates. */
/*#__NO_SIDE_EFFECTS__*/
export function derInOctets<Value>(inner: DerCodec<Value>): DerCodec<Value> {
  return around(DER_OCTET_STRING, inner);
}

/** Makes the codec of a type whose tag is replaced by the context tag `[number]` IMPLICIT (X.690 8.14.3). */
/*#__NO_SIDE_EFFECTS__*/
export function derImplicit<Value>(number: number, inner: DerCodec<Value>): DerCodec<Value> {
  const form = inner.begins(DER_SEQUENCE) || inner.begins(DER_SET) ? DER_CONSTRUCTED_BIT : 0;
  const own = contextTag(number, form);
  return {
    begins: (identifier) => identifier === own,
    write: (value): Uint8Array => {
      // A copy, because `write` may have returned bytes of the caller.
      const element = inner.write(value).slice();
      element[0] = own;
      return element;
    },
    read: (der): Value => {
      der.expectImplicit(own);
      return inner.read(der);
    },
  };
}

/** Makes the codec of a component that may be left out; its value is then undefined. */
/*#__NO_SIDE_EFFECTS__*/
export function derOptional<Value>(one: DerCodec<Value>): DerCodec<Value | undefined> {
  return {
    begins: one.begins,
    write: (value) => (value === undefined ? ABSENT : one.write(value)),
    read: (der) => (isNext(der, one) ? one.read(der) : undefined),
  };
}

/** Makes the codec of a component that must be left out if it has the default value (X.690 11.5). */
/*#__NO_SIDE_EFFECTS__*/
export function derDefault<Value extends boolean | number>(
  one: DerCodec<Value>,
  absent: Value,
): DerCodec<Value> {
  return {
    begins: one.begins,
    write: (value) => (value === absent ? ABSENT : one.write(value)),
    read: (der): Value => {
      if (!isNext(der, one)) return absent;
      const value = one.read(der);
      if (value === absent) der.refuse('default-written');
      return value;
    },
  };
}

/** Makes the codec of a CHOICE: one of several types, which have different tags. */
/*#__NO_SIDE_EFFECTS__*/
export function derChoice<const Named extends Parts>(parts: Named): DerCodec<OneOf<Named>> {
  const entries = Object.entries(parts);
  return {
    begins: (identifier) => entries.some(([, one]) => one.begins(identifier)),
    write: ({ kind, value }: OneOf<Named>): Uint8Array =>
      (parts[kind] as Named[keyof Named]).write(value),
    read: (der): OneOf<Named> => {
      const found = entries.find(([, one]) => isNext(der, one));
      if (found === undefined) der.refuse(der.next === undefined ? 'missing' : 'wrong-tag');
      return { kind: found?.[0], value: found?.[1].read(der) } as OneOf<Named>;
    },
  };
}

/** Makes the codec of a value together with its exact bytes, which a signature covers; the bytes are written. */
/*#__NO_SIDE_EFFECTS__*/
export function derWithBytes<Value>(
  one: DerCodec<Value>,
): DerCodec<{ readonly bytes: Uint8Array; readonly value: Value }> {
  return {
    begins: one.begins,
    write: ({ bytes }) => bytes,
    read: (der) => der.kept(() => one.read(der)),
  };
}

/** Makes a codec that refuses, as `unexpected`, the values for which `isGood` is false. */
/*#__NO_SIDE_EFFECTS__*/
export function derRefined<Value>(
  one: DerCodec<Value>,
  isGood: (value: Value) => boolean,
): DerCodec<Value> {
  return {
    begins: one.begins,
    write: (value): Uint8Array => {
      assertDerEncodable(isGood(value), 'a value that would be refused as unexpected');
      return one.write(value);
    },
    read: (der): Value => {
      const value = one.read(der);
      if (der.bad === undefined && !isGood(value)) der.refuse('unexpected');
      return value;
    },
  };
}

/** Codec of a constructed type with the identifier octet `own`. */
function outer<Value>(
  own: number,
  parts: (value: Value) => readonly Uint8Array[],
  read: (der: DerReader) => Value,
): DerCodec<Value> {
  return {
    begins: (identifier) => identifier === own,
    write: (value) => encodeDerElement(own, concatByteList(parts(value))),
    read: (der) => der.inside(own, () => read(der)),
  };
}

/** Codec of a list of members in any order. */
function listOf<Value>(own: number, member: DerCodec<Value>): DerCodec<readonly Value[]> {
  return outer(
    own,
    (values) => values.map((value) => member.write(value)),
    (der) => membersOf(der, member, () => true),
  );
}

/** Codec of an element whose content is one other element. */
function around<Value>(own: number, inner: DerCodec<Value>): DerCodec<Value> {
  return outer(
    own,
    (value) => [inner.write(value)],
    (der) => inner.read(der),
  );
}

function membersOf<Value>(der: DerReader, member: DerCodec<Value>, isInOrder: Order): Value[] {
  const members: Value[] = [];
  let before: Uint8Array | undefined;
  while (der.next !== undefined) {
    const { bytes, value } = der.kept(() => member.read(der));
    // Without this, a member that may be left out would be read as left out again and again.
    if (bytes.length === 0) der.refuse('wrong-tag');
    if (before !== undefined && !isInOrder(before, bytes)) der.refuse('set-order');
    before = bytes;
    members.push(value);
  }
  return members;
}

function isNext({ next }: DerReader, one: DerCodec<unknown>): boolean {
  return next !== undefined && one.begins(next);
}

/** Order of the members of a SET, by class and number of their tags (X.690 10.3, X.680 8.6). */
function byTag(left: Uint8Array, right: Uint8Array): number {
  return ((left[0] ?? 0) & ~DER_CONSTRUCTED_BIT) - ((right[0] ?? 0) & ~DER_CONSTRUCTED_BIT);
}
