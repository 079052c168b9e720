/** Texts that people read and programs read back. @module */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countFormat,
  countWithUnitFormat,
  decimalFormat,
  hexBitsFormat,
  listFormat,
  oneOfFormat,
  optionalFormat,
  textFormatFromTemplate,
  wordFormat,
} from '../../../../nodes/_kit/text-form.ts';

const PROGRESS = textFormatFromTemplate('{done} of {all} packets', {
  done: countFormat,
  all: countFormat,
});

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
    const form1 = textFormatFromTemplate('{a} {b}={c}', {
      a: wordFormat,
      b: oneOfFormat(['x', 'y']),
      c: decimalFormat(2),
    });
    const text = fc.string({ unit: fc.constantFrom('a', 'x', ' ', '=', '1', '.', '0', '-') });
    fc.assert(
      fc.property(text, (one) => {
        const value = form1.read(one);
        if (value !== undefined) expect(form1.write(value)).toBe(one);
      }),
    );
  });

  it('writes - for a part that is absent, and reads it back as null', () => {
    const rtt = textFormatFromTemplate('rtt={us}', {
      us: optionalFormat(countWithUnitFormat('us')),
    });
    expect(rtt.write({ us: null })).toBe('rtt=-');
    expect(rtt.read('rtt=-')).toEqual({ us: null });
    expect(rtt.read('rtt=20us')).toEqual({ us: 20 });
    expect(rtt.read('rtt=20')).toBeUndefined();
  });

  it('refuses a value that it could not read back, instead of tracing a wrong one', () => {
    const pair = textFormatFromTemplate('{a} to {b}', {
      a: listFormat(wordFormat, '+'),
      b: wordFormat,
    });
    const what = "a of '{a} to {b}' could not be read back: 'x to y'";
    expect(() => pair.write({ a: ['x to y'], b: 'z' })).toThrow(what);
    expect(() =>
      textFormatFromTemplate('{a},{b}', { a: wordFormat, b: wordFormat }).write({
        a: '1,2',
        b: '3',
      }),
    ).toThrow("could not be read back: '1,2'");
    for (const done of [0.5, -1, Number.NaN, 2 ** 53]) {
      expect(() => PROGRESS.write({ done, all: 9 })).toThrow(`read back: '${done}'`);
    }
    const share = textFormatFromTemplate('{share}', { share: decimalFormat(1) });
    for (const bad of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => share.write({ share: bad })).toThrow('could not be read back');
    }
    expect(() => listFormat(wordFormat, '-').write(['a-b'])).toThrow("not fit for a list: 'a-b'");
  });

  it('is declared with places that are apart, and with a part for each', () => {
    expect(() => textFormatFromTemplate('{a}{b}', { a: wordFormat, b: wordFormat })).toThrow(
      'touch',
    );
    expect(() => textFormatFromTemplate('{a} {c}', { a: wordFormat })).toThrow(
      'have no part: {a} {c}',
    );
    expect(() => textFormatFromTemplate('a', {})).toThrow('places are missing');
  });
});

describe('bits', () => {
  it('come four to a digit, the first in the highest bit', () => {
    const values = [true, false, false, false, true, true, true, true];
    expect(hexBitsFormat.write(values)).toBe('8f');
    expect(hexBitsFormat.read('8f')).toEqual(values);
    expect(hexBitsFormat.read('8F')).toBeUndefined();
  });
});

describe('a list', () => {
  it('may be empty, and reads no list with one bad item', () => {
    const counts = listFormat(countFormat, ' ');
    expect(counts.read(counts.write([]))).toEqual([]);
    expect(counts.read('1 2 3')).toEqual([1, 2, 3]);
    expect(counts.read('1  3')).toBeUndefined();
  });
});
