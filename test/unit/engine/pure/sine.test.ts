import { describe, expect, it } from 'vitest';
import { cosine, sine } from '../../../../engine/pure/sine.ts';

describe('sine and cosine of our own', () => {
  it.each([1, 1_000, 1e6])('are those of the platform within 1e-15 up to %d', (limit) => {
    for (let step = -10_000; step <= 10_000; step += 1) {
      const x = (step / 10_000) * limit;
      expect(Math.abs(sine(x) - Math.sin(x))).toBeLessThan(1e-15);
      expect(Math.abs(cosine(x) - Math.cos(x))).toBeLessThan(1e-15);
    }
  });

  it('have these bits on every machine', () => {
    expect([sine(0.5), cosine(0.5), sine(-4), cosine(100)]).toEqual([
      0.479425538604203, 0.8775825618903728, 0.7568024953079282, 0.862318872287684,
    ]);
    expect([sine(0), cosine(0)]).toEqual([0, 1]);
  });

  it('refuse arguments beyond a million, where they would be wrong', () => {
    for (const wrong of [1_000_001, -1_000_001, Number.NaN]) {
      expect(() => sine(wrong)).toThrow(RangeError);
      expect(() => cosine(wrong)).toThrow(RangeError);
    }
  });
});
