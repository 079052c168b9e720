/**
 * Metrics of a belief: values computed by hand, and properties that hold for every belief
 * (docs/spec/privacy-metrics.md, "Metrics").
 *
 * @module
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  balancedCompromisedPathShare,
  compromisedPathShare,
  compromisedWithinProbability,
  erlangEntropyBits,
  poissonMixEntropyBits,
  poolMixEntropyBits,
  randomCompromisedPathShare,
} from '../../../../../reports/privacy/metrics/closed-forms.ts';
import {
  degreeOfAnonymity,
  effectiveAnonymitySetSize,
  guessingEntropy,
  hartleyBits,
  minEntropyBits,
  probabilitiesByUser,
  renyi2Bits,
  shannonBits,
} from '../../../../../reports/privacy/metrics/uncertainty.ts';
import {
  deltaAt,
  linkingProbability,
  pairwiseEpsilon,
} from '../../../../../reports/privacy/metrics/unlinkability.ts';

const belief = fc
  .array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 40 })
  .filter((weights) => weights.some((one) => one > 0))
  .map((weights) => {
    const sum = weights.reduce((total, one) => total + one, 0);
    return weights.map((one) => one / sum);
  });

describe('uncertainty', () => {
  it('orders the entropies: min <= order 2 <= Shannon <= Hartley', () => {
    fc.assert(
      fc.property(belief, (p) => {
        const order = [minEntropyBits(p), renyi2Bits(p), shannonBits(p), hartleyBits(p)];
        for (const [i, bits] of order.slice(1).entries()) {
          expect(bits).toBeGreaterThanOrEqual((order[i] ?? 0) - 1e-9);
        }
        expect(renyi2Bits(p)).toBeLessThanOrEqual(2 * minEntropyBits(p) + 1e-9);
      }),
    );
  });

  it('never gains by putting the messages of one user together', () => {
    fc.assert(
      fc.property(belief, fc.integer({ min: 1, max: 5 }), (p, users) => {
        const folded = probabilitiesByUser(p, (i) => i % users);
        expect(folded.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12);
        expect(shannonBits(folded)).toBeLessThanOrEqual(shannonBits(p) + 1e-9);
      }),
    );
  });

  it('leaves out what belongs to no user, and scales the rest', () => {
    const ofUser = [3, undefined, 3, 5];
    expect([...probabilitiesByUser([0.25, 0.5, 0.125, 0.125], (i) => ofUser[i])]).toEqual([
      0.75, 0.25,
    ]);
    expect([...probabilitiesByUser([1], () => undefined)]).toEqual([]);
  });

  it('counts only candidates above the cut-off for Hartley', () => {
    expect(hartleyBits([0.5, 0.5 - 1e-13, 1e-13])).toBe(1);
    expect(hartleyBits([0.5, 0.5 - 1e-13, 1e-13], 0)).toBeCloseTo(Math.log2(3), 12);
  });

  it('has no degree where only one could be it', () => {
    expect(degreeOfAnonymity([1], 1)).toBeUndefined();
    expect(degreeOfAnonymity([0.5, 0.5], 4)).toBe(0.5);
  });

  it('guesses (N + 1) / 2 times for N equals, and once for a certainty', () => {
    expect(guessingEntropy([0.25, 0.25, 0.25, 0.25])).toBe(2.5);
    expect(guessingEntropy([0, 1])).toBe(1);
    expect(effectiveAnonymitySetSize([0.25, 0.25, 0.25, 0.25])).toBe(4);
  });
});

describe('unlinkability', () => {
  it('has delta(0) equal to the total variation distance, and falling in epsilon', () => {
    fc.assert(
      fc.property(belief, belief, (a, b) => {
        const length = Math.max(a.length, b.length);
        const pair = {
          a: Array.from({ length }, (_, i) => a[i] ?? 0),
          b: Array.from({ length }, (_, i) => b[i] ?? 0),
        };
        const half = pair.a.reduce((sum, one, i) => sum + Math.abs(one - (pair.b[i] ?? 0)), 0) / 2;
        expect(deltaAt(pair, 0)).toBeCloseTo(half, 12);
        expect(deltaAt(pair, 1)).toBeLessThanOrEqual(deltaAt(pair, 0.5) + 1e-15);
        const epsilon = pairwiseEpsilon(pair);
        if (Number.isFinite(epsilon)) expect(deltaAt(pair, epsilon)).toBeCloseTo(0, 12);
      }),
    );
  });

  it('is right when the most likely candidate is the target, and in part when some tie', () => {
    const found = linkingProbability([
      { p: [0.7, 0.3], right: 0 },
      { p: [0.7, 0.3], right: 1 },
      { p: [0.4, 0.4, 0.2], right: 1 },
      { p: [1], right: -1 },
    ]);
    expect(found.successes).toBe(1.5);
    expect(found.trials).toBe(4);
    expect(found.interval?.low).toBeLessThan(1.5 / 4);
    expect(found.interval?.high).toBeGreaterThan(1.5 / 4);
  });

  it('has no interval without trials', () => {
    expect(linkingProbability([]).interval).toBeUndefined();
  });
});

describe('closed forms', () => {
  it('has the differential entropies of Erlang laws at 1 s', () => {
    // The values were published with four digits.
    expect(erlangEntropyBits(1, 1)).toBeCloseTo(Math.LOG2E, 12);
    expect(Math.abs(erlangEntropyBits(2, 1) - 2.2755)).toBeLessThan(1e-4);
    expect(Math.abs(erlangEntropyBits(3, 1) - 2.6655)).toBeLessThan(1e-4);
  });

  it('has the printed values of single mixes', () => {
    for (const [rho, bits] of [
      [10, 4.7646],
      [50, 7.0866],
      [200, 9.0866],
    ] as const) {
      expect(poissonMixEntropyBits(rho)).toBeCloseTo(bits, 4);
    }
    expect(poolMixEntropyBits({ batch: 10, kept: 0 })).toBeCloseTo(Math.log2(10), 12);
  });

  it('never gives the adversary more by chance than by its best placement', () => {
    fc.assert(
      fc.property(fc.nat(30), fc.integer({ min: 1, max: 6 }), (corrupt, layers) => {
        const network = { nodes: 30, corrupt, layers };
        const atBest = balancedCompromisedPathShare(network);
        expect(randomCompromisedPathShare(network)).toBeLessThanOrEqual(atBest + 1e-12);
      }),
    );
  });

  it('has met half of all users after 693 packets over 3 layers with 10 % corrupt', () => {
    const share = compromisedPathShare([
      { nodes: 10, corrupt: 1 },
      { nodes: 10, corrupt: 1 },
      { nodes: 10, corrupt: 1 },
    ]);
    expect(share).toBeCloseTo(0.001, 15);
    expect(compromisedWithinProbability(share, 693)).toBeCloseTo(0.5, 3);
  });
});
