import { describe, expect, it } from 'vitest';
import { CborWriter } from '../../../../engine/pure/cbor-writer.ts';

const encoder = new TextEncoder();

/** Shortest head of a text, and the text in UTF-8 (RFC 8949 section 3). */
function expected(text: string): number[] {
  const bytes = [...encoder.encode(text)];
  const { length } = bytes;
  if (length < 24) return [0x60 + length, ...bytes];
  return length < 0x100 ? [0x78, length, ...bytes] : [0x79, length >> 8, length & 0xff, ...bytes];
}

describe('CBOR that is written', () => {
  it.each([
    ['', 'nothing'],
    ['ipn:3.1', 'seven letters'],
    ['a'.repeat(23), 'the longest text with a head of one byte'],
    ['a'.repeat(24), 'the shortest with two'],
    ['a'.repeat(300), 'three hundred letters'],
    [`${'a'.repeat(50)}\u007f`, 'the last character of ASCII'],
    [`${'a'.repeat(50)}\u0080`, 'the first behind it'],
    ['Zürich', 'a letter of two bytes amid others'],
    ['Mond \u{1f319}', 'a character of two code units'],
  ])('has texts in UTF-8: %j, %s', (text) => {
    const writer = new CborWriter();
    writer.uint(7);
    writer.text(text);
    writer.uint(8);
    expect([...writer.taken()]).toEqual([7, ...expected(text), 8]);
  });
});
