import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../../engine/crypto/index.ts';
import {
  type MembershipAdvantages,
  membershipAttackJob,
  type ShadowModel,
  trainShadowModelJob,
} from '../../../../../nodes/federated/attack/membership-job.ts';
import {
  type Examples,
  joinExamples,
  makeModel,
} from '../../../../../nodes/federated/learn/model.ts';
import { makeSharedDraws } from '../../../../../nodes/federated/learn/seeded.ts';
import { syntheticExamples } from '../../../../../nodes/federated/learn/synthetic.ts';

const crypto = createCryptoProvider('node', { timing: 'simulation' });
const seed = new Uint8Array(32).fill(3);
const MEMBERS = 60;
const name = 'mlp-32';

const members = syntheticExamples({ crypto, seed }, 'iid', 'members', MEMBERS);
const others = syntheticExamples({ crypto, seed }, 'iid', 'others', 2 * MEMBERS);
const examples: Examples = joinExamples([members, others]);
const model = makeModel(name, examples.inputs, examples.classes);
const first = model.initial(makeSharedDraws(crypto, seed, 'first'));
const pass = { batch: 5, rate: 0.1 };

/** Learns the first `count` examples by heart. */
function learned(count: number): Float32Array {
  const weights = first.slice();
  const order = Uint32Array.from({ length: count }, (_, example) => example);
  for (let epoch = 0; epoch < 60; epoch += 1) model.train(weights, examples, { order, ...pass });
  return weights;
}

function shadowOf(byte: number): ShadowModel {
  const key = new Uint8Array(32).fill(byte);
  const input = { model: name, first, examples, key, epochs: 60, ...pass };
  return trainShadowModelJob.run(input, crypto) as ShadowModel;
}

function attack(weights: Float32Array, shadows: readonly ShadowModel[]): MembershipAdvantages {
  const input = { model: name, weights, examples, members: MEMBERS, shadows };
  return membershipAttackJob.run(input, crypto) as MembershipAdvantages;
}

describe('membership inference', () => {
  const shadows = [1, 2, 3, 4, 5, 6, 7, 8].map(shadowOf);

  it('trains its own models on random halves, each on another', () => {
    const [one, two] = shadows as [ShadowModel, ShadowModel];
    expect(one.inside.reduce((sum, is) => sum + is, 0)).toBe(examples.count / 2);
    expect([...one.inside]).not.toEqual([...two.inside]);
    expect(shadowOf(1)).toEqual(one);
    const mean = (side: number): number => {
      const values = [...one.confidences].filter((_, at) => one.inside[at] === side);
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    };
    // What it learned from, it is sure of.
    expect(mean(1)).toBeGreaterThan(mean(0) + 2);
  });

  it('finds those that a model knows by heart, by threshold and by likelihood', () => {
    const { mean, threshold, likelihood } = attack(learned(MEMBERS), shadows);
    expect(mean).toBeGreaterThan(0.3);
    expect(threshold).toBeGreaterThanOrEqual(mean);
    expect(likelihood).toBeGreaterThan(0.3);
  });

  it('finds nobody in a model that learned from nobody, or from all', () => {
    // The best of all thresholds finds something in noise: sqrt(1/60 + 1/120) is 0.16.
    expect(Math.abs(attack(first, []).mean)).toBeLessThan(0.2);
    expect(attack(learned(examples.count), []).threshold).toBeLessThan(0.3);
  });

  it('has no likelihood without models to compare', () => {
    expect(attack(first, shadows.slice(0, 1)).likelihood).toBeUndefined();
  });
});
