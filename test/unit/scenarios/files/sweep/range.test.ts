import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { looksLikeRange, readRange } from '../../../../../scenarios/files/sweep/range.ts';
import { rangeValues } from '../../../../../scenarios/files/sweep/range-values.ts';
import type { LeafResult } from '../../../../../topologies/files/leaf.ts';

function read(text: string): LeafResult<readonly string[]> {
  const range = readRange(text);
  return 'mistake' in range ? range : rangeValues(range.value);
}

function valuesOf(text: string): readonly string[] {
  const result = read(text);
  if ('mistake' in result) throw new Error(result.mistake.message);
  return result.value;
}

describe('a range of a sweep', () => {
  it.each([
    ['50ms..200ms step 50ms', ['50ms', '100ms', '150ms', '200ms']],
    ['1..5', ['1', '2', '3', '4', '5']],
    ['-2..2 step 2', ['-2', '0', '2']],
    ['0.1..0.9 step 0.2', ['0.1', '0.3', '0.5', '0.7', '0.9']],
    ['10%..50% step 10%', ['10%', '20%', '30%', '40%', '50%']],
    ['1Mbit/s..8Mbit/s step x2', ['1Mbit/s', '2Mbit/s', '4Mbit/s', '8Mbit/s']],
    ['100/s..300/s step 100/s', ['100/s', '200/s', '300/s']],
    ['25ms..100ms step x2', ['25ms', '50ms', '100ms']],
    ['1KiB..8KiB step x2', ['1KiB', '2KiB', '4KiB', '8KiB']],
    ['1_000B..3_000B step 1kB', ['1000B', '2000B', '3000B']],
    ['-50ppm..50ppm step 50ppm', ['-50ppm', '0ppm', '50ppm']],
    ['7..7', ['7']],
  ])('%s is %j', (text, values) => {
    expect(valuesOf(text)).toEqual(values);
  });

  it('ends before its end where that falls between two steps', () => {
    expect(valuesOf('50ms..199ms step 50ms').at(-1)).toBe('150ms');
    expect(valuesOf('1..10 step x3')).toEqual(['1', '3', '9']);
    expect(valuesOf('0.1..0.89999 step 0.2').at(-1)).toBe('0.7');
  });

  it('does not drift: a thousand steps of 0.1 end at 100.1', () => {
    const values = valuesOf('0.1..100.1 step 0.1');
    expect(values).toHaveLength(1_001);
    expect(values[2]).toBe('0.3');
    expect(values.at(-1)).toBe('100.1');
  });

  it('counts with any decimal step as the digits say', () => {
    const small = fc.integer({ min: 1, max: 999 });
    fc.assert(
      fc.property(small, small, fc.integer({ min: 0, max: 50 }), (from, step, count) => {
        const to = from + step * count;
        const text = (thousandths: number): string => (thousandths / 1_000).toFixed(3);
        const values = valuesOf(`${text(from)}..${text(to)} step ${text(step)}`);
        const expected = Array.from({ length: count + 1 }, (_, i) => from + i * step);
        expect(values).toEqual(expected.map((one) => String(Number(text(one)))));
      }),
    );
  });

  it('is written in the finer of the units of begin and step, never with an endless decimal', () => {
    expect(valuesOf('1s..2s step 500ms')).toEqual(['1000ms', '1500ms', '2000ms']);
    expect(valuesOf('1min..2min step 20s')).toEqual(['60s', '80s', '100s', '120s']);
    expect(valuesOf('500ms..2s step 1s')).toEqual(['500ms', '1500ms']);
  });

  it('rounds powers to whole nanoseconds, bytes, or twelve digits', () => {
    expect(valuesOf('1us..2us step x1.1')).toContain('1.331us');
    expect(valuesOf('1us..2us step x1.1').at(-1)).toBe('1.949us');
    expect(valuesOf('10B..20B step x1.5')).toEqual(['10B', '15B']);
    expect(valuesOf('0.001..0.002 step x1.1').at(-1)).toBe('0.0019487171');
    expect(valuesOf('1min..2min step x1.5')).toEqual(['1min', '1.5min']);
    expect(valuesOf('1..1e18 step x1000').at(-1)).toBe('1000000000000000000');
  });

  it.each([
    ['500ms..50ms step 50ms', 'E104', '500ms..50ms step 50ms goes down', /50ms\.\.500ms/],
    ['1..10 step 0', 'E104', 'a step of 0 never reaches the end', /above 0/],
    ['1..10 step -1', 'E104', 'a step of -1 never reaches the end', /above 0/],
    ['1..10 step x1', 'E104', 'a step of x1 never reaches the end', /above 1/],
    ['0..10 step x2', 'E104', '0..10 step x2 multiplies 0', /above 0/],
    ['1ns..4ns step x1.1', 'E104', 'two values of 1ns..4ns step x1.1 are both 1ns', /larger/],
    ['1ms..1Mbit/s step 1ms', 'E103', '1ms is a time, 1Mbit/s is a rate', /one kind/],
    ['1ms..5 step 1ms', 'E102', '5 has no unit', /write 5ms/],
    ['1..5ms step 1ms', 'E102', '1 has no unit', /write 1ms/],
    ['10%..0.5 step 10%', 'E102', '0.5 has no unit', /both in %/],
    ['1ms..5ms step 1', 'E102', '1 has no unit', /write 1ms/],
    ['1ms..5ms step 1B', 'E103', '1ms is a time, 1B is a size', /one kind/],
    ['1..1000000 step 1', 'E104', /makes 1000000 values, the limit is 10000/, /larger/],
    ['1..2 step x1.0000001', 'E104', /has values of more than 4000 digits/, /fewer digits/],
    ['1ns..1e9ns step x1', 'E104', 'a step of x1 never reaches the end', /above 1/],
    ['12.75ns..1us step 1ns', 'E104', '12.75ns is not a whole number of nanoseconds', undefined],
    ['0.3packets..9packets step x7', 'E104', '0.3packets is not a whole number of p', undefined],
    ['1B..9.5B step x2', 'E104', '9.5B is not a whole number of bytes', undefined],
    ['1us..2us step 0.0005us', 'E104', '0.0005us is not a whole number of nano', undefined],
    ['1ms..', 'E103', '"1ms.." is not a range such as 50ms..500ms step 50ms', undefined],
    ['1..5 step 1 step 2', 'E103', /is not a range/, undefined],
    ['1..5 step two', 'E103', '"two" is not a step such as 50ms or x2', undefined],
    ['1..5 step xx', 'E103', '"xx" is not a factor such as x2', undefined],
    ['log 1..5 step 1', 'E104', 'log 1..5 step 1 has a step', /step x2/],
    ['log 0..5', 'E104', 'log 0..5 begins at 0 or below', /above 0/],
    ['1..1e900', 'E103', /is not a range/, undefined],
    ['1..5 step 1e-39', 'E104', /makes \d+ values/, /larger/],
  ])('refuses %s', (text, code, message, hint) => {
    const result = read(text);
    expect(result).toMatchObject({ mistake: { code } });
    if (!('mistake' in result)) return;
    expect(result.mistake.message).toMatch(message);
    if (hint === undefined) expect(result.mistake.hint).toBeUndefined();
    else expect(result.mistake.hint).toMatch(hint);
  });

  it('takes the largest number of values, and not one more', () => {
    expect(valuesOf('1..10000')).toHaveLength(10_000);
    expect(() => valuesOf('1..10001')).toThrow('the limit is 10000');
  });

  it('has values without a step only if both ends are whole numbers', () => {
    for (const text of ['0.1..0.9', '1..2.0', '1ms..5ms', 'log 1..100', '1e0..9']) {
      expect(() => valuesOf(text)).toThrow('has no step, so it has no values to combine');
    }
  });

  it('is told from paths and words that contain two dots', () => {
    const words = ['../net.yaml', 'a..b', 'star-12.yaml', '..', 'log a..b', '1.5', 'log', 'e..1'];
    const found = words.filter((word) => looksLikeRange(word));
    expect(found).toEqual(['log a..b']);
    expect(['1..2', '5ms..x', 'log 1..2', '.5..1'].every(looksLikeRange)).toBe(true);
  });
});
