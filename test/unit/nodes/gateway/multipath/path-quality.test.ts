import { describe, expect, it } from 'vitest';
import { PathQuality } from '../../../../../nodes/gateway/multipath/path-quality.ts';

const MS = 1_000_000;

describe('R-035: smoothing of the RTT', () => {
  it('begins with the first sample and half of it as variation', () => {
    const quality = new PathQuality(0.125);
    quality.answer(0, 80 * MS);
    expect([quality.srttNs, quality.rttvarNs]).toEqual([80 * MS, 40 * MS]);
  });

  it.each([0.125, 0.5, 1])('moves by the factor %d of the difference, variation first', (gain) => {
    const quality = new PathQuality(gain);
    quality.answer(0, 80 * MS);
    quality.answer(1, 120 * MS);
    expect(quality.srttNs).toBe(80 * MS + 40 * MS * gain);
    expect(quality.rttvarNs).toBe(40 * MS);
    quality.answer(2, quality.srttNs);
    expect(quality.rttvarNs).toBe(30 * MS);
  });
});
