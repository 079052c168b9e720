import { isDeepStrictEqual } from 'node:util';
import { equals, fromBinary, toBinary } from '@bufbuild/protobuf';
import { describe, expect, it, vi } from 'vitest';
import { fromHex, toHex } from '../../../../nodes/_kit/bytes.ts';
import {
  decodeProtobuf,
  encodeProtobuf,
  field,
  type MessageOf,
  map,
  message,
  messageWithBytesCodec,
  optional,
  type ProtobufMessageCodec,
  repeated,
} from '../../../../nodes/_kit/protobuf.ts';
import { PROTOBUF_REFUSALS } from '../../../../nodes/_kit/protobuf-reader.ts';
import {
  bool,
  bytes,
  float,
  int32,
  int53,
  string,
  uint32,
  uint53,
  uint64,
} from '../../../../nodes/_kit/protobuf-scalars.ts';
import { draws } from '../../../fixtures/draws.ts';
import { ENTRY, ES_SEGMENT, randomSegment, SEGMENT, toEs } from './protobuf-samples.ts';

const MESSAGES = 1_000;
const most = { most: 4 };

/** Bytes in groups, as the documentation prints them. */
function octets(hex: string): Uint8Array {
  return fromHex(hex.replaceAll(' ', ''));
}

function decoded<Value extends object>(table: ProtobufMessageCodec<Value>, hex: string): unknown {
  return decodeProtobuf(table, octets(hex));
}

describe('the examples of protobuf.dev/programming-guides/encoding', () => {
  const test1 = message({ a: field(1, int32) });
  const test4 = message({ d: field(4, string), e: repeated(5, int32, most) });
  const test5 = message({ f: repeated(6, int32, most) });
  const rows = [
    ['a simple message', test1, { a: 150 }, '08 96 01'],
    ['a negative integer', test1, { a: -2 }, '08 fe ff ff ff ff ff ff ff ff 01'],
    ['a string', message({ b: field(2, string) }), { b: 'testing' }, '12 07 74 65 73 74 69 6e 67'],
    ['a submessage', message({ c: optional(3, test1) }), { c: { a: 150 } }, '1a 03 08 96 01'],
    ['a packed field', test5, { f: [3, 270, 86942] }, '32 06 03 8e 02 9e a7 05'],
    [
      'a map',
      message({ g: map(7, string, int32, most) }),
      { g: new Map([['k', 1]]) },
      '3a 05 0a 01 6b 10 01',
    ],
  ] as const;

  it.each(rows)('are written and read: %s', (_name, table, value, hex) => {
    const any = table as ProtobufMessageCodec<object>;
    expect(encodeProtobuf(any, value)).toEqual(octets(hex));
    expect(decoded(any, hex)).toEqual(value);
  });

  it('are read in other forms: records that are not packed, between others, or packed in parts', () => {
    const one = { d: 'hello', e: [1, 2, 3] };
    expect(decoded(test4, '22 05 68 65 6c 6c 6f 28 01 28 02 28 03')).toEqual(one);
    expect(decoded(test4, '28 01 28 02 22 05 68 65 6c 6c 6f 28 03')).toEqual(one);
    expect(decoded(test5, '32 03 03 8e 02 32 03 9e a7 05')).toEqual({ f: [3, 270, 86942] });
  });
});

describe('a field table', () => {
  it(`is read and written as protobuf-es does, for ${MESSAGES} random messages`, () => {
    const draw = draws(1);
    for (let count = 0; count < MESSAGES; count += 1) {
      const segment = randomSegment(draw);
      const ours = encodeProtobuf(SEGMENT, segment);
      const es = toEs(segment);
      const theirs = toBinary(ES_SEGMENT, es);
      expect(toHex(ours), `message ${count}`).toBe(toHex(theirs));
      const read = decodeProtobuf(SEGMENT, theirs);
      expect(isDeepStrictEqual(read, segment), `message ${count}`).toBe(true);
      expect(equals(ES_SEGMENT, fromBinary(ES_SEGMENT, ours), es), `message ${count}`).toBe(true);
    }
  });

  it('gives the type of its messages', () => {
    const table = message({ isdAs: field(1, uint64), signed: optional(2, ENTRY) });
    const value: MessageOf<typeof table> = { isdAs: { high: 1, low: 2 }, signed: undefined };
    // @ts-expect-error a field of the table is missing
    const partial: MessageOf<typeof table> = { isdAs: { high: 1, low: 2 } };
    // @ts-expect-error messages have no default that could be left out
    expect(() => field(1, ENTRY).write(undefined as never, ENTRY.zero)).toThrow(TypeError);
    expect(encodeProtobuf(table, value)).toEqual(encodeProtobuf(table, partial as typeof value));
  });

  it('writes lengths of one byte and of more, and text as it is', () => {
    const inner = message({ b: field(1, string) });
    const table = message({ a: optional(1, inner) });
    for (const length of [0, 1, 125, 126, 127, 128, 16_380, 16_390]) {
      // A byte order mark is a character like any other.
      const value = { a: { b: `\ufeff${'x'.repeat(length)}` } };
      const written = encodeProtobuf(table, value);
      const body = encodeProtobuf(inner, value.a);
      const head = body.length < 128 ? 2 : body.length < 16_384 ? 3 : 4;
      expect(toHex(written.subarray(head))).toBe(toHex(body));
      expect(decodeProtobuf(table, written)).toEqual(value);
    }
  });

  it('leaves out defaults, except where presence counts', () => {
    expect(encodeProtobuf(SEGMENT, SEGMENT.zero)).toHaveLength(0);
    expect(decoded(SEGMENT, '')).toEqual(SEGMENT.zero);
    const there = { ...SEGMENT.zero, signed: ENTRY.zero, nanosOrNone: 0, latitude: -0 };
    const hex = '35 00 00 00 80 52 00 c8 3e 00';
    expect(encodeProtobuf(SEGMENT, there)).toEqual(octets(hex));
    expect(decoded(SEGMENT, hex)).toEqual(there);
  });

  it('writes fields in the order of their numbers, and maps in that of their keys', () => {
    const table = message({
      late: field(16, uint32),
      early: field(1, uint32),
      numbers: map(2, int32, bool, most),
      texts: map(3, string, uint32, most),
    });
    const numbers = new Map([10, 9, -1].map((key) => [key, true]));
    // In UTF-16, the surrogates of the last come before U+FFEE.
    const texts = new Map(['\u{1f600}', '\uffee', 'b'].map((key) => [key, 0]));
    const value = { late: 1, early: 1, numbers, texts };
    expect(toHex(encodeProtobuf(table, value))).toBe(
      [
        '0801',
        '120d08ffffffffffffffffff011001',
        '120408091001',
        '1204080a1001',
        '1a050a01621000',
        '1a070a03efbfae1000',
        '1a080a04f09f98801000',
        '800101',
      ].join(''),
    );
  });

  it('reads 64 bits exactly, as two words or as a safe integer', () => {
    const table = message({ a: field(1, uint64), b: field(2, uint53), c: field(3, int53) });
    // 1-ff00:0:110, all ones, 2^53 - 1 and its negative.
    const rows = [
      ['08 90 82 80 80 80 e0 7f', { a: { high: 0x0001_ff00, low: 0x110 }, b: 0, c: 0 }],
      [
        '08 ff ff ff ff ff ff ff ff ff 01',
        { a: { high: 0xffff_ffff, low: 0xffff_ffff }, b: 0, c: 0 },
      ],
      [
        '10 ff ff ff ff ff ff ff 0f 18 81 80 80 80 80 80 80 f0 ff 01',
        { a: { high: 0, low: 0 }, b: Number.MAX_SAFE_INTEGER, c: Number.MIN_SAFE_INTEGER },
      ],
    ] as const;
    for (const [hex, value] of rows) {
      expect(decoded(table, hex)).toEqual(value);
      expect(encodeProtobuf(table, value)).toEqual(octets(hex));
    }
  });

  it('cuts varints to 32 bits and takes any number but 0 for true, as other readers do', () => {
    const table = message({ a: field(1, uint32), b: field(2, int32), c: field(3, bool) });
    const hex = '08 ff ff ff ff ff 01 10 80 80 80 80 18 18 80 80 80 80 10';
    expect(decoded(table, hex)).toEqual({ a: 0xffff_ffff, b: -0x8000_0000, c: true });
  });

  it('takes the last of several values, and merges messages', () => {
    const table = message({
      a: field(1, uint32),
      b: optional(2, ENTRY),
      c: map(3, uint32, uint32, most),
    });
    const twice =
      '08 01 12 05 08 01 1a 01 aa 1a 04 08 05 10 06 08 02 12 06 12 01 62 1a 01 bb 1a 02 08 05';
    expect(decoded(table, twice)).toEqual({
      a: 2,
      b: { isdAs: { high: 0, low: 1 }, note: 'b', parts: [octets('aa'), octets('bb')] },
      c: new Map([[5, 0]]),
    });
    // Defaults are not touched by what was read.
    expect(decoded(table, '')).toEqual({ a: 0, b: undefined, c: new Map() });
  });

  it('skips unknown fields of each wire type', () => {
    const table = message({ a: field(1, uint32) });
    const unknown = '10 96 01 19 0000000000000000 22 02 aabb 2d 00000000 fa ff ff ff 0f 00';
    expect(decoded(table, `${unknown} 08 07`)).toEqual({ a: 7 });
    expect(decoded(table, `${'10 01'.repeat(64)} 08 07`)).toEqual({ a: 7 });
  });

  it('keeps received bytes exactly, whatever their form', () => {
    const table = message({
      one: optional(1, messageWithBytesCodec(ENTRY)),
      many: repeated(2, messageWithBytesCodec(ENTRY), most),
      named: map(3, uint32, messageWithBytesCodec(ENTRY), most),
    });
    // Fields in another order, a long varint, and an unknown field.
    const odd = '12 01 61 08 81 00 20 05';
    const hex = `0a 08 ${odd} 12 08 ${odd} 12 00 1a 0c 08 01 12 08 ${odd}`;
    const whole = decodeProtobuf(table, octets(hex));
    const entry = { isdAs: { high: 0, low: 1 }, note: 'a', parts: [] };
    const asReceived = { bytes: octets(odd), message: entry };
    expect(whole).toEqual({
      one: asReceived,
      many: [asReceived, { bytes: octets(''), message: ENTRY.zero }],
      named: new Map([[1, asReceived]]),
    });
    expect(encodeProtobuf(table, whole as typeof table.zero)).toEqual(octets(hex));
  });

  it('gives bytes as views, so that nothing is copied', () => {
    const received = octets('0a 02 aa bb');
    const read = decodeProtobuf(message({ a: field(1, bytes) }), received);
    received[2] = 0xcc;
    expect(read).toEqual({ a: octets('cc bb') });
  });

  it('has each number once, from 1 to 2^29 - 1', () => {
    const table = (...numbers: readonly number[]): object =>
      message(Object.fromEntries(numbers.map((number, at) => [`f${at}`, field(number, bool)])));
    expect(() => table(1, 2 ** 29 - 1)).not.toThrow();
    for (const bad of [[1, 1], [0], [-1], [1.5], [2 ** 29]]) {
      expect(() => table(...bad), `${bad}`).toThrow(RangeError);
    }
  });
});

describe('a reader', () => {
  const list = { ints: repeated(12, uint32, most), texts: map(13, string, bool, most) };
  const table = message({
    a: field(1, uint32),
    b: field(2, string),
    c: field(3, uint53),
    d: field(4, int53),
    e: field(5, float),
    f: optional(6, ENTRY),
    g: optional(7, messageWithBytesCodec(ENTRY)),
    ...list,
  });
  const nine = 'ff '.repeat(9);
  const rows = [
    ['truncated', 'a varint without its end', '08 96'],
    ['truncated', 'a tag without a value', '08'],
    ['truncated', 'a tag without its end', '88'],
    ['truncated', 'half a float', '2d 00 00'],
    ['truncated', 'half an unknown number of 64 bits', 'a1 06 00 00 00 00 00 00 00'],
    ['truncated', 'half an unknown number of 32 bits', 'a5 06 00 00 00'],
    ['truncated', 'an unknown varint without its end', 'a0 06 80'],
    ['truncated', 'a varint that ends behind its packed field', '62 01 96 01'],
    ['truncated', 'a varint that ends behind its message', '32 02 08 96 01'],
    ['overlong-varint', '65 bits', `08 ${nine} 02`],
    ['overlong-varint', '11 bytes', '08 80 80 80 80 80 80 80 80 80 80 00'],
    ['overlong-varint', 'a tag of 11 bytes', '88 80 80 80 80 80 80 80 80 80 00'],
    ['field-number', 'number 0', '00 00'],
    ['field-number', 'number 2^29', '80 80 80 80 10 00'],
    ['field-number', 'number 2^61 - 1', `${nine} 01 00`],
    ['wire-type', 'a length for an integer', '0a 00'],
    ['wire-type', 'an integer for a string', '10 00'],
    ['wire-type', 'an integer for a message', '30 00'],
    ['wire-type', 'an integer for a map', '68 00'],
    ['wire-type', '32 bits for a packed field', '65 00 00 00 00'],
    ['wire-type', 'wire type 6', '0e'],
    ['wire-type', 'wire type 7 of an unknown field', 'a7 06'],
    ['group', 'the start of a group', 'a3 06'],
    ['group', 'the end of a group', 'a4 06'],
    ['group', 'a group for a message', '33'],
    ['length', 'a string longer than the message', '12 02 61'],
    ['length', 'a message longer than the whole', '32 02 08'],
    ['length', 'a string longer than its message', '32 03 12 02 61 00'],
    ['length', 'an unknown field of 2^64 - 1 bytes', `a2 06 ${nine} 01`],
    ['length', 'a string of 2^32 bytes', '12 80 80 80 80 10'],
    ['utf-8', 'a continuation alone', '12 01 80'],
    ['utf-8', 'half of a character', '12 02 e2 82'],
    ['utf-8', 'half of a surrogate pair', '12 03 ed a0 80'],
    ['utf-8', 'a key', '6a 04 0a 02 c0 80'],
    ['unsafe-integer', '2^53', '18 80 80 80 80 80 80 80 10'],
    ['unsafe-integer', '2^64 - 1', `18 ${nine} 01`],
    ['unsafe-integer', '-2^53', '20 80 80 80 80 80 80 80 f0 ff 01'],
    ['too-many-elements', 'a packed field', '62 05 01 01 01 01 01'],
    ['too-many-elements', 'a packed field in parts', '62 03 01 01 01 62 02 01 01'],
    ['too-many-elements', 'integers one by one', '60 01 60 01 60 01 60 01 60 01'],
    ['too-many-elements', 'a map', '61 62 63 64 65'.replaceAll(/6\d/g, '6a 03 0a 01 $&')],
    ['too-many-unknown', '65 unknown fields', 'a0 06 00'.repeat(65)],
    ['too-many-unknown', '65 unknown fields in a message', `32 c3 01 ${'a0 06 00'.repeat(65)}`],
    ['kept-twice', 'a message in two parts', '3a 00 3a 00'],
  ] as const;

  it.each(rows)('refuses with %s: %s', (refusal, _name, hex) => {
    expect(decoded(table, hex)).toBe(refusal);
  });

  it('has a sentence and a test for each refusal', () => {
    expect(new Set(rows.map(([refusal]) => refusal))).toEqual(
      new Set(Object.keys(PROTOBUF_REFUSALS)),
    );
  });

  it('believes no length: what is announced is not allocated', () => {
    // 2 GB announced by each of the fields.
    const bombs = ['12', '32', '3a', '62', '6a', 'a2 06'];
    for (const tag of bombs) expect(decoded(table, `${tag} ff ff ff ff 07 00`)).toBe('length');
  });

  it('refuses what is cut off at any byte, or reads less', () => {
    const whole = encodeProtobuf(SEGMENT, randomSegment(draws(3)));
    for (let length = 0; length <= whole.length; length += 1) {
      const part = whole.subarray(0, length);
      const read = decodeProtobuf(SEGMENT, part);
      if (typeof read === 'string') expect(['truncated', 'length']).toContain(read);
      else expect(toHex(encodeProtobuf(SEGMENT, read))).toBe(toHex(part));
    }
  });
});

describe('a writer', () => {
  it('did keep a key in the room for the next message, also in the room that it outgrew', () => {
    const key = new Uint8Array(16).fill(0x5a);
    const rooms = new Set<Uint8Array<ArrayBufferLike>>();
    const { set } = Uint8Array.prototype;
    const spy = vi.spyOn(Uint8Array.prototype, 'set').mockImplementation(function (
      this: Uint8Array,
      ...args
    ) {
      rooms.add(this);
      set.apply(this, args);
    });
    const table = message({ key: field(1, bytes), long: field(2, bytes) });
    const short = encodeProtobuf(table, { key, long: new Uint8Array(0) });
    encodeProtobuf(table, { key, long: new Uint8Array(70_000) });
    spy.mockRestore();
    expect(short).toEqual(Uint8Array.of(0x0a, 16, ...key));
    expect(rooms.size).toBeGreaterThan(1);
    for (const room of rooms) expect(room.every((one) => one === 0)).toBe(true);
  });
});
