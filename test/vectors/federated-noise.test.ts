/**
 * Discrete noise against exact tables and replays, and noise added by clients against published
 * formulas.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { type Fraction, fraction } from '../../engine/pure/fraction.ts';
import {
  DiscreteGaussianSampler,
  drawBernoulliExp,
  drawDiscreteLaplace,
} from '../../nodes/federated/privacy/discrete-gaussian.ts';
import { DiscreteGaussianDistribution } from '../../nodes/federated/privacy/discrete-gaussian-law.ts';
import {
  type DistributedNoiseRound,
  discreteGaussianRho,
  discreteGaussianSumPenalty,
  ROUNDING_BETA,
  ringScaleFromBits,
  roundedSensitivity,
  skellamRho,
} from '../../nodes/federated/privacy/distributed.ts';
import {
  INTEGER_RDP_ORDERS,
  rdpToEpsilon,
  repeatRdpCurve,
} from '../../nodes/federated/privacy/rdp.ts';
import type { UniformSource } from '../../nodes/federated/privacy/uniform-source.ts';
import { vectorSets } from '../vectors-root.ts';
import type { DiscreteGaussianFile, DistributedDpFile } from './federated-dp-files.ts';

/** Hands out recorded draws; fails if another bound is asked for. */
class Replay implements UniformSource {
  readonly #draws: readonly (readonly [number, number])[];
  #at = 0;

  constructor(draws: readonly (readonly [number, number])[]) {
    this.#draws = draws;
  }

  get isUsedUp(): boolean {
    return this.#at === this.#draws.length;
  }

  below(m: number): number {
    const draw = this.#draws[this.#at];
    expect(m, `draw ${this.#at}`).toBe(draw?.[0]);
    this.#at += 1;
    return draw![1];
  }

  belowBig(m: bigint): bigint {
    return BigInt(this.below(Number(m)));
  }
}

function fractionOf([over, under]: readonly [number, number]): Fraction {
  return fraction(BigInt(over), BigInt(under));
}

function pairs(text: string): readonly (readonly [number, number])[] {
  return text.split(', ').map((pair) => pair.split(' ').map(Number) as [number, number]);
}

/** From `discretegauss.py` of IBM/discrete-gaussian-differential-privacy. */
const GAUSSIAN: Omit<DiscreteGaussianFile, 'zcdpToEpsilon'> = {
  table: [
    {
      sigma2: 0.25,
      normaliser: 1.2713415221890152,
      variance: 0.21501267508813848,
      pmf: [
        0.7865707070419479, 0.10645076942314473, 0.0002638650764154286, 1.1979455936033158e-8,
        9.961261650047284e-15, 1.5170981316200282e-22,
      ],
    },
  ],
  delta: [{ sigma2: 1, epsilon: 1, delta: 0.14135133940562192 }],
  replay: [
    {
      sampler: 'discreteGaussian',
      sigma2: [4, 1],
      draws: pairs(
        '2 0, 3 0, 1 0, 1 0, 2 0, 3 2, 1 0, 2 1, 72 27, 2 0, 3 2, 3 2, 1 0, 2 1, 18 12, 2 1, ' +
          '3 2, 3 1, 3 2, 3 1, 3 0, 6 0, 9 5, 1 0, 2 1, 72 48, 2 1, 3 2, 3 0, 3 2, 3 0, 1 0, ' +
          '1 0, 2 0, 3 0, 4 2, 9 2, 2 0, 3 2, 3 2, 1 0, 2 0, 3 1, 1 0, 2 1, 1 0, 2 1, 2 1, ' +
          '3 0, 1 0, 1 0, 2 0, 3 1, 1 0, 2 1, 72 64, 2 1, 3 2, 3 1, 3 1, 3 1, 3 2, 1 0, 2 1, ' +
          '72 28',
      ),
      outputs: [-3, -2, 1, 0, 3, 1],
    },
    {
      sampler: 'bernoulliExp',
      x: [1, 2],
      draws: pairs(
        '2 1, 2 0, 4 3, 2 0, 4 0, 6 4, 2 0, 4 2, 2 0, 4 1, 2 0, 4 0, 6 3, 2 1, 2 0, 4 1',
      ),
      outputs: [1, 0, 1, 0, 0, 1, 1, 0],
    },
  ],
};
const GAUSSIANS = vectorSets('federated/discrete-gaussian.json', GAUSSIAN);

describe.each(GAUSSIANS)('the discrete Gaussian, $set', ({ file, isWhole }) => {
  it('has the masses, normalisers and variances of the table', () => {
    expect(file.table).toHaveLength(isWhole ? 6 : 1);
    for (const { sigma2, normaliser, variance, pmf } of file.table) {
      const law = new DiscreteGaussianDistribution(sigma2);
      expect(law.normaliser / normaliser).toBeCloseTo(1, 13);
      expect(law.variance / variance).toBeCloseTo(1, 13);
      for (const [x, mass] of pmf.entries()) expect(law.mass(x) / mass).toBeCloseTo(1, 12);
      expect(law.mass(-1)).toBe(law.mass(1));
    }
  });

  it('has the deltas of theorem 7', () => {
    expect(file.delta).toHaveLength(isWhole ? 6 : 1);
    for (const { sigma2, epsilon, delta } of file.delta) {
      expect(new DiscreteGaussianDistribution(sigma2).delta(epsilon) / delta).toBeCloseTo(1, 10);
    }
  });

  it('asks for the same draws as the published samplers and returns the same values', () => {
    expect(file.replay).toHaveLength(isWhole ? 9 : 2);
    for (const { sampler, sigma2, scale, x, draws, outputs } of file.replay) {
      const replay = new Replay(draws);
      const samplers = {
        discreteGaussian: (): number =>
          Number(new DiscreteGaussianSampler(fractionOf(sigma2!)).drawBig(replay)),
        discreteLaplace: (): number => Number(drawDiscreteLaplace(replay, fractionOf(scale!))),
        bernoulliExp: (): number => Number(drawBernoulliExp(replay, fractionOf(x!))),
      };
      expect(outputs.map(() => samplers[sampler]())).toEqual(outputs);
      expect(replay.isUsedUp).toBe(true);
    }
  });

  it('asks for the same draws in plain numbers', () => {
    const gaussians = file.replay.filter(({ sampler }) => sampler === 'discreteGaussian');
    expect(gaussians).toHaveLength(isWhole ? 4 : 1);
    for (const { sigma2, draws, outputs } of gaussians) {
      const replay = new Replay(draws);
      const gaussian = new DiscreteGaussianSampler(fractionOf(sigma2!));
      expect(outputs.map(() => gaussian.draw(replay))).toEqual(outputs);
      expect(replay.isUsedUp).toBe(true);
    }
  });
});

/** The formulas of `distributed_dp/accounting_utils.py` of google-research/federated. */
const DISTRIBUTED: DistributedDpFile = {
  epsilon: [
    {
      clients: 100,
      dim: 7850,
      clip: 1.0,
      gamma: 0.0009765625,
      localStddev: 0.1,
      beta: 0.6065306597126334,
      steps: 1,
      delta: 1e-5,
      roundedL2: 1.001444155320606,
      tau: 0.0,
      epsilonDiscreteGaussian: 4.759954327384326,
      order: 5,
      epsilonSkellam: 4.75995660330549,
      epsilonContinuousGaussian: 4.752728336819822,
    },
  ],
  scaleFromBits: [
    {
      clip: 1.0,
      clients: 100,
      localStddev: 0.1,
      bits: 16,
      paddedDim: 8192,
      k: 4,
      scale: 5497.238898206789,
    },
  ],
};
const DISTRIBUTEDS = vectorSets('federated/distributed-dp.json', DISTRIBUTED);

describe.each(DISTRIBUTEDS)('noise added by clients, $set', ({ file, isWhole }) => {
  it('has the epsilons of discrete Gaussian, Skellam and continuous noise', () => {
    expect(file.epsilon).toHaveLength(isWhole ? 4 : 1);
    for (const {
      clients,
      dim,
      gamma,
      localStddev,
      beta,
      clip,
      steps,
      delta,
      ...row
    } of file.epsilon) {
      const round: DistributedNoiseRound = {
        clients,
        dimension: dim,
        clip,
        gamma,
        deviation: localStddev,
        beta,
      };
      const orders = INTEGER_RDP_ORDERS.filter((order) => order <= 256);
      const epsilonOf = (rho: (order: number) => number): ReturnType<typeof rdpToEpsilon> =>
        rdpToEpsilon(repeatRdpCurve({ orders, rhos: orders.map(rho) }, steps), delta);
      expect(roundedSensitivity(round)).toBeCloseTo(row.roundedL2, 13);
      expect(discreteGaussianSumPenalty(round)).toBeCloseTo(row.tau, 13);
      const gaussian = epsilonOf((order) => discreteGaussianRho(round, order));
      expect(gaussian.epsilon).toBeCloseTo(row.epsilonDiscreteGaussian, 9);
      expect(gaussian.order).toBe(row.order);
      const byDifferences = epsilonOf((order) => skellamRho(round, order)).epsilon;
      expect(byDifferences).toBeCloseTo(row.epsilonSkellam, 9);
      const perOrder = (clip * clip) / (2 * clients * localStddev * localStddev);
      const continuous = epsilonOf((order) => order * perOrder).epsilon;
      expect(continuous).toBeCloseTo(row.epsilonContinuousGaussian, 9);
    }
  });

  it('finds the scale for a number of bits', () => {
    expect(file.scaleFromBits).toHaveLength(isWhole ? 3 : 1);
    for (const { clip, clients, localStddev, bits, paddedDim, k, scale } of file.scaleFromBits) {
      const ring = {
        clip,
        clients,
        deviation: localStddev,
        bits,
        dimension: paddedDim,
        headroom: k,
      };
      expect(ringScaleFromBits(ring)! / scale).toBeCloseTo(1, 13);
    }
    const small = { clip: 1, clients: 100, deviation: 0.1, dimension: 8192, headroom: 4 };
    expect(ringScaleFromBits({ ...small, bits: 5 })).toBeUndefined();
    expect(ringScaleFromBits({ ...small, bits: 6 })).toBeGreaterThan(0);
  });

  it('repeats a rounding with the probability that the file names', () => {
    expect(file.epsilon[0]!.beta).toBe(ROUNDING_BETA);
  });
});
