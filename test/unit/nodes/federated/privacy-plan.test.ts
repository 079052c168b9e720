/** From options to noise: how much, where, and what accounts for it; and the jobs that add it. */
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import { addNoiseJob } from '../../../../nodes/federated/aggregator/noise-job.ts';
import {
  type NoiseLevel,
  removeNoiseJob,
} from '../../../../nodes/federated/aggregator/remove-noise-job.ts';
import { federatedConfig } from '../../../../nodes/federated/config.ts';
import { noisePlan, noiseVarianceRatio } from '../../../../nodes/federated/privacy-plan.ts';
import {
  type PrivateUpdateInput,
  privateUpdateJob,
} from '../../../../nodes/federated/private-update-job.ts';
import { type QuantiseInput, quantiseJob } from '../../../../nodes/federated/quantise-job.ts';

const crypto = createCryptoProvider('node', { timing: 'simulation' });
const options = (privacy: object, more: object = {}): ReturnType<typeof federatedConfig.parse> =>
  federatedConfig.parse({ aggregator: 'a', privacy, minimum: 10, ...more });

const deviationOf = (values: ArrayLike<number>): number => {
  const all = Array.from(values);
  const mean = all.reduce((sum, one) => sum + one, 0) / all.length;
  return Math.sqrt(all.reduce((sum, one) => sum + (one - mean) ** 2, 0) / all.length);
};

describe('noise of a federation', () => {
  it('is none without a promise', () => {
    expect(noisePlan(federatedConfig.parse({ aggregator: 'a' }), 20, 610)).toBeUndefined();
  });

  it('central: z times the norm after rounding, once', () => {
    const plan = noisePlan(options({ place: 'central', clip: 0.5, noise: 2 }), 20, 610);
    expect(plan?.clientVariance).toBe(0);
    // Rounding at 2^-16 makes a norm of 0.5 longer by less than a thousandth.
    expect(plan?.centralDeviation).toBeGreaterThanOrEqual(1);
    expect(plan?.centralDeviation).toBeLessThan(1.001);
    expect(plan?.settings).toMatchObject({ mechanism: 'gaussian', rate: 1, noise: 2 });
  });

  it('distributed: as much, from as few clients as a sum needs', () => {
    const plan = noisePlan(options({ place: 'distributed', clip: 0.5, noise: 2 }), 20, 610);
    expect(plan?.clientVariance).toBe((2 * 0.5 * 65_536) ** 2 / 10);
    expect(plan?.settings).toMatchObject({ mechanism: 'discrete-gaussian', clients: 10 });
    const distributed = options({ place: 'distributed' });
    expect([10, 15, 20].map((inputs) => noiseVarianceRatio(distributed, inputs))).toEqual([
      1, 1.5, 2,
    ]);
  });

  it('local: as much from each client alone', () => {
    const plan = noisePlan(options({ place: 'local', noise: 2 }), 20, 610);
    expect(plan?.clientVariance).toBe((2 * 65_536) ** 2);
    expect(noiseVarianceRatio(options({ place: 'local' }), 7)).toBe(7);
  });

  it('divides by the clients that are expected, whoever comes', () => {
    const select = { probability: 0.3 };
    expect(noisePlan(options({ place: 'central' }, { select }), 20, 610)?.divisor).toBe(6);
    expect(noisePlan(options({ place: 'central' }), 20, 610)?.divisor).toBe(20);
  });
});

describe('the jobs', () => {
  const key = new Uint8Array(32).fill(3) as Uint8Array<ArrayBuffer>;
  const signed = (ring: Uint32Array): Int32Array => new Int32Array(ring.buffer);

  it('quantise: rounds without bias, cuts what is too large, and counts it', () => {
    const update = new Float32Array(20_000).fill(0.3 / 65_536);
    update[0] = 5;
    update[1] = -7;
    update[2] = Number.NaN;
    const input: QuantiseInput = {
      update,
      key,
      scale: 65_536,
      clip: 1,
      weight: 1,
      hasWeight: false,
    };
    const { ring, clipped } = quantiseJob.run(input, crypto) as {
      ring: Uint32Array;
      clipped: number;
    };
    expect(clipped).toBe(3);
    expect([...signed(ring).subarray(0, 3)]).toEqual([65_536, -65_536, 0]);
    const ones = ring.subarray(3).reduce((sum, one) => sum + one, 0);
    // 19,997 draws with chance 0.3: 5,999 with a deviation of 65.
    expect(Math.abs(ones - 5_999)).toBeLessThan(325);
  });

  it('quantise: puts the weight behind the weighted update', () => {
    const update = Float32Array.of(0.5, -0.25);
    const input: QuantiseInput = { update, key, scale: 4, clip: 1, weight: 3, hasWeight: true };
    const { ring } = quantiseJob.run(input, crypto) as { ring: Uint32Array };
    expect([...signed(ring)]).toEqual([6, -3, 3]);
  });

  it('privateUpdate: cuts the norm, and adds the noise of the plan', () => {
    const update = new Float32Array(10_000).fill(1);
    const mechanism = 'discrete-gaussian' as const;
    const common = { key, scale: 65_536, clip: 1, bound: 66_000, mechanism };
    const bare: PrivateUpdateInput = { ...common, update: update.slice(), variance: 0 };
    const { ring, clipped } = privateUpdateJob.run(bare, crypto) as {
      ring: Uint32Array;
      clipped: number;
    };
    expect(clipped).toBe(10_000);
    const norm = Math.sqrt(signed(ring).reduce((sum, one) => sum + one * one, 0));
    // A norm of 1 in units of 2^-16; rounding adds up to half a unit a coordinate.
    expect(norm).toBeGreaterThan(65_400);
    expect(norm).toBeLessThanOrEqual(66_000);
    const loud: PrivateUpdateInput = { ...common, update: new Float32Array(10_000), variance: 400 };
    const noise = signed((privateUpdateJob.run(loud, crypto) as { ring: Uint32Array }).ring);
    expect(deviationOf(noise)).toBeGreaterThan(19.3);
    expect(deviationOf(noise)).toBeLessThan(20.7);
  });

  it.each(['discrete-gaussian', 'skellam'] as const)(
    'privateUpdate and removeNoise: leave exactly the levels that are kept, %s',
    (mechanism) => {
      const update = new Float32Array(2_000).fill(0.01);
      const common = { key, scale: 65_536, clip: 1, bound: 66_000, mechanism, variance: 0 };
      const levels = [900, 100, 400].map((variance, at) => {
        return { key: new Uint8Array(32).fill(at + 1), variance };
      });
      const withLevels = (kept: readonly NoiseLevel[]): Uint32Array<ArrayBuffer> => {
        const input: PrivateUpdateInput = { ...common, update: update.slice(), levels: kept };
        return (privateUpdateJob.run(input, crypto) as { ring: Uint32Array<ArrayBuffer> }).ring;
      };
      for (let kept = 1; kept <= levels.length; kept += 1) {
        const ring = withLevels(levels);
        const removed = { ring, mechanism, levels: levels.slice(kept) };
        expect(removeNoiseJob.run(removed, crypto)).toEqual(withLevels(levels.slice(0, kept)));
      }
      const noise = signed(withLevels(levels)).map((one) => one - 0.01 * 65_536);
      // Standard deviation sqrt(1,400), four standard errors of 2,000 draws.
      expect(deviationOf(noise)).toBeGreaterThan(35);
      expect(deviationOf(noise)).toBeLessThan(39.9);
    },
  );

  it('noise: has the deviation that was asked for', () => {
    const sum = new Float64Array(10_000).fill(7);
    const noisy = addNoiseJob.run({ sum, key, deviation: 2 }, crypto) as Float64Array;
    expect(deviationOf(noisy)).toBeGreaterThan(1.93);
    expect(deviationOf(noisy)).toBeLessThan(2.07);
  });
});
