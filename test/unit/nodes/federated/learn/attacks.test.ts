/** What models and updates tell of single examples. */
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../../engine/crypto/index.ts';
import { inputFromFirstLayerGradient } from '../../../../../nodes/federated/learn/input-from-gradient.ts';
import {
  bestThresholdAdvantage,
  likelihoodRatioScore,
  logitConfidence,
  type MembershipScores,
  meanMemberScoreThreshold,
  membershipAdvantage,
  membershipAdvantageBound,
} from '../../../../../nodes/federated/learn/membership.ts';
import { type Examples, makeModel } from '../../../../../nodes/federated/learn/model.ts';
import { makeSharedDraws } from '../../../../../nodes/federated/learn/seeded.ts';
import { selectExamples } from '../../../../../nodes/federated/learn/split.ts';
import { syntheticExamples } from '../../../../../nodes/federated/learn/synthetic.ts';

const crypto = createCryptoProvider('node', { timing: 'simulation' });
const seed = new Uint8Array(32).fill(9);
const draws = makeSharedDraws(crypto, seed, 'attacks');

const POOL = syntheticExamples({ crypto, seed }, 'iid', 'pool', 80);
const model = makeModel('mlp-32', 60, 10);

/** Losses of all examples of the pool, by a model that learned from some. */
function lossesAfter(members: Uint32Array, passes: number): number[] {
  const learn = selectExamples(POOL, members);
  const weights = model.initial(draws);
  const order = Uint32Array.from({ length: learn.count }, (_, at) => at);
  for (let pass = 0; pass < passes; pass += 1) {
    model.train(weights, learn, { order, batch: 10, rate: 0.1 });
  }
  return Array.from({ length: POOL.count }, (_, at) => model.loss(weights, POOL, at));
}

function half(): Uint32Array {
  const order = Array.from({ length: POOL.count }, (_, at) => at);
  draws.shuffle(order);
  return Uint32Array.from(order.slice(0, POOL.count / 2)).sort();
}

function divided(scores: readonly number[], members: Uint32Array): MembershipScores {
  const inside = new Set(members);
  return {
    members: scores.filter((_, at) => inside.has(at)),
    others: scores.filter((_, at) => !inside.has(at)),
  };
}

describe('membership', () => {
  it('shows in the losses of a model that learned by heart, and not in one that learned nothing', () => {
    const members = half();
    const scores = divided(lossesAfter(members, 200), members);
    const yeom = membershipAdvantage(scores, meanMemberScoreThreshold(scores));
    const best = bestThresholdAdvantage(scores);
    expect(best).toBeGreaterThan(0.3);
    expect(best).toBeLessThanOrEqual(1);
    expect(yeom).toBeGreaterThan(0.15);
    expect(yeom).toBeLessThanOrEqual(best);
    // Of 40 and 40 at random, the best of all thresholds is above 0.43 once in 1,000 (Kolmogorov, Smirnov).
    const blind = divided(lossesAfter(members, 0), members);
    expect(bestThresholdAdvantage(blind)).toBeLessThan(0.43);
    expect(bestThresholdAdvantage(divided(lossesAfter(members, 200), half()))).toBeLessThan(0.43);
  });

  it('shows better beside models that had the example and models that had not', () => {
    const runs = Array.from({ length: 24 }, () => {
      const members = half();
      const losses = lossesAfter(members, 200);
      return { members: new Set(members), confidences: losses.map(logitConfidence) };
    });
    const target = half();
    const losses = lossesAfter(target, 200);
    const scores = losses.map((loss, at) => {
      const values = (isIn: boolean): number[] =>
        runs
          .filter(({ members }) => members.has(at) === isIn)
          .map(({ confidences }) => confidences[at] as number);
      const observed = logitConfidence(loss);
      return likelihoodRatioScore({ inside: values(true), outside: values(false), observed });
    });
    const better = bestThresholdAdvantage(divided(scores, target));
    expect(better).toBeGreaterThan(bestThresholdAdvantage(divided(losses, target)));
    expect(better).toBeGreaterThan(0.6);
  });

  it('has its best threshold between equal scores, never through them', () => {
    expect(bestThresholdAdvantage({ members: [1, 1, 2], others: [1, 3, 3] })).toBeCloseTo(
      2 / 3,
      12,
    );
    expect(bestThresholdAdvantage({ members: [1, 1], others: [1, 1] })).toBe(0);
    expect(bestThresholdAdvantage({ members: [2], others: [1] })).toBe(0);
    expect(membershipAdvantage({ members: [1, 2], others: [2, 3] }, 2)).toBe(0.5);
  });

  it('is bounded by epsilon and delta', () => {
    expect(membershipAdvantageBound({ epsilon: 0, delta: 0 })).toBe(0);
    expect(membershipAdvantageBound({ epsilon: 0, delta: 0.01 })).toBeCloseTo(0.01, 12);
    expect(membershipAdvantageBound({ epsilon: Math.log(3), delta: 0 })).toBeCloseTo(0.5, 12);
    expect(membershipAdvantageBound({ epsilon: 1e6, delta: 1e-5 })).toBe(1);
  });

  it('has finite confidences for any loss', () => {
    expect(logitConfidence(Math.log(2))).toBeCloseTo(0, 12);
    expect(logitConfidence(0)).toBeGreaterThan(20);
    expect(logitConfidence(1e9)).toBe(-699);
  });
});

describe('inversion', () => {
  const gradientOf = (count: number): Float64Array => {
    const weights = model.initial(draws);
    const gradient = new Float64Array(model.parameters);
    for (let at = 0; at < count; at += 1) model.addGradient(weights, POOL, at, gradient);
    return gradient;
  };
  const distance = (found: Float64Array | undefined, { features }: Examples): number =>
    Math.max(...(found ?? []).map((value, at) => Math.abs(value - (features[at] as number))));

  it('finds the input behind the gradient of one example, and none behind that of many', () => {
    const layer = { inputs: 60, outputs: 32 };
    expect(distance(inputFromFirstLayerGradient(gradientOf(1), layer), POOL)).toBeLessThan(1e-9);
    expect(distance(inputFromFirstLayerGradient(gradientOf(40), layer), POOL)).toBeGreaterThan(0.2);
  });

  it('finds nothing in zeros', () => {
    const nothing = new Float64Array(60 * 32 + 32);
    expect(inputFromFirstLayerGradient(nothing, { inputs: 60, outputs: 32 })).toBeUndefined();
  });
});
