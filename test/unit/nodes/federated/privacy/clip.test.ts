/**
 * Bounds of one client's contribution, the norm that follows the clients, rotation and sampling.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../../engine/core/stream.ts';
import {
  AdaptiveClip,
  belowNormCountTerm,
  clipL2,
  l2Norm,
  noiseMultiplierForUpdates,
} from '../../../../../nodes/federated/privacy/clip.ts';
import {
  paddedDimension,
  rotateVector,
  rotationSigns,
  unrotateVector,
} from '../../../../../nodes/federated/privacy/rotation.ts';
import { drawPoissonSample } from '../../../../../nodes/federated/privacy/sampling.ts';

describe('clipping', () => {
  it('leaves what is inside alone, and bounds what is not to the last bit', () => {
    const inside = Float64Array.from([0.3, -0.4]);
    expect(clipL2(inside, 0.5)).toEqual({ norm: 0.5, wasClipped: false });
    expect([...inside]).toEqual([0.3, -0.4]);
    const words = openRandomStream(1, 'test', 'clip');
    for (let at = 0; at < 500; at += 1) {
      const values = Float64Array.from({ length: 37 }, () => words.u32() / 2 ** 20 - 2_048);
      const [first, second] = values;
      expect(clipL2(values, 1.7).wasClipped).toBe(true);
      expect(l2Norm(values)).toBeLessThanOrEqual(1.7);
      expect(l2Norm(values)).toBeGreaterThan(1.7 * (1 - 1e-14));
      expect(values[0]! / values[1]!).toBeCloseTo(first! / second!, 9);
    }
  });

  it('makes nothing of a vector that no factor bounds', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, 1e200]) {
      const values = Float64Array.from([1, bad]);
      expect(clipL2(values, 1).wasClipped).toBe(true);
      expect([...values]).toEqual([0, 0]);
    }
  });

  it('did not end for a norm of 1e-160, whose square has no digits left', () => {
    for (const bound of [1e-155, 1e-158, 1e-160, 5e-324]) {
      const values = Float64Array.from({ length: 9 }, () => 7);
      expect(clipL2(values, bound).wasClipped).toBe(true);
      expect(l2Norm(values)).toBeLessThanOrEqual(bound);
    }
  });

  it('follows the quantile of the norms', () => {
    const norms = Array.from({ length: 101 }, (_, at) => 1 + at / 100);
    const clip = new AdaptiveClip({
      initial: 0.01,
      quantile: 0.5,
      learningRate: 0.2,
      expectedClients: 101,
    });
    for (let round = 0; round < 200; round += 1) {
      const bits = norms.map((norm) => belowNormCountTerm({ norm, wasClipped: norm > clip.bound }));
      clip.update(bits.reduce((a, b) => a + b, 0));
    }
    expect(clip.bound).toBeGreaterThan(1.45);
    expect(clip.bound).toBeLessThan(1.55);
  });

  it('splits the noise so that both parts spend what one would', () => {
    const split = noiseMultiplierForUpdates({ noise: 1, countDeviation: 5 })!;
    expect(split).toBeCloseTo(1 / Math.sqrt(1 - 1 / 100), 14);
    expect(1 / split ** 2 + 1 / (2 * 5) ** 2).toBeCloseTo(1, 14);
    expect(noiseMultiplierForUpdates({ noise: 1, countDeviation: 0.5 })).toBeUndefined();
    expect(noiseMultiplierForUpdates({ noise: 1, countDeviation: 0.51 })).toBeGreaterThan(5);
  });
});

describe('the rotation', () => {
  it('keeps norms, spreads a single coordinate, and turns back', () => {
    const signs = rotationSigns(openRandomStream(2, 'round', 'rotation'), 100);
    expect([signs.length, paddedDimension(128), paddedDimension(129)]).toEqual([128, 128, 256]);
    expect(new Set(signs)).toEqual(new Set([1, -1]));
    const values = new Float64Array(100);
    values[17] = 3;
    values[99] = -0.5;
    const rotated = rotateVector(values, signs);
    expect(l2Norm(rotated)).toBeCloseTo(l2Norm(values), 12);
    expect(rotated.every((value) => Math.abs(value) <= 3.5 / Math.sqrt(128) + 1e-12)).toBe(true);
    for (const [at, value] of unrotateVector(rotated, signs, 100).entries()) {
      expect(value).toBeCloseTo(values[at]!, 12);
    }
  });
});

describe('Poisson sampling', () => {
  it('lets each client join on its own', () => {
    const random = openRandomStream(4, 'server', 'sample');
    const sizes = Array.from(
      { length: 400 },
      () => drawPoissonSample(random, { clients: 100, rate: 0.1 }).length,
    );
    const mean = sizes.reduce((a, b) => a + b, 0) / sizes.length;
    const variance = sizes.reduce((a, b) => a + (b - mean) ** 2, 0) / sizes.length;
    expect(mean).toBeGreaterThan(9.4);
    expect(mean).toBeLessThan(10.6);
    // Binomial: 9. A fixed size would have 0.
    expect(variance).toBeGreaterThan(6.4);
    expect(variance).toBeLessThan(11.6);
    expect(drawPoissonSample(random, { clients: 5, rate: 1 })).toEqual([0, 1, 2, 3, 4]);
    expect(drawPoissonSample(random, { clients: 5, rate: 0 })).toEqual([]);
  });
});
