/**
 * Codecs of the strings and times of DER (ITU-T X.690, clauses 8, 10.2 and 11), for the declarations
 * of der.ts: BIT STRING, OCTET STRING, UTF8String, PrintableString, IA5String, UTCTime and
 * GeneralizedTime.
 *
 * @module
 */
import { concatBytes } from './bytes.ts';
import type { DerCodec } from './der.ts';
import {
  assertDerEncodable,
  DER_BIT_STRING,
  DER_GENERALIZED_TIME,
  DER_IA5,
  DER_OCTET_STRING,
  DER_PRINTABLE,
  DER_UTC_TIME,
  DER_UTF8,
  encodeDerElement,
} from './der-element.ts';
import { derMapped, derPrimitive } from './der-primitives.ts';
import { generalizedTimeFormat, isInUtcTimeRange, utcTimeFormat } from './der-time.ts';
import type { TextFormat } from './text-form.ts';

/** The value of a BIT STRING; the last `unused` bits (0 to 7) of its bytes do not belong to it and are 0. */
export interface DerBits {
  readonly bytes: Uint8Array;
  readonly unused: number;
}

/** Largest number of named bits, which are numbered from 0; key usage has nine (RFC 5280 section 4.2.1.3). */
export const DER_NAMED_BITS_MAX = 32;

const NO_BYTES: Uint8Array = new Uint8Array(0);
const PRINTABLE = /^[A-Za-z0-9 '()+,\-./:=?]*$/;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Codec of a BIT STRING of any meaning, also with zeros at its end. */
export const derBits: DerCodec<DerBits> = derPrimitive(
  DER_BIT_STRING,
  'bad-bits',
  { bytes: NO_BYTES, unused: 0 },
  {
    write: ({ bytes, unused }) => {
      assertDerEncodable(isUnused(bytes, unused), `${unused} unused bits, or not all zero`);
      return concatBytes(Uint8Array.of(unused), bytes);
    },
    read: (content) => {
      const unused = content[0] ?? -1;
      const bytes = content.subarray(1);
      return isUnused(bytes, unused) ? { bytes, unused } : undefined;
    },
  },
);

/** Codec of a BIT STRING of whole bytes, such as a key or a signature. */
export const derBitBytes: DerCodec<Uint8Array> = derMapped(derBits, 'bad-bits', NO_BYTES, {
  write: (bytes) => ({ bytes, unused: 0 }),
  read: ({ bytes, unused }) => (unused === 0 ? bytes : undefined),
});

/** Codec of a BIT STRING with named bits; its value is the numbers of the bits that are set, ascending when read. */
export const derNamedBits = derMapped<DerBits, readonly number[]>(derBits, 'bad-bits', [], {
  write: (numbers) => {
    const bytes = new Uint8Array(DER_NAMED_BITS_MAX / 8);
    let count = 0;
    for (const number of numbers) {
      assertDerEncodable(
        Number.isInteger(number) && number >= 0 && number < DER_NAMED_BITS_MAX,
        `bit ${number}`,
      );
      bytes[number >> 3] = (bytes[number >> 3] ?? 0) | (0x80 >> (number & 7));
      count = Math.max(count, number + 1);
    }
    // X.690 11.2.2: bits after the last one that is set are left out.
    const length = Math.ceil(count / 8);
    return { bytes: bytes.subarray(0, length), unused: 8 * length - count };
  },
  read: ({ bytes, unused }) => {
    const isLastSet = bytes.length === 0 || ((bytes.at(-1) ?? 0) & (1 << unused)) !== 0;
    if (!isLastSet || 8 * bytes.length > DER_NAMED_BITS_MAX) return undefined;
    const numbers = Array.from({ length: 8 * bytes.length }, (_, number) => number);
    return numbers.filter((number) => ((bytes[number >> 3] ?? 0) & (0x80 >> (number & 7))) !== 0);
  },
});

/** Codec of an OCTET STRING. */
export const derOctets: DerCodec<Uint8Array> = {
  begins: (identifier) => identifier === DER_OCTET_STRING,
  write: (content) => encodeDerElement(DER_OCTET_STRING, content),
  read: (der) => der.content(DER_OCTET_STRING),
};

/** Codec of a UTF8String. */
export const derUtf8: DerCodec<string> = text(DER_UTF8, () => true);

/** Codec of a PrintableString (X.680 clause 41, table 10). */
export const derPrintable: DerCodec<string> = text(DER_PRINTABLE, (one) => PRINTABLE.test(one));

/** Codec of an IA5String: ASCII, in which each character has one byte and one UTF-16 code unit. */
export const derIa5: DerCodec<string> = text(DER_IA5, (one, bytes) => one.length === bytes);

/** Codec of a UTCTime, whose value is seconds since 1970, in the years 1950 to 2049. */
export const derUtcTime: DerCodec<number> = time(DER_UTC_TIME, utcTimeFormat);

/** Codec of a GeneralizedTime, whose value is seconds since 1970, in the years 0 to 9999. */
export const derGeneralizedTime: DerCodec<number> = time(
  DER_GENERALIZED_TIME,
  generalizedTimeFormat,
);

/** Codec of the type Time of certificates and CMS: UTCTime in its years, else GeneralizedTime. */
export const derTime: DerCodec<number> = {
  begins: (identifier) => derUtcTime.begins(identifier) || derGeneralizedTime.begins(identifier),
  write: (seconds) => (isInUtcTimeRange(seconds) ? derUtcTime : derGeneralizedTime).write(seconds),
  read: (der) => {
    if (der.next !== DER_GENERALIZED_TIME) return derUtcTime.read(der);
    const seconds = derGeneralizedTime.read(der);
    if (isInUtcTimeRange(seconds)) der.refuse('bad-time');
    return seconds;
  },
};

/** Makes the codec of a string type. @param isGood Whether a text, with its length in bytes, is in the alphabet. */
function text(own: number, isGood: (one: string, bytes: number) => boolean): DerCodec<string> {
  const read = (content: Uint8Array): string | undefined => {
    const one = decoded(content);
    return one !== undefined && isGood(one, content.length) ? one : undefined;
  };
  const write = (one: string): Uint8Array => {
    const content = encoder.encode(one);
    // One half of a surrogate pair would be encoded as another character.
    assertDerEncodable(
      read(content) === one,
      `characters that a string of type ${own} has not: '${one}'`,
    );
    return content;
  };
  return derPrimitive(own, 'bad-text', '', { write, read });
}

function time(own: number, form: TextFormat<number>): DerCodec<number> {
  return derPrimitive(own, 'bad-time', 0, {
    write: (seconds) => encoder.encode(form.write(seconds)),
    read: (content) => form.read(decoded(content) ?? ''),
  });
}

/** True if the unused bits are 0 to 7, none without bytes (X.690 8.6.2.2 and 8.6.2.3), and all zero (11.2.1). */
function isUnused(bytes: Uint8Array, unused: number): boolean {
  if (!Number.isInteger(unused) || unused < 0 || unused > 7) return false;
  return ((bytes.at(-1) ?? 0xff) & ((1 << unused) - 1)) === 0;
}

/** Decodes UTF-8; undefined if it is malformed. */
function decoded(content: Uint8Array): string | undefined {
  try {
    return decoder.decode(content);
  } catch {
    return undefined;
  }
}
