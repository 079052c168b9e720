/**
 * The replacements for parts of d3 in the built page do what scales need, and reject everything
 * else. @module
 */
import { scaleLinear, scaleLog } from 'd3-scale';
import { describe, expect, it } from 'vitest';
import * as format from '../../../../viz/app/slim/format.ts';
import { interpolate, interpolateRound, piecewise } from '../../../../viz/app/slim/interpolate.ts';

describe('in place of d3-interpolate', () => {
  it('numbers come out as the library gives them', () => {
    const [linear, log] = [scaleLinear([0, 7], [60, 901]), scaleLog([1, 1e6], [60, 901])];
    for (const share of [0, 0.1, 1 / 3, 0.77, 1]) {
      expect(interpolate(60, 901)(share)).toBeCloseTo(linear(7 * share), 9);
      expect(interpolate(60, 901)(share)).toBeCloseTo(log(10 ** (6 * share)), 9);
      expect(interpolateRound(0, 10)(share)).toBe(Math.round(10 * share));
    }
  });

  it('colours and pieces, which are left out, are refused where a scale is made of them', () => {
    expect(() => interpolate('#000', '#fff')).toThrow('scales of the pages have numbers, not #000');
    expect(() => piecewise()).toThrow('no scale of pieces');
  });
});

it('in place of d3-format, everything that a scale imports is there and refuses', () => {
  expect(Object.keys(format)).toHaveLength(6);
  for (const one of Object.values(format)) expect(() => one()).toThrow('reports/format.ts');
});
