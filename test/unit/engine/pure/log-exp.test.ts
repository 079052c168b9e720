/**
 * The logarithm on shares, (0, 1], from which protocols draw: close to the exact value, and the
 * same bits on every machine.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { log } from '../../../../engine/pure/log-exp.ts';

/** Distance to the next double above a normal number. */
function unitInTheLastPlace(value: number): number {
  return 2 ** (Math.floor(Math.log2(value)) - 52);
}

/** Shares that fill (0, 1) evenly, and the same shares moved close to zero and one. */
function* shares(count: number): Generator<number> {
  for (let index = 1; index <= count; index++) {
    const even = (index * 0.618_033_988_749_894_8) % 1;
    yield even;
    yield even * 2 ** -(index % 54);
    yield 1 - even * 2 ** -(index % 52);
  }
}

describe('the logarithm of a share', () => {
  it('is within one unit in the last place of the one of the platform', () => {
    let worst = 0;
    for (const share of shares(60_000)) {
      if (share === 1) continue;
      const expected = -Math.log(share);
      const error = Math.abs(log(share) + expected) / unitInTheLastPlace(expected);
      worst = Math.max(worst, error);
    }
    expect(worst).toBeLessThanOrEqual(1);
  });

  it('is zero at one, and exact at powers of two', () => {
    expect(0 - log(1)).toBe(0);
    expect(log(0.5)).toBe(-Math.LN2);
    expect(log(2 ** -54)).toBe(-54 * Math.LN2);
  });

  it('has the same bits on every machine', () => {
    const values = Float64Array.from(shares(2_000), log);
    const digest = createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex');
    expect(digest.slice(0, 16)).toBe('3b22b6934e38d634');
  });
});
