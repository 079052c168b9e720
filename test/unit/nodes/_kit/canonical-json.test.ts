/**
 * Canonical JSON: each value has one text, and no other text is read.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import {
  asciiTextCodec,
  codecWithOptionalField,
  decimalCodec,
  decodeCanonicalJson,
  encodeCanonicalJson,
  hexBytesCodec,
  integerCodec,
  integerMapCodec,
  listCodec,
  oneOfCodec,
  recordCodec,
} from '../../../../nodes/_kit/canonical-json.ts';

const plain = recordCodec({
  epoch: integerCodec({ min: 0, max: 9 }),
  name: asciiTextCodec({ min: 1, max: 4 }),
  rate: decimalCodec({ min: 0, max: 1e6 }),
  shape: oneOfCodec(['flat', 'steep']),
  key: hexBytesCodec({ min: 2, max: 2 }),
  list: listCodec(integerCodec({ min: 0, max: 9 }), 2),
  keys: integerMapCodec(integerCodec({ min: 0, max: 9 }), { max: 2, keyMax: 30 }),
});
const codec = codecWithOptionalField(plain, 'extra', oneOfCodec(['yes']));
const value = {
  epoch: 7,
  name: 'mix',
  rate: 0.5,
  shape: 'flat',
  key: Uint8Array.of(0xab, 1),
  list: [1, 2],
  keys: new Map([
    [3, 1],
    [20, 2],
  ]),
} as const;
const TEXT =
  '{"epoch":7,"key":"ab01","keys":{"20":2,"3":1},"list":[1,2],"name":"mix","rate":0.5,"shape":"flat"}';

function read(json: string): unknown {
  return decodeCanonicalJson(codec, new TextEncoder().encode(json));
}

describe('canonical JSON', () => {
  it('writes keys in order without spaces, and reads back what it wrote', () => {
    expect(new TextDecoder().decode(encodeCanonicalJson(codec.write(value)))).toBe(TEXT);
    expect(read(TEXT)).toEqual(value);
    const more = TEXT.replace('"key"', '"extra":"yes","key"');
    expect(read(more)).toEqual({ ...value, extra: 'yes' });
  });

  it('reads nothing that is cut off', () => {
    for (let length = 0; length < TEXT.length; length++) {
      expect(read(TEXT.slice(0, length))).toBeUndefined();
    }
  });

  it.each<readonly [title: string, found: string, written: string]>([
    ['a space', ':', ': '],
    ['another order of fields', '"epoch":7,"key":"ab01"', '"key":"ab01","epoch":7'],
    ['a field twice', '"epoch":7', '"epoch":7,"epoch":7'],
    ['an unknown field', '"epoch":7', '"epoch":7,"even":1'],
    ['a missing field', '"epoch":7,', ''],
    ['another number format', '"epoch":7', '"epoch":7.0'],
    ['minus zero', '0.5', '-0'],
    ['an integer outside its range', '"epoch":7', '"epoch":10'],
    ['an infinite number', '0.5', '1e999'],
    ['an escape', '"flat"', '"\\u0066lat"'],
    ['a quotation mark in a text', '"mix"', '"m\\"x"'],
    ['a letter outside ASCII', '"mix"', '"mïx"'],
    ['a text that is too long', '"mix"', '"mixes"'],
    ['an unknown word', '"flat"', '"round"'],
    ['upper-case bytes', 'ab01', 'AB01'],
    ['half a byte', 'ab01', 'ab0'],
    ['too many bytes', 'ab01', 'ab0102'],
    ['a long list', '[1,2]', '[1,2,3]'],
    ['a key that is no integer', '"3"', '"03"'],
    ['a key outside its range', '"3"', '"31"'],
    ['a large map', '{"20":2', '{"1":1,"20":2'],
    ['a wrong optional field', '"key"', '"extra":"no","key"'],
    ['__proto__', '{"epoch"', '{"__proto__":{},"epoch"'],
    ['a list for a record', TEXT, '[]'],
  ])('refuses %s', (_title, found, written) => {
    expect(TEXT).toContain(found);
    expect(read(TEXT.replace(found, written))).toBeUndefined();
  });

  it('does not exhaust the stack when nested 100,000 deep', () => {
    expect(read('['.repeat(100_000))).toBeUndefined();
    expect(read(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)).toBeUndefined();
  });
});
