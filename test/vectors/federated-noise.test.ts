/**
 * Discrete noise against exact tables and replays, and noise added by clients against published
 * formulas.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { type Fraction, fraction } from '../../engine/pure/fraction.ts';
import {
  bernoulliExpBig,
  DiscreteGaussian,
  laplaceBig,
} from '../../nodes/federated/privacy/discrete-gaussian.ts';
import { DiscreteGaussianLaw } from '../../nodes/federated/privacy/discrete-gaussian-law.ts';
import {
  type DistributedRound,
  discreteGaussianRho,
  ROUNDING_BETA,
  roundedSensitivity,
  scaleFromBits,
  skellamRho,
  sumPenalty,
} from '../../nodes/federated/privacy/distributed.ts';
import { INTEGER_ORDERS, rdpToEpsilon, repeatRdp } from '../../nodes/federated/privacy/rdp.ts';
import type { UniformSource } from '../../nodes/federated/privacy/uniform-source.ts';
import { hasVectors, vectors } from '../vectors-root.ts';
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

describe.runIf(hasVectors)('the discrete Gaussian', () => {
  const file = hasVectors
    ? vectors<DiscreteGaussianFile>('federated/discrete-gaussian.json')
    : (undefined as never);

  it('has the masses, normalisers and variances of the table', () => {
    expect(file.table).toHaveLength(6);
    for (const { sigma2, normaliser, variance, pmf } of file.table) {
      const law = new DiscreteGaussianLaw(sigma2);
      expect(law.normaliser / normaliser).toBeCloseTo(1, 13);
      expect(law.variance / variance).toBeCloseTo(1, 13);
      for (const [x, mass] of pmf.entries()) expect(law.mass(x) / mass).toBeCloseTo(1, 12);
      expect(law.mass(-1)).toBe(law.mass(1));
    }
  });

  it('has the deltas of theorem 7', () => {
    expect(file.delta).toHaveLength(6);
    for (const { sigma2, epsilon, delta } of file.delta) {
      expect(new DiscreteGaussianLaw(sigma2).delta(epsilon) / delta).toBeCloseTo(1, 10);
    }
  });

  it('asks for the same draws as the published samplers and returns the same values', () => {
    expect(file.replay).toHaveLength(9);
    for (const { sampler, sigma2, scale, x, draws, outputs } of file.replay) {
      const replay = new Replay(draws);
      const samplers = {
        discreteGaussian: (): number =>
          Number(new DiscreteGaussian(fractionOf(sigma2!)).drawBig(replay)),
        discreteLaplace: (): number => Number(laplaceBig(replay, fractionOf(scale!))),
        bernoulliExp: (): number => Number(bernoulliExpBig(replay, fractionOf(x!))),
      };
      expect(outputs.map(() => samplers[sampler]())).toEqual(outputs);
      expect(replay.isUsedUp).toBe(true);
    }
  });

  it('asks for the same draws in plain numbers', () => {
    const gaussians = file.replay.filter(({ sampler }) => sampler === 'discreteGaussian');
    expect(gaussians).toHaveLength(4);
    for (const { sigma2, draws, outputs } of gaussians) {
      const replay = new Replay(draws);
      const gaussian = new DiscreteGaussian(fractionOf(sigma2!));
      expect(outputs.map(() => gaussian.draw(replay))).toEqual(outputs);
      expect(replay.isUsedUp).toBe(true);
    }
  });
});

describe.runIf(hasVectors)('noise added by clients', () => {
  const file = hasVectors
    ? vectors<DistributedDpFile>('federated/distributed-dp.json')
    : (undefined as never);

  it('has the epsilons of discrete Gaussian, Skellam and continuous noise', () => {
    expect(file.epsilon).toHaveLength(4);
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
      const round: DistributedRound = {
        clients,
        dimension: dim,
        clip,
        gamma,
        deviation: localStddev,
        beta,
      };
      const orders = INTEGER_ORDERS.filter((order) => order <= 256);
      const epsilonOf = (rho: (order: number) => number): ReturnType<typeof rdpToEpsilon> =>
        rdpToEpsilon(repeatRdp({ orders, rhos: orders.map(rho) }, steps), delta);
      expect(roundedSensitivity(round)).toBeCloseTo(row.roundedL2, 13);
      expect(sumPenalty(round)).toBeCloseTo(row.tau, 13);
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
    expect(file.scaleFromBits).toHaveLength(3);
    for (const { clip, clients, localStddev, bits, paddedDim, k, scale } of file.scaleFromBits) {
      const ring = {
        clip,
        clients,
        deviation: localStddev,
        bits,
        dimension: paddedDim,
        headroom: k,
      };
      expect(scaleFromBits(ring)! / scale).toBeCloseTo(1, 13);
    }
    const small = { clip: 1, clients: 100, deviation: 0.1, dimension: 8192, headroom: 4 };
    expect(scaleFromBits({ ...small, bits: 5 })).toBeUndefined();
    expect(scaleFromBits({ ...small, bits: 6 })).toBeGreaterThan(0);
  });

  it('repeats a rounding with the probability that the file names', () => {
    expect(file.epsilon[0]!.beta).toBe(ROUNDING_BETA);
  });
});
