/** DER: what is published is read and written, and no value that could not be read back. @module */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equalBytes, fromHex, toHex } from '../../../../nodes/_kit/bytes.ts';
import {
  type DerCodec,
  derChoice,
  derDefault,
  derExplicit,
  derImplicit,
  derInOctets,
  derOptional,
  derRefined,
  derSequence,
  derSequenceOf,
  derSet,
  derSetOf,
  derUnsortedSetOf,
  derWithBytes,
  readDer,
} from '../../../../nodes/_kit/der.ts';
import { DER_ELEMENT_BYTES_MAX } from '../../../../nodes/_kit/der-element.ts';
import {
  DER_OID_BYTES_MAX,
  derAny,
  derBoolean,
  derInteger,
  derIntegerBytes,
  derNull,
  derOid,
  derUnsigned,
} from '../../../../nodes/_kit/der-primitives.ts';
import {
  DER_NAMED_BITS_MAX,
  derBitBytes,
  derBits,
  derGeneralizedTime,
  derIa5,
  derNamedBits,
  derOctets,
  derPrintable,
  derTime,
  derUtcTime,
  derUtf8,
} from '../../../../nodes/_kit/der-strings.ts';
import { bytesOf, seconds, valueIn } from './der-samples.ts';

/** A row for a value of any type. */
function known<Value>(
  form: DerCodec<Value>,
  value: Value,
  hex: string,
): readonly [string, DerCodec<unknown>, unknown] {
  return [hex, form as DerCodec<unknown>, value];
}

describe('a value', () => {
  it.each([
    // X.690 8.2.2, 8.6.4.2, 8.8.2, 8.9.3, 8.14.3, 8.19.5
    known(derBoolean, true, '01 01 ff'),
    known(derBoolean, false, '01 01 00'),
    known(derBits, { bytes: fromHex('0a3b5f291cd0'), unused: 4 }, '03 07 04 0a3b5f291cd0'),
    known(derNull, null, '05 00'),
    known(
      derSequence({ name: derIa5, ok: derBoolean }),
      { name: 'Smith', ok: true },
      '30 0a 16 05 536d697468 01 01 ff',
    ),
    known(derImplicit(2, derIa5), 'Jones', '82 05 4a6f6e6573'),
    known(derExplicit(2, derIa5), 'Jones', 'a2 07 16 05 4a6f6e6573'),
    known(derOid, '2.100.3', '06 03 813403'),
    known(derOid, '2.999.3', '06 03 883703'),
    // A Layman's Guide to a Subset of ASN.1, BER, and DER, section 5
    known(derInteger, 0, '02 01 00'),
    known(derInteger, 127, '02 01 7f'),
    known(derInteger, 128, '02 02 0080'),
    known(derInteger, 256, '02 02 0100'),
    known(derInteger, -128, '02 01 80'),
    known(derInteger, -129, '02 02 ff7f'),
    known(derOid, '1.2.840.113549', '06 06 2a864886f70d'),
    known(derBits, { bytes: fromHex('6e5dc0'), unused: 6 }, '03 04 06 6e5dc0'),
    known(derOctets, fromHex('0123456789abcdef'), '04 08 0123456789abcdef'),
    known(derPrintable, 'Test User 1', '13 0b 546573742055736572 2031'),
    known(derIa5, 'test1@rsa.com', '16 0d 7465737431407273612e636f6d'),
    known(derUtcTime, seconds('1991-05-06T23:45:40Z'), '17 0d 3931303530363233343534305a'),
    // Limits, and what is easily forgotten
    known(derInteger, -1, '02 01 ff'),
    known(derInteger, 2 ** 53 - 1, '02 07 1fffffffffffff'),
    known(derInteger, 1 - 2 ** 53, '02 07 e0000000000001'),
    known(derIntegerBytes, fromHex('ff00000000000000000000'), '02 0b ff00000000000000000000'),
    known(derUnsigned(4), fromHex('00000000'), '02 01 00'),
    known(derUnsigned(4), fromHex('000000ff'), '02 02 00ff'),
    known(derUnsigned(4), fromHex('ffffffff'), '02 05 00ffffffff'),
    known(derUnsigned(4), fromHex('0000007f'), '02 01 7f'),
    known(derOid, '0.39', '06 01 27'),
    known(derOid, '1.0', '06 01 28'),
    known(derOid, '1.39', '06 01 4f'),
    known(derOid, '2.0', '06 01 50'),
    known(derOid, '2.40', '06 01 78'),
    known(derOid, '1.3.6.1.4.1.55324.1.2.1', '06 0b 2b0601040183b01c010201'),
    known(derBits, { bytes: new Uint8Array(0), unused: 0 }, '03 01 00'),
    known(derBits, { bytes: fromHex('00'), unused: 7 }, '03 02 07 00'),
    known(derBitBytes, fromHex('00'), '03 02 00 00'),
    // Key usage: digitalSignature; keyCertSign and cRLSign; decipherOnly (RFC 5280 4.2.1.3)
    known(derNamedBits, [0], '03 02 07 80'),
    known(derNamedBits, [5, 6], '03 02 01 06'),
    known(derNamedBits, [8], '03 03 07 0080'),
    known(derNamedBits, [], '03 01 00'),
    known(derNamedBits, [31], '03 05 00 00000001'),
    known(derUtf8, 'Zürich \u{1f319}\u0000', '0c 0d 5ac3bc7269636820f09f8c9900'),
    known(derUtf8, '\ufeff', '0c 03 efbbbf'),
    known(derInOctets(derNull), null, '04 02 05 00'),
    known(derAny, fromHex('dc00'), 'dc 00'),
    known(derSequence({}), {}, '30 00'),
    known(derSequence({ at: derOptional(derNull) }), { at: undefined }, '30 00'),
    known(derSequence({ at: derDefault(derExplicit(0, derInteger), 0) }), { at: 0 }, '30 00'),
    known(derImplicit(30, derSequenceOf(derNull)), [null], 'be 02 05 00'),
    known(derChoice({ a: derNull, b: derIa5 }), { kind: 'b', value: 'B' }, '16 01 42'),
    known(derSetOf(derInteger), [3, 3, 256, -1], '31 0d 02 01 03 02 01 03 02 01 ff 02 02 0100'),
    known(derUnsortedSetOf(derInteger), [9, 3], '31 06 02 01 09 02 01 03'),
  ])('is written and read as published: %s', (hex, form, value) => {
    expect(toHex(form.write(value))).toBe(hex.replaceAll(' ', ''));
    const again = valueIn(readDer(form, bytesOf(hex)));
    expect(toHex(form.write(again))).toBe(hex.replaceAll(' ', ''));
    // Values of a set are read in its order.
    if (!hex.startsWith('31 0d')) expect(again).toEqual(value);
  });

  it.each([
    [0x7f, '04 7f'],
    [0x80, '04 81 80'],
    [0xff, '04 81 ff'],
    [0x100, '04 82 01 00'],
    [0xffff, '04 82 ff ff'],
    [0x1_0000, '04 83 01 00 00'],
    [DER_ELEMENT_BYTES_MAX - 5, '04 83 0f ff fb'],
  ])('has %i bytes and the shortest length', (length, head) => {
    const written = derOctets.write(new Uint8Array(length));
    const start = bytesOf(head);
    expect(written.subarray(0, start.length)).toEqual(start);
    expect(written).toHaveLength(start.length + length);
    expect(valueIn(readDer(derOctets, written))).toHaveLength(length);
  });

  it('is read as it was written, whatever it is', () => {
    const thing = derSequence({
      number: derInteger,
      large: derDefault(derExplicit(0, derInteger), 7),
      bytes: derOptional(derImplicit(1, derOctets)),
      bits: derNamedBits,
      key: derUnsigned(9),
      text: derUtf8,
      members: derSetOf(derIa5),
      at: derTime,
      id: derOid,
    });
    const arc = fc.maxSafeNat();
    const value = fc.record({
      number: fc.maxSafeInteger(),
      large: fc.integer({ min: 5, max: 9 }),
      bytes: fc.option(fc.uint8Array({ maxLength: 300 }), { nil: undefined }),
      bits: fc.uniqueArray(fc.nat(31)).map((bits) => bits.sort((a, b) => a - b)),
      key: fc.uint8Array({ minLength: 9, maxLength: 9 }),
      text: fc.string({ unit: 'grapheme' }),
      members: fc.array(fc.string({ unit: 'binary-ascii' })),
      at: fc.integer({ min: -62_167_219_200, max: 253_402_300_799 }),
      id: fc.array(arc, { maxLength: 6 }).map((arcs) => ['1.2', ...arcs].join('.')),
    });
    fc.assert(
      fc.property(value, (one) => {
        const bytes = thing.write(one);
        const read = valueIn(readDer(thing, bytes));
        expect(thing.write(read)).toEqual(bytes);
        expect(read).toEqual({ ...one, members: read.members });
        expect([...read.members].sort()).toEqual([...one.members].sort());
      }),
      { seed: 1 },
    );
  });
});

describe('a time', () => {
  it.each([
    ['1970-01-01T00:00:00Z', '170d3730303130313030303030305a'],
    ['1950-01-01T00:00:00Z', '170d3530303130313030303030305a'],
    ['2049-12-31T23:59:59Z', '170d3439313233313233353935395a'],
    ['2000-02-29T12:00:00Z', '170d3030303232393132303030305a'],
    ['1949-12-31T23:59:59Z', '180f31393439313233313233353935395a'],
    ['2050-01-01T00:00:00Z', '180f32303530303130313030303030305a'],
    // RFC 5280 section 4.1.2.5: no expiration date that is known.
    ['9999-12-31T23:59:59Z', '180f39393939313233313233353935395a'],
    ['0000-01-01T00:00:00Z', '180f30303030303130313030303030305a'],
    ['2100-02-28T23:59:59Z', '180f32313030303232383233353935395a'],
  ])('is UTCTime from 1950 to 2049, else GeneralizedTime: %s', (text, hex) => {
    expect(toHex(derTime.write(seconds(text)))).toBe(hex);
    expect(valueIn(readDer(derTime, fromHex(hex)))).toBe(seconds(text));
  });

  it('is that of the calendar around every leap day and end of a year', () => {
    const wrong: string[] = [];
    for (let year = 1500; year < 2500; year += 1) {
      for (const start of [`${year}-01-01`, `${year}-03-01`, `${year}-08-01`].map(seconds)) {
        for (const time of [start - 86_400, start - 1, start, start + 43_210]) {
          const date = new Date(time * 1_000).toISOString();
          const text = date.replaceAll(/[-:T]|\.000/g, '');
          const bytes = Uint8Array.of(24, 15, ...Buffer.from(text));
          const isWritten = equalBytes(derGeneralizedTime.write(time), bytes);
          if (!isWritten || valueIn(readDer(derGeneralizedTime, bytes)) !== time) wrong.push(date);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it.each([
    // X.690 11.7.5 and 11.8.4: not valid in DER
    [derGeneralizedTime, '19920520240000Z'],
    [derGeneralizedTime, '19920622123421.0Z'],
    [derGeneralizedTime, '19920722132100.30Z'],
    [derUtcTime, '920520240000Z'],
    [derUtcTime, '9207221321Z'],
    // RFC 5280 section 4.1.2.5.2: no fractions, and Z
    [derGeneralizedTime, '19920722132100.3Z'],
    [derGeneralizedTime, '19920722132100'],
    [derGeneralizedTime, '19920722132100+0000'],
    [derUtcTime, '920722132100+0000'],
    [derUtcTime, '19920722132100Z'],
    [derUtcTime, '920230000000Z'],
    [derUtcTime, '990229000000Z'],
    [derUtcTime, '921300000000Z'],
    [derUtcTime, '920001000000Z'],
    [derUtcTime, '920100000000Z'],
    [derUtcTime, '920101236000Z'],
    [derUtcTime, '920101235960Z'],
    [derUtcTime, '92010123595 Z'],
    [derUtcTime, ''],
    [derTime, '20491231235959Z'],
    [derTime, '19500101000000Z'],
  ])('of another form is refused', (form, text) => {
    const tag = form === derUtcTime ? 0x17 : 0x18;
    const bytes = Uint8Array.of(tag, text.length, ...Buffer.from(text));
    expect(readDer(form, bytes)).toMatchObject({ kind: 'bad', why: 'bad-time' });
  });
});

const UNWRITABLE: readonly (readonly [string, () => unknown])[] = [
  ['an integer above 2^53', (): unknown => derInteger.write(2 ** 53)],
  ['a fraction', (): unknown => derInteger.write(0.5)],
  ['an integer that is not minimal', (): unknown => derIntegerBytes.write(fromHex('0001'))],
  ['no bytes of an integer', (): unknown => derIntegerBytes.write(new Uint8Array(0))],
  ['a number of another size', (): unknown => derUnsigned(2).write(fromHex('010203'))],
  ...['', '1', '3.1', '0.40', '1.40', '1.2.', '1..2', '1.02', '1.2.-3', '1.2.9007199254740992']
    .concat(`1.2${'.1'.repeat(DER_OID_BYTES_MAX)}`)
    .map((text): readonly [string, () => unknown] => [
      `the identifier '${text}'`,
      (): unknown => derOid.write(text),
    ]),
  ['nine unused bits', (): unknown => derBits.write({ bytes: fromHex('0000'), unused: 9 })],
  ['unused bits of none', (): unknown => derBits.write({ bytes: new Uint8Array(0), unused: 1 })],
  ['an unused bit that is set', (): unknown => derBits.write({ bytes: fromHex('01'), unused: 1 })],
  ['a bit that is too high', (): unknown => derNamedBits.write([DER_NAMED_BITS_MAX])],
  ['a bit below zero', (): unknown => derNamedBits.write([-1])],
  ['an underscore', (): unknown => derPrintable.write('a_b')],
  ['a letter that is not ASCII', (): unknown => derIa5.write('ü')],
  ['half of a character', (): unknown => derUtf8.write('\ud83c')],
  ['a UTCTime of 2050', (): unknown => derUtcTime.write(seconds('2050-01-01'))],
  ['a UTCTime of 1949', (): unknown => derUtcTime.write(seconds('1950-01-01') - 1)],
  ['a year of five digits', (): unknown => derTime.write(seconds('9999-12-31') + 86_400)],
  ['a year before 0', (): unknown => derTime.write(seconds('0000-01-01') - 1)],
  ['half a second', (): unknown => derTime.write(0.5)],
  ['no time', (): unknown => derTime.write(Number.NaN)],
  ['the tag number 31', (): unknown => derExplicit(31, derNull)],
  ['the tag number -1', (): unknown => derImplicit(-1, derNull)],
  ['two members with one tag', (): unknown => derSet(derInteger).write([1, 2])],
  [
    'more than the limit',
    (): unknown => derOctets.write(new Uint8Array(DER_ELEMENT_BYTES_MAX - 4)),
  ],
  ['what would be unexpected', (): unknown => derRefined(derInteger, () => false).write(1)],
];

describe('a value that cannot be read back', () => {
  it.each(UNWRITABLE)('is not written: %s', (_what, write) => {
    expect(write).toThrow(RangeError);
  });
});

describe('a SET', () => {
  it('is written in the order of its tags, and a SET OF in that of its bytes', () => {
    const members = ['81 00', 'a0 00', '05 00', '01 01 ff'].map(bytesOf);
    expect(toHex(derSet(derAny).write(members))).toBe('31090101ff0500a0008100');
    expect(toHex(derSetOf(derAny).write(members))).toBe('31090101ff05008100a000');
    expect(valueIn(readDer(derSet(derAny), fromHex('31090101ff0500a0008100')))).toHaveLength(4);
  });
});

describe('what is kept', () => {
  it('is not changed where another tag is written', () => {
    const bytes = bytesOf('30 00');
    const tagged = derImplicit(0, derWithBytes(derSequence({})));
    expect(toHex(tagged.write({ bytes, value: {} }))).toBe('a000');
    expect(toHex(bytes)).toBe('3000');
  });

  it('is written as it is, whatever its value', () => {
    const kept = derSequence({ body: derWithBytes(derSequenceOf(derInteger)), end: derNull });
    const bytes = bytesOf('30 0a 30 06 02 01 01 02 01 02 05 00');
    const read = valueIn(readDer(kept, bytes));
    expect(toHex(read.body.bytes)).toBe('3006020101020102');
    expect(kept.write({ ...read, body: { ...read.body, value: [] } })).toEqual(bytes);
  });
});
