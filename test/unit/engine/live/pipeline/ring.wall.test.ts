import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RingReader, RingWriter, ringBytes } from '../../../../../engine/live/pipeline/ring.ts';

const CAPACITY = 8;
/** Starting counts just below the values where 32 bits overflow. */
const STARTS = [0, 2 ** 31 - 3, -3];

function ring(start: number): { words: Int32Array; writer: RingWriter; reader: RingReader } {
  const words = new Int32Array(new SharedArrayBuffer(ringBytes(CAPACITY)));
  words[0] = start;
  words[16] = start;
  return { words, writer: new RingWriter(words), reader: new RingReader(words) };
}

function put(writer: RingWriter, value: number): boolean {
  const at = writer.claim();
  if (at < 0) return false;
  writer.words[at] = value;
  writer.put();
  return true;
}

function take(reader: RingReader): number | undefined {
  const at = reader.peek();
  if (at < 0) return undefined;
  const value = reader.words[at];
  reader.take();
  return value;
}

describe('a ring', () => {
  it('keeps head and tail 64 bytes apart, and both away from the entries', () => {
    const { words, writer } = ring(0);
    expect(writer.claim()).toBeGreaterThanOrEqual(32);
    put(writer, 5);
    expect([words[0], words[16]]).toEqual([0, 1]);
  });

  it('refuses an entry when it is full, and its credits say how many it takes', () => {
    for (const start of STARTS) {
      const { writer, reader } = ring(start);
      for (let i = 0; i < CAPACITY; i += 1) {
        expect(writer.credits).toBe(CAPACITY - i);
        expect(put(writer, i)).toBe(true);
      }
      expect(writer.credits).toBe(0);
      expect(put(writer, 99)).toBe(false);
      expect(take(reader)).toBe(0);
      expect(writer.credits).toBe(1);
      expect(put(writer, 100)).toBe(true);
    }
  });

  it('gives what a queue gives, also where its counts wrap', () => {
    const steps = fc.array(fc.boolean(), { maxLength: 200 });
    fc.assert(
      fc.property(fc.constantFrom(...STARTS), steps, (start, puts) => {
        const { writer, reader } = ring(start);
        const model: number[] = [];
        let next = 0;
        for (const isPut of puts) {
          if (isPut) {
            expect(put(writer, next)).toBe(model.length < CAPACITY);
            if (model.length < CAPACITY) model.push(next);
            next += 1;
          } else {
            expect(take(reader)).toBe(model.shift());
          }
          expect(reader.waiting).toBe(model.length);
          expect(writer.credits).toBe(CAPACITY - model.length);
        }
      }),
    );
  });
});
