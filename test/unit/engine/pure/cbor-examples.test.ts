/**
 * CBOR against the examples of RFC 8949, appendix A and section 4.2.1.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { endOfItem, isNonDeterministicCbor } from '../../../../engine/pure/cbor-end-of-item.ts';
import { CborReader } from '../../../../engine/pure/cbor-reader.ts';
import { CborWriter } from '../../../../engine/pure/cbor-writer.ts';
import { fromHex, toHex } from '../../../../nodes/_kit/bytes.ts';

const INTEGERS: readonly (readonly [number, string])[] = [
  [0, '00'],
  [1, '01'],
  [10, '0a'],
  [23, '17'],
  [24, '1818'],
  [25, '1819'],
  [100, '1864'],
  [1_000, '1903e8'],
  [1_000_000, '1a000f4240'],
  [1_000_000_000_000, '1b000000e8d4a51000'],
  [-1, '20'],
  [-10, '29'],
  [-100, '3863'],
  [-1_000, '3903e7'],
];

/** Items with shortest heads and definite lengths, and floating-point numbers of each length. */
const DETERMINISTIC = [
  ...['1bffffffffffffffff', '3bffffffffffffffff', 'c249010000000000000000', 'f90000', 'f98000'],
  ...['f93c00', 'fb3ff199999999999a', 'fa47c35000', 'f90001', 'f97c00', 'f4', 'f5', 'f6', 'f7'],
  ...['f0', 'f8ff', 'c11a514b67b0', 'd74401020304', 'd818456449455446', '40', '4401020304', '60'],
  ...['6161', '6449455446', '62225c', '62c3bc', '63e6b0b4', '64f0908591', '80', '83010203'],
  ...['8301820203820405', '98190102030405060708090a0b0c0d0e0f101112131415161718181819', 'a0'],
  ...['a201020304', 'a26161016162820203', '826161a161626163'],
  'a56161614161626142616361436164614461656145',
];

const INDEFINITE = [
  ...['5f42010243030405ff', '7f657374726561646d696e67ff', '9fff', '9f018202039f0405ffff'],
  ...['9f01820203820405ff', '83018202039f0405ff', '83019f0203ff820405', 'bf61610161629f0203ffff'],
  ...['826161bf61626163ff', 'bf6346756ef563416d7421ff'],
];

/** The keys of section 4.2.1 in their order. */
const KEYS = ['0a', '1864', '20', '617a', '626161', '811864', '8120', 'f4'];

describe('CBOR', () => {
  it.each(INTEGERS)('has %d as %s', (value, hex) => {
    const writer = new CborWriter();
    writer.integer(value);
    expect(toHex(writer.taken())).toBe(hex);
    const reader = new CborReader();
    reader.open(fromHex(hex), 0, hex.length / 2);
    expect([reader.integer(), reader.at]).toEqual([value, hex.length / 2]);
  });

  it('reads no integer from another item, nor from one that is longer than necessary', () => {
    const reader = new CborReader();
    for (const hex of ['', '18', '1817', '3800', '40', '60', '80', 'f6', '1c']) {
      reader.open(fromHex(hex), 0, hex.length / 2);
      expect([hex, reader.integer()]).toEqual([hex, undefined]);
    }
  });

  it('writes maps in the order of their encoded keys', () => {
    const writer = new CborWriter();
    writer.map([...KEYS].sort().map((key) => [fromHex(key), fromHex('00')]));
    writer.map([...KEYS].reverse().map((key) => [fromHex(key), fromHex('00')]));
    const map = `a8${KEYS.map((key) => `${key}00`).join('')}`;
    expect(toHex(writer.taken())).toBe(map + map);
    expect(endOfItem(fromHex(map), 0, map.length / 2, 2)).toBe(map.length / 2);
  });
});

describe('the end of an item', () => {
  it.each([...DETERMINISTIC, ...INDEFINITE])('is found in %s, and not before', (hex) => {
    const bytes = fromHex(`ff${hex}ff`);
    const end = bytes.length - 1;
    expect(endOfItem(bytes, 1, bytes.length, 3)).toBe(end);
    for (let cut = 1; cut < end; cut += 1) expect(endOfItem(bytes, 1, cut, 3)).toBe(-1);
    expect(isNonDeterministicCbor(bytes.subarray(1, end), 3)).toBe(INDEFINITE.includes(hex));
  });

  it.each(['1800', '190018', '1a0000ffff', '1b00000000ffffffff', '5800', '82011817'])(
    'is that of another form in %s, whose head is too long',
    (hex) => {
      const bytes = fromHex(hex);
      expect(endOfItem(bytes, 0, bytes.length, 3)).toBe(-1);
      expect(isNonDeterministicCbor(bytes, 3)).toBe(true);
    },
  );

  it.each([
    ['1c', 'a reserved length'],
    ['f818', 'a simple value that one byte holds'],
    ['1f', 'an integer of indefinite length'],
    ['ff', 'a break alone'],
    ['bf01ff', 'half a pair'],
    ['5f6161ff', 'text in a string of bytes'],
    ['5f5f4101ffff', 'a string of indefinite length in another'],
    ['818181818101', 'too deep'],
    ['0000', 'two items'],
  ])('is not found in %s: %s', (hex) => {
    const bytes = fromHex(hex);
    expect(endOfItem(bytes, 0, bytes.length, 3)).not.toBe(bytes.length);
    expect(isNonDeterministicCbor(bytes, 3)).toBe(false);
  });
});
