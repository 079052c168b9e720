/** Texts that people read and programs read back. @module */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bits,
  count,
  countOf,
  decimal,
  form,
  list,
  oneOf,
  optional,
  word,
} from '../../../../nodes/_kit/text-form.ts';

const PROGRESS = form('{done} of {all} packets', { done: count, all: count });

describe('a form', () => {
  it('reads what it writes', () => {
    expect(PROGRESS.write({ done: 3, all: 9 })).toBe('3 of 9 packets');
    expect(PROGRESS.read('3 of 9 packets')).toEqual({ done: 3, all: 9 });
  });

  it.each([
    '',
    '3 of 9',
    '3 of 9 packets ',
    ' 3 of 9 packets',
    '03 of 9 packets',
    '3 of -9 packets',
  ])('took another text for its own: %j', (text) => expect(PROGRESS.read(text)).toBeUndefined());

  it('reads no text that it would write differently', () => {
    const form1 = form('{a} {b}={c}', { a: word, b: oneOf(['x', 'y']), c: decimal(2) });
    const text = fc.string({ unit: fc.constantFrom('a', 'x', ' ', '=', '1', '.', '0', '-') });
    fc.assert(
      fc.property(text, (one) => {
        const value = form1.read(one);
        if (value !== undefined) expect(form1.write(value)).toBe(one);
      }),
    );
  });

  it('writes - for a part that is absent, and reads it back as absent', () => {
    const rtt = form('rtt={us}', { us: optional(countOf('us')) });
    expect(rtt.write({ us: undefined })).toBe('rtt=-');
    expect(rtt.read('rtt=-')).toEqual({ us: undefined });
    expect(rtt.read('rtt=20us')).toEqual({ us: 20 });
    expect(rtt.read('rtt=20')).toBeUndefined();
  });

  it('refuses a value that it could not read back, instead of tracing a wrong one', () => {
    const pair = form('{a} to {b}', { a: list(word, '+'), b: word });
    expect(() => pair.write({ a: ['x to y'], b: 'z' })).toThrow("not one word: 'x to y'");
    expect(() => form('{a},{b}', { a: word, b: word }).write({ a: '1,2', b: '3' })).toThrow(
      "',' inside the a",
    );
    expect(() => PROGRESS.write({ done: 0.5, all: 9 })).toThrow('not a count: 0.5');
    expect(() => PROGRESS.write({ done: Number.NaN, all: 9 })).toThrow('not a count: NaN');
    expect(() => decimal(1).write(-1)).toThrow('not a decimal: -1');
    expect(() => list(word, '-').write(['a-b'])).toThrow("not fit for a list: 'a-b'");
  });

  it('is declared with places that are apart, and with a part for each', () => {
    expect(() => form('{a}{b}', { a: word, b: word })).toThrow('places touch');
    expect(() => form('{a} {c}', { a: word })).toThrow('no part has the name c');
    expect(() => form('a', {})).toThrow('no place');
  });
});

describe('bits', () => {
  it('come four to a digit, the first in the highest bit', () => {
    const values = [true, false, false, false, true, true, true, true];
    expect(bits.write(values)).toBe('8f');
    expect(bits.read('8f')).toEqual(values);
    expect(bits.read('8F')).toBeUndefined();
  });
});

describe('a list', () => {
  it('may be empty, and reads no list with one bad item', () => {
    const counts = list(count, ' ');
    expect(counts.read(counts.write([]))).toEqual([]);
    expect(counts.read('1 2 3')).toEqual([1, 2, 3]);
    expect(counts.read('1  3')).toBeUndefined();
  });
});
