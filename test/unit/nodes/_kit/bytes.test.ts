import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareBytes,
  concatBytes,
  equalBytes,
  fromHex,
  mapKeyOfHash,
  readUint16,
  readUint32,
  readUint48,
  readUint64,
  toHex,
  writeUint16,
  writeUint32,
  writeUint48,
  writeUint64,
} from '../../../../nodes/_kit/bytes.ts';

const BYTES = fromHex('00ffeeddccbbaa998877');

describe('big-endian integers', () => {
  it('reads each width at an offset', () => {
    expect(readUint16(BYTES, 1)).toBe(0xffee);
    expect(readUint32(BYTES, 1)).toBe(0xffeeddcc);
    expect(readUint48(BYTES, 1)).toBe(0xffeeddccbbaa);
    expect(readUint64(BYTES, 1)).toBe(0xffeeddccbbaa9988n);
  });

  it('writes what it reads, and nothing beside it', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 64n - 1n), (value) => {
        const bytes = new Uint8Array(26).fill(0x5a);
        const narrow = Number(value & 0xffff_ffff_ffffn);
        writeUint16(bytes, 1, narrow % 0x1_0000);
        writeUint32(bytes, 4, narrow % 0x1_0000_0000);
        writeUint48(bytes, 9, narrow);
        writeUint64(bytes, 16, value);
        expect(readUint16(bytes, 1)).toBe(narrow % 0x1_0000);
        expect(readUint32(bytes, 4)).toBe(narrow % 0x1_0000_0000);
        expect(readUint48(bytes, 9)).toBe(narrow);
        expect(readUint64(bytes, 16)).toBe(value);
        expect([0, 3, 8, 15, 24, 25].map((at) => bytes[at])).toEqual(Array(6).fill(0x5a));
      }),
    );
  });
});

describe('hexadecimal text', () => {
  it('goes there and back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(fromHex(toHex(bytes))).toEqual(bytes);
      }),
    );
  });

  it('accepts upper case, refuses odd lengths and other characters', () => {
    expect(fromHex('00FF')).toEqual(Uint8Array.of(0, 255));
    expect(() => fromHex('0')).toThrow(RangeError);
    expect(() => fromHex('0g')).toThrow(RangeError);
    expect(() => fromHex('0x12')).toThrow(RangeError);
  });
});

describe('the key of a hash', () => {
  it('has a character for each byte, so that it is that of no other', () => {
    const all = Uint8Array.from({ length: 256 }, (_, value) => value);
    const key = mapKeyOfHash(all);
    expect([...key].map((character) => character.charCodeAt(0))).toEqual([...all]);
  });
});

describe('whole arrays', () => {
  it('compares by content and length', () => {
    expect(equalBytes(fromHex('0102'), fromHex('0102'))).toBe(true);
    expect(equalBytes(fromHex('0102'), fromHex('0103'))).toBe(false);
    expect(equalBytes(fromHex('0102'), fromHex('010200'))).toBe(false);
  });

  it('orders like a dictionary', () => {
    const sorted = ['02', '0101', '01', '', 'ff'].map(fromHex).sort(compareBytes);
    expect(sorted.map(toHex)).toEqual(['', '01', '0101', '02', 'ff']);
  });

  it('joins parts in order', () => {
    expect(toHex(concatBytes(fromHex('01'), fromHex(''), fromHex('0203')))).toBe('010203');
    expect(concatBytes()).toEqual(new Uint8Array(0));
  });
});
