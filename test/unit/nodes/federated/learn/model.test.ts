/** Models: gradients, learning, and bits that are the same on every machine. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../../engine/crypto/index.ts';
import {
  type Examples,
  type Model,
  type ModelName,
  makeModel,
} from '../../../../../nodes/federated/learn/model.ts';
import { makeSharedDraws } from '../../../../../nodes/federated/learn/seeded.ts';
import {
  syntheticExamples,
  syntheticTestExamples,
} from '../../../../../nodes/federated/learn/synthetic.ts';

const crypto = createCryptoProvider('node', { timing: 'simulation' });
const seed = new Uint8Array(32).fill(3);
const source = { crypto, seed };
const NAMES: readonly ModelName[] = ['softmax', 'mlp-32', '2nn'];

function inOrder(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, at) => at);
}

function meanLoss(model: Model, weights: Float64Array | Float32Array, examples: Examples): number {
  let sum = 0;
  for (let at = 0; at < examples.count; at += 1) sum += model.loss(weights, examples, at);
  return sum / examples.count;
}

describe.each(NAMES)('the model %s', (name) => {
  const examples = syntheticExamples(source, 'iid', 'somebody', 20);

  it('has the gradient that differences of its loss show', () => {
    const model = makeModel(name, 60, 10);
    const draws = makeSharedDraws(crypto, seed, `weights of ${name}`);
    const weights = Float64Array.from(
      model.initial(draws),
      (value) => value + 0.01 * draws.normal(),
    );
    const gradient = new Float64Array(model.parameters);
    for (let at = 0; at < examples.count; at += 1) {
      model.addGradient(weights, examples, at, gradient);
    }
    const step = 1e-6;
    for (let probe = 0; probe < 60; probe += 1) {
      const at = probe < 10 ? model.parameters - 1 - probe : draws.below(model.parameters);
      const value = weights[at] as number;
      weights[at] = value + step;
      const above = meanLoss(model, weights, examples);
      weights[at] = value - step;
      const below = meanLoss(model, weights, examples);
      weights[at] = value;
      const slope = ((above - below) / (2 * step)) * examples.count;
      expect(Math.abs(slope - (gradient[at] as number)), `weight ${at}`).toBeLessThan(2e-6);
    }
  });
});

describe('first weights', () => {
  it('are 0 without hidden layers, else normal with variance 2 / inputs, and biases 0', () => {
    const draws = makeSharedDraws(crypto, seed, 'first');
    expect(
      makeModel('softmax', 60, 10)
        .initial(draws)
        .every((value) => value === 0),
    ).toBe(true);
    const weights = makeModel('2nn', 784, 10).initial(draws);
    const first = weights.subarray(0, 784 * 200);
    const variance = first.reduce((sum, value) => sum + value * value, 0) / first.length;
    // Five deviations of the estimate: sqrt(2 / 156,800) = 0.36 % each.
    expect(variance * 392).toBeGreaterThan(0.982);
    expect(variance * 392).toBeLessThan(1.018);
    expect(weights.subarray(784 * 200, 785 * 200).every((value) => value === 0)).toBe(true);
    expect(weights).toHaveLength(199_210);
  });
});

describe('learning', () => {
  it('gets from chance to most of the test set, which nobody learns from', () => {
    const learn = syntheticExamples(source, 'iid', 'learner', 2_000);
    const test = syntheticTestExamples(source, 'iid', ['learner'], 1_000);
    const model = makeModel('softmax', 60, 10);
    const weights = model.initial(makeSharedDraws(crypto, seed, 'none'));
    const passes = (count: number): number => {
      for (let pass = 0; pass < count; pass += 1) {
        model.train(weights, learn, { order: inOrder(2_000), batch: 10, rate: 0.3 });
      }
      return model.accuracy(weights, test);
    };
    const accuracy = [passes(0), passes(1), passes(19)] as const;
    // Eight seeds: 0 to 0.29 (all are of class 0), 0.55 to 0.70, 0.81 to 0.88.
    expect(accuracy[0]).toBeLessThan(0.4);
    expect(accuracy[1]).toBeGreaterThan(0.5);
    expect(accuracy[1]).toBeLessThan(0.75);
    expect(accuracy[2]).toBeGreaterThan(0.8);
    expect(accuracy[2]).toBeLessThan(0.9);
    // A defective double that climbs: the same steps away from the minimum.
    const lost = model.initial(makeSharedDraws(crypto, seed, 'none'));
    model.train(lost, learn, { order: inOrder(2_000), batch: 32, rate: -0.05 });
    expect(model.accuracy(lost, test)).toBeLessThan(0.15);
  });
});

/** First 8 bytes of the SHA-256 of the weights after two passes over 100 examples, little-endian. */
const DIGESTS: Readonly<Record<ModelName, string>> = {
  softmax: 'b61383ba492f6908',
  'mlp-32': '187b16acd16dc69a',
  '2nn': '3760fd521dec1a39',
};

describe('bits', () => {
  it.each(NAMES)('of %s after training are the same on every machine', (name) => {
    const examples = syntheticExamples(source, { alpha: 0.5, beta: 0.5 }, 'fixed', 100);
    const model = makeModel(name, 60, 10);
    const weights = model.initial(makeSharedDraws(crypto, seed, 'fixed'));
    for (let epoch = 0; epoch < 2; epoch += 1) {
      model.train(weights, examples, { order: inOrder(100), batch: 10, rate: 0.05 });
    }
    const view = new DataView(new ArrayBuffer(4 * weights.length));
    for (const [at, value] of weights.entries()) view.setFloat32(4 * at, value, true);
    const digest = createHash('sha256').update(new Uint8Array(view.buffer)).digest('hex');
    expect(digest.slice(0, 16)).toBe(DIGESTS[name]);
  });
});
