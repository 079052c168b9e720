import { describe, expect, it } from 'vitest';
import { PathQuality } from '../../../../../nodes/gateway/multipath/path-quality.ts';
import { pathScore } from '../../../../../nodes/gateway/multipath/selection.ts';
import { fakePath } from './wire.ts';

const MS = 1_000_000;
const SECOND = 1_000 * MS;

describe('the baseline', () => {
  it('R-036: is the least round trip of the last minute, and forgets an older one', () => {
    const quality = new PathQuality(0.125);
    for (const [count, second] of [0, 15, 30, 45].entries()) {
      quality.answer(second * SECOND, (60 - 10 * count) * MS);
    }
    // 60, 50, 40 and 30 ms; then it is slower for as long as the path lives.
    expect(quality.baselineNs(46 * SECOND)).toBe(30 * MS);
    quality.answer(50 * SECOND, 80 * MS);
    expect(quality.baselineNs(99 * SECOND)).toBe(30 * MS);
    expect(quality.baselineNs(106 * SECOND)).toBe(80 * MS);
  });
});

describe('the base round trip', () => {
  it('is the least of ten seconds, and not the least of an average', () => {
    const quality = new PathQuality(0.125);
    for (let at = 0; at < 40; at += 1) quality.answer(at * 50 * MS, (at === 20 ? 20 : 60) * MS);
    expect(quality.srttNs).toBeGreaterThan(55 * MS);
    expect(quality.baseRttNs).toBe(20 * MS);
    quality.answer(SECOND + 10 * SECOND - MS, 60 * MS);
    expect(quality.baseRttNs).toBe(20 * MS);
    quality.answer(SECOND + 11 * SECOND, 60 * MS);
    expect(quality.baseRttNs).toBe(60 * MS);
  });

  it('decides: of two paths the shorter is better, however often its answers are late', () => {
    const near = new PathQuality(0.125);
    const far = new PathQuality(0.125);
    for (let at = 0; at < 100; at += 1) {
      near.answer(at * 50 * MS, (at % 5 === 0 ? 20 : 45) * MS);
      far.answer(at * 50 * MS, 24 * MS);
    }
    expect(near.srttNs).toBeGreaterThan(1.4 * far.srttNs);
    const [one, other] = [fakePath('near', 20), fakePath('far', 24)];
    expect(pathScore(one.info, near, {})).toBeGreaterThan(pathScore(other.info, far, {}));
    // With the preference for stability, the stable path is chosen.
    const favour = { favour: 'stability' } as const;
    expect(pathScore(one.info, near, favour)).toBeLessThan(pathScore(other.info, far, favour));
  });
});
