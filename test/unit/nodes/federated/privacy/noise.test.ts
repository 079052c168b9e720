/**
 * Both paths of the exact samplers, what stays in the sum after losses, and rounding.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { openRandomStream, type RandomStream } from '../../../../../engine/core/stream.ts';
import { fraction, toNumber } from '../../../../../engine/pure/fraction.ts';
import { l2Norm } from '../../../../../nodes/federated/privacy/clip.ts';
import { DiscreteGaussianSampler } from '../../../../../nodes/federated/privacy/discrete-gaussian.ts';
import {
  discreteGaussianRho,
  discreteGaussianSumPenalty,
  poissonSampledCurve,
  ROUNDING_BETA,
  roundedNormBound,
  skellamRho,
} from '../../../../../nodes/federated/privacy/distributed.ts';
import {
  type DropoutNoiseRule,
  noiseLevelsToRemove,
  noiseLevelVariances,
  remainingNoiseVariance,
  remainingToWantedVariance,
} from '../../../../../nodes/federated/privacy/dropout-noise.ts';
import { addGaussianNoise } from '../../../../../nodes/federated/privacy/noise.ts';
import {
  INTEGER_RDP_ORDERS,
  rdpToEpsilon,
  sampledGaussianCurve,
} from '../../../../../nodes/federated/privacy/rdp.ts';
import { fractionAtLeast } from '../../../../../nodes/federated/privacy/ring-noise.ts';
import { roundWithinNorm } from '../../../../../nodes/federated/privacy/rounding.ts';
import { logFactorial } from '../../../../../nodes/federated/privacy/skellam.ts';
import {
  drawOpenUniform,
  type UniformSource,
  uniformSourceFrom,
} from '../../../../../nodes/federated/privacy/uniform-source.ts';

/** Notes each bound that is asked for. */
class Recorder implements UniformSource {
  readonly asked: bigint[] = [];
  readonly #source: UniformSource;

  constructor(stream: RandomStream) {
    this.#source = uniformSourceFrom(stream);
  }

  below(m: number): number {
    this.asked.push(BigInt(m));
    return this.#source.below(m);
  }

  belowBig(m: bigint): bigint {
    this.asked.push(m);
    return this.#source.belowBig(m);
  }
}

describe('the discrete Gaussian', () => {
  it.each([
    [1n, 4n],
    [1n, 1n],
    [7n, 3n],
    [10_485n, 1n],
    [1_024n, 1_023n],
    [2_000_000n, 1n],
    [123_456_789n, 1_000n],
    [10n ** 14n, 7n],
  ])('with %d/%d asks for the same draws on both paths', (over, under) => {
    const gaussian = new DiscreteGaussianSampler(fraction(over, under));
    const plain = new Recorder(openRandomStream(3, 'test', 'paths'));
    const big = new Recorder(openRandomStream(3, 'test', 'paths'));
    const draws = Array.from({ length: 2_000 }, () => gaussian.draw(plain));
    expect(draws.map(() => Number(gaussian.drawBig(big)))).toEqual(draws);
    expect(plain.asked).toEqual(big.asked);
  });

  it('draws zeros with a parameter of 0', () => {
    const gaussian = new DiscreteGaussianSampler(fraction(0n, 5n));
    const recorder = new Recorder(openRandomStream(3, 'test', 'zero'));
    expect([gaussian.draw(recorder), gaussian.drawBig(recorder)]).toEqual([0, 0n]);
    expect(recorder.asked).toEqual([]);
  });

  it('takes a parameter at most 0.1 % above the wanted one, never below', () => {
    for (const value of [1e-4, 0.01, 0.3, 1, 104.858, 1_023.2, 5_000, 123_456.7]) {
      const ratio = toNumber(fractionAtLeast(value)) / value;
      expect(ratio).toBeGreaterThanOrEqual(1);
      expect(ratio).toBeLessThan(1 + 1 / 1_024);
    }
  });
});

describe('uniform numbers from words', () => {
  it('are below every bound, also those of many words', () => {
    const uniform = uniformSourceFrom(openRandomStream(1, 'test', 'words'));
    for (const bits of [1n, 31n, 32n, 33n, 53n, 64n, 200n]) {
      const bound = (1n << bits) - 1n;
      const draws = Array.from({ length: 200 }, () => uniform.belowBig(bound));
      expect(draws.every((value) => value >= 0n && value < bound)).toBe(true);
      expect(draws.some((value) => 2n * value >= bound) || bound === 1n).toBe(true);
    }
    expect(uniform.below(1)).toBe(0);
    expect(uniform.below(2 ** 52 + 1)).toBeLessThan(2 ** 52 + 1);
  });

  it('reject the words that would favour small values', () => {
    // 2^32 is 1 modulo 3: the last word is drawn again.
    const words = [0xffff_ffff, 5];
    const source = uniformSourceFrom({ u32: () => words.shift()! });
    expect(source.below(3)).toBe(2);
    expect(words).toEqual([]);
    const big = [0xffff_ffff, 0xffff_ffff, 0, 7];
    expect(uniformSourceFrom({ u32: () => big.shift()! }).belowBig(3n << 40n)).toBe(7n);
  });

  it('are never 0 or 1 where a quantile is taken', () => {
    expect(drawOpenUniform({ u32: () => 0 })).toBe(2 ** -54);
    expect(drawOpenUniform({ u32: () => 0xffff_ffff })).toBe(1 - 2 ** -53);
  });
});

describe('noise and losses', () => {
  const round = { clients: 12, tolerated: 5, variance: 7.5 };

  it('keeps exactly the wanted variance by adding, then removing, for every loss', () => {
    for (let lost = 0; lost <= round.tolerated; lost += 1) {
      expect(remainingNoiseVariance('add-then-remove', { ...round, lost })).toBeCloseTo(7.5, 12);
      expect(remainingToWantedVariance('add-then-remove', { ...round, lost })).toBeCloseTo(1, 13);
      expect(noiseLevelsToRemove('add-then-remove', { ...round, lost })).toHaveLength(5 - lost);
      // One level more than needed would be missing noise; one less would be too much.
      const levels = noiseLevelVariances('add-then-remove', round);
      const kept = (upTo: number): number =>
        (round.clients - lost) * levels.slice(0, upTo + 1).reduce((a, b) => a + b, 0);
      expect(kept(lost)).toBeCloseTo(7.5, 12);
      if (lost > 0) expect(kept(lost - 1)).toBeLessThan(7.5 - 0.5);
      if (lost < 5) expect(kept(lost + 1)).toBeGreaterThan(7.5 + 0.5);
    }
  });

  it('says how much noise the other rules leave', () => {
    const realised = (rule: DropoutNoiseRule, lost: number): number =>
      remainingToWantedVariance(rule, { ...round, lost });
    expect(realised('enough', 0)).toBeCloseTo(12 / 7, 13);
    expect(realised('enough', 5)).toBeCloseTo(1, 13);
    expect([realised('honest', 0), realised('honest', 6)]).toEqual([1, 0.5]);
    expect(noiseLevelsToRemove('enough', { tolerated: 5, lost: 1 })).toEqual([]);
  });

  it('sums to the variance of the survivors', () => {
    const survivors = 6;
    const parameter = fraction(9n, 1n);
    const gaussian = new DiscreteGaussianSampler(parameter);
    const uniform = uniformSourceFrom(openRandomStream(5, 'test', 'sum'));
    const count = 40_000;
    let square = 0;
    for (let at = 0; at < count; at += 1) {
      let sum = 0;
      for (let client = 0; client < survivors; client += 1) sum += gaussian.draw(uniform);
      square += sum * sum;
    }
    // Four standard errors: 4 sqrt(2 / 40,000) = 2.8 %.
    expect(square / count / (survivors * 9)).toBeGreaterThan(0.972);
    expect(square / count / (survivors * 9)).toBeLessThan(1.028);
  });

  it('is the same on every run of a stream', () => {
    const values = new Float64Array(3);
    addGaussianNoise(values, openRandomStream(1, 'server', 'noise'), 2);
    const again = new Float64Array(3);
    addGaussianNoise(again, openRandomStream(1, 'server', 'noise'), 2);
    expect([...again]).toEqual([...values]);
    expect(new Set(values).size).toBe(3);
  });
});

describe('rounding on condition', () => {
  it('keeps the bound and the mean', () => {
    const words = openRandomStream(9, 'test', 'rounding');
    const values = Float64Array.from({ length: 64 }, (_, at) => 0.3 + 0.01 * at);
    const clip = l2Norm(values);
    const bound = roundedNormBound({ clip, gamma: 1, dimension: 64, beta: ROUNDING_BETA });
    const mean = new Float64Array(64);
    const repeats = 4_000;
    const wrong: Float64Array[] = [];
    for (let at = 0; at < repeats; at += 1) {
      const rounded = roundWithinNorm(values, words, bound);
      if (!(l2Norm(rounded) <= bound && rounded.every(Number.isInteger))) wrong.push(rounded);
      for (const [index, value] of rounded.entries()) mean[index]! += value / repeats;
    }
    expect(wrong).toEqual([]);
    for (const [at, value] of values.entries()) {
      expect(Math.abs(mean[at]! - value)).toBeLessThan(0.05);
    }
  });

  it('ends where chance cannot keep the bound', () => {
    const values = Float64Array.from([0.999, -0.999, 3]);
    const words = openRandomStream(9, 'test', 'never');
    expect([...roundWithinNorm(values, words, 3)]).toEqual([0, -0, 3]);
  });
});

describe('the price of the ring', () => {
  const round = {
    clients: 50,
    dimension: 1_000,
    clip: 1,
    gamma: 2 ** -10,
    deviation: 1.1 / Math.sqrt(50),
    beta: ROUNDING_BETA,
  };

  it('is small with a fine ring, large with a coarse one, and falls on sums below 3 units', () => {
    const rho = (gamma: number): number => discreteGaussianRho({ ...round, gamma }, 8);
    const continuous = 8 / (2 * 1.1 * 1.1);
    expect(rho(2 ** -10) / continuous).toBeLessThan(1.002);
    expect(rho(2 ** -10)).toBeGreaterThan(continuous);
    expect(rho(2 ** -4) / continuous).toBeGreaterThan(2);
    expect(skellamRho(round, 8)).toBeGreaterThan(discreteGaussianRho(round, 8));
    const penalty = (units: number): number =>
      discreteGaussianSumPenalty({ clients: 50, gamma: 1, deviation: units });
    expect(penalty(3)).toBeLessThan(1e-30);
    expect(penalty(0.5)).toBeGreaterThan(0.1);
    expect(discreteGaussianSumPenalty({ clients: 5_000, gamma: 1, deviation: 1 })).toBeGreaterThan(
      penalty(1),
    );
  });

  it('is lower behind sampling, but never as low as for the Gaussian itself', () => {
    const rhoAt = (order: number): number => discreteGaussianRho(round, order);
    const all = rdpToEpsilon(poissonSampledCurve(rhoAt, 1), 1e-5).epsilon;
    const tenth = rdpToEpsilon(poissonSampledCurve(rhoAt, 0.1), 1e-5).epsilon;
    const gaussian = rdpToEpsilon(sampledGaussianCurve({ rate: 0.1, noise: 1.1 }), 1e-5).epsilon;
    expect(tenth).toBeLessThan(all);
    expect(tenth).toBeGreaterThan(gaussian);
    const { rhos } = poissonSampledCurve(rhoAt, 0.1);
    for (const [at, rho] of rhos.entries()) {
      expect(rho).toBeGreaterThan(0);
      expect(rho).toBeLessThanOrEqual(rhoAt(INTEGER_RDP_ORDERS[at]!));
    }
  });
});

describe('factorials', () => {
  it('have logarithms by products and by the series alike', () => {
    let expected = 0;
    for (let k = 1; k <= 170; k += 1) {
      expected += Math.log(k);
      expect(Math.abs(logFactorial(k) - expected)).toBeLessThan(1e-12 * (1 + expected));
    }
    expect(logFactorial(0)).toBe(0);
  });
});
