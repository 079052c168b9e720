import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  labelsMistake,
  listPrometheusSeries,
  metricOfSeries,
  readSeriesName,
  seriesName,
} from '../../../../engine/pure/series-name.ts';

describe('names of series', () => {
  it('read back to what they were made of, whatever the values are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (a, b) => {
        const name = seriesName('a.sent', ['x', 'y'], [a, b]);
        expect(readSeriesName(name)).toEqual({ metric: 'a.sent', labels: { x: a, y: b } });
        expect(metricOfSeries(name)).toBe('a.sent');
      }),
    );
  });

  it('are those of Prometheus', () => {
    expect(seriesName('a.sent', ['path', 'to'], ['1', 'b "c"\\\n'])).toBe(
      'a.sent{path="1",to="b \\"c\\"\\\\\\n"}',
    );
  });

  it('are read as people write them, too', () => {
    expect(readSeriesName('a.b{ x = 1 , y="2" }')).toEqual({
      metric: 'a.b',
      labels: { x: '1', y: '2' },
    });
  });

  it.each(['a.b{', 'a.b{}', 'a.b{x}', 'a.b{x=}', 'a.b{x="1",}', 'a.b{x="1"y="2"}', 'a.b{x=1,x=2}'])(
    '%s is none',
    (name) => {
      expect(readSeriesName(name)).toBeUndefined();
    },
  );

  it('stand in place of their whole, which would be counted twice', () => {
    const all = { 'a.b': 3, 'a.b{x="1"}': 1, 'a.b{x="2"}': 2, 'a.bc': 4 };
    expect(listPrometheusSeries(all).map(([name]) => name)).toEqual([
      'a.b{x="1"}',
      'a.b{x="2"}',
      'a.bc',
    ]);
  });

  it('need names of labels that Prometheus can show', () => {
    expect(labelsMistake(['path', 'cause'])).toBeUndefined();
    expect(labelsMistake(['Path'])).toContain('lower case');
    expect(labelsMistake(['le'])).toContain('something else');
    expect(labelsMistake(['a', 'a'])).toContain('twice');
    expect(labelsMistake(['a', 'b', 'c', 'd'])).toContain('at most 3');
  });
});
