import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../../engine/core/stream.ts';
import { divideElements, multiplyElements } from '../../../../../nodes/federated/secagg/field.ts';
import {
  holderPoint,
  lagrangeWeightsAtZero,
  makeShareCombiner,
  rebuildSecret,
  splitSecret,
} from '../../../../../nodes/federated/secagg/shamir.ts';
import { bytesOf } from './session.ts';

const random = openRandomStream(3, 'shamir', 'test');
const draw = bytesOf(random);

describe('sharing', () => {
  it('lets any t of n rebuild, and t - 1 not', () => {
    for (let trial = 0; trial < 50; trial += 1) {
      const n = 2 + random.below(12);
      const t = 2 + random.below(n - 1);
      const secret = draw(32);
      const coefficients = Array.from({ length: t - 1 }, () => draw(32));
      const indices = Array.from({ length: n }, () => random.below(65_534));
      if (new Set(indices).size < n) continue;
      const points = indices.map(holderPoint);
      const shares = splitSecret({ secret, coefficients }, points).map((y, place) => ({
        x: points[place] as number,
        y,
      }));
      random.shuffle(shares);
      expect(rebuildSecret(shares.slice(0, t), t)).toEqual(secret);
      expect(rebuildSecret(shares, t)).toEqual(secret);
      expect(rebuildSecret(shares.slice(0, t - 1), t)).toBeUndefined();
    }
  });

  it('weighs many secrets by tables as it weighs one by logarithms', () => {
    const weights = lagrangeWeightsAtZero([3, 900, 65_535, 17]);
    const [one, many] = [makeShareCombiner(weights, 1), makeShareCombiner(weights, 100)];
    for (let trial = 0; trial < 100; trial += 1) {
      const shares = Array.from({ length: 4 }, () => draw(32));
      if (trial % 3 === 0) shares[0]?.fill(0, 4, 20);
      expect(many(shares)).toEqual(one(shares));
    }
  });

  it('leaves every secret equally likely after t - 1 shares: all 65,536 coefficients', () => {
    const x = 40_961;
    const share = Uint8Array.of(0x12, 0x34);
    const secrets = new Set<number>();
    for (let coefficient = 0; coefficient < 65_536; coefficient += 1) {
      const coefficients = [Uint8Array.of(coefficient >>> 8, coefficient & 0xff)];
      // The share of secret 0 says which secret this coefficient needs for the share above.
      const [y = share] = splitSecret({ secret: new Uint8Array(2), coefficients }, [x]);
      const secret = Uint8Array.of(
        (y[0] as number) ^ (share[0] as number),
        (y[1] as number) ^ (share[1] as number),
      );
      if (coefficient % 997 === 0) {
        expect(splitSecret({ secret, coefficients }, [x])).toEqual([share]);
      }
      secrets.add(((secret[0] as number) << 8) | (secret[1] as number));
    }
    expect(secrets.size).toBe(65_536);
  });

  it.each([
    ['two shares of one holder', [1, 1], [2, 2]],
    ['the point of the secret itself', [0, 1], [2, 2]],
    ['a point outside the field', [1, 65_536], [2, 2]],
    ['shares of different lengths', [1, 2], [2, 4]],
    ['half a word', [1, 2], [3, 3]],
    ['nothing', [1, 2], [0, 0]],
    ['fewer than the threshold', [1], [2]],
  ])('refuses %s', (_name, points, lengths) => {
    const shares = points.map((x, place) => ({ x, y: draw(lengths[place] as number) }));
    expect(rebuildSecret(shares, 2)).toBeUndefined();
  });
});

describe('the field', () => {
  it('is one: products associate, distribute and divide', () => {
    for (let trial = 0; trial < 2_000; trial += 1) {
      const [a, b, c] = [random.below(65_536), random.below(65_536), 1 + random.below(65_535)];
      expect(multiplyElements(a, multiplyElements(b, c))).toBe(
        multiplyElements(multiplyElements(a, b), c),
      );
      expect(multiplyElements(a, b ^ c)).toBe(multiplyElements(a, b) ^ multiplyElements(a, c));
      expect(divideElements(multiplyElements(a, c), c)).toBe(a);
    }
    expect(() => divideElements(1, 0)).toThrow(RangeError);
  });
});
