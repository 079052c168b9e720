/**
 * Fields of deterministic CBOR, read in order.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { CborWriter } from '../../../../engine/pure/cbor-writer.ts';
import { CborFieldReader } from '../../../../nodes/_kit/cbor-fields.ts';

function readerOf(fill: (writer: CborWriter) => void): CborFieldReader {
  const writer = new CborWriter();
  fill(writer);
  return new CborFieldReader(writer.taken());
}

describe('a reader of fields', () => {
  it('reads maps, nulls, bytes and names', () => {
    const fields = readerOf((writer) => {
      writer.map([[Uint8Array.of(1), Uint8Array.of(0xf6)]]);
      writer.string(Uint8Array.of(7, 8));
      writer.text('ü');
    });
    expect(fields.map(1)).toBe(1);
    expect(fields.isNull()).toBe(false);
    expect(fields.uint()).toBe(1);
    expect(fields.isNull()).toBe(true);
    expect(fields.bytes(2, 2)).toEqual(Uint8Array.of(7, 8));
    expect(fields.isGood).toBe(false);
    expect(fields.name(2)).toBe('ü');
    expect(fields.isGood).toBe(true);
    expect(fields.isNull()).toBe(false);
  });

  it('is spoilt by what is longer, shorter or of another kind than asked for', () => {
    const bytes = (writer: CborWriter): void => writer.string(Uint8Array.of(1, 2, 3));
    const text = (writer: CborWriter): void => writer.text('ü');
    const cases: readonly (readonly [
      (writer: CborWriter) => void,
      (at: CborFieldReader) => unknown,
    ])[] = [
      [bytes, (at): unknown => at.bytes(2)],
      [bytes, (at): unknown => at.bytes(9, 4)],
      [bytes, (at): unknown => at.map(9)],
      [text, (at): unknown => at.bytes(9)],
      [text, (at): unknown => at.name(1)],
      [(writer): void => writer.text(''), (at): unknown => at.name(9)],
      [(writer): void => writer.null(), (at): unknown => at.uint()],
    ];
    for (const [fill, read] of cases) {
      const fields = readerOf(fill);
      read(fields);
      expect([fields.isSpoilt, fields.isGood]).toEqual([true, false]);
      expect(fields.isNull()).toBe(false);
    }
  });
});
