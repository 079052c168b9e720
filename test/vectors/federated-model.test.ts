/**
 * Softmax regression against worked numbers: loss, gradients, clipped sum and one round of federated
 * averaging.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { type Examples, modelOf } from '../../nodes/federated/learn/model.ts';
import { clipL2, l2Norm } from '../../nodes/federated/privacy/clip.ts';
import { hasVectors, vectors } from '../vectors-root.ts';

interface Weights {
  readonly W: readonly (readonly number[])[];
  readonly b: readonly number[];
}

interface ModelFile extends Weights {
  readonly X: readonly (readonly number[])[];
  readonly y: readonly number[];
  readonly loss: number;
  readonly gradW: readonly (readonly number[])[];
  readonly gradB: readonly number[];
  readonly perExample: readonly {
    readonly loss: number;
    readonly gradient: readonly number[];
    readonly norm: number;
  }[];
  readonly clip: { readonly norm: number; readonly sumOfClipped: readonly number[] };
  readonly fedAvg: {
    readonly clients: readonly (readonly number[])[];
    readonly localEpochs: number;
    readonly learningRate: number;
    readonly clientA: Weights;
    readonly clientB: Weights;
    readonly global: Weights;
    readonly lossAfter: number;
  };
}

const flat = ({ W, b }: Weights): Float64Array => Float64Array.from([...W.flat(), ...b]);

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  for (let at = 0; at < expected.length; at += 1) {
    expect(Math.abs((actual[at] as number) - (expected[at] as number))).toBeLessThan(1e-12);
  }
}

describe.runIf(hasVectors)('softmax regression', () => {
  const file = hasVectors ? vectors<ModelFile>('federated/model.json') : (undefined as never);
  const model = modelOf('softmax', 2, 3);
  const examples: Examples | undefined = hasVectors
    ? {
        features: Float64Array.from(file.X.flat()),
        labels: Uint8Array.from(file.y),
        inputs: 2,
        classes: 3,
        count: 4,
      }
    : undefined;
  const all = examples as Examples;

  const meanLoss = (weights: Float64Array): number =>
    [0, 1, 2, 3].reduce((sum, at) => sum + model.loss(weights, all, at), 0) / 4;

  it('has the mean loss and its gradient', () => {
    const gradient = new Float64Array(9);
    let loss = 0;
    for (let at = 0; at < 4; at += 1) loss += model.addGradient(flat(file), all, at, gradient);
    expectClose([loss / 4, meanLoss(flat(file))], [file.loss, file.loss]);
    expectClose(
      gradient.map((value) => value / 4),
      [...file.gradW.flat(), ...file.gradB],
    );
  });

  it('has the gradient of each example, and the sum of clipped ones', () => {
    const sum = new Float64Array(9);
    for (const [at, expected] of file.perExample.entries()) {
      const gradient = new Float64Array(9);
      expectClose([model.addGradient(flat(file), all, at, gradient)], [expected.loss]);
      expectClose(gradient, expected.gradient);
      expectClose([l2Norm(gradient)], [expected.norm]);
      clipL2(gradient, file.clip.norm);
      for (const [place, value] of gradient.entries()) sum[place] = (sum[place] as number) + value;
    }
    expectClose(sum, file.clip.sumOfClipped);
  });

  it('has a round of federated averaging, weighted by examples', () => {
    const { clients, localEpochs, learningRate, global } = file.fedAvg;
    const trained = clients.map((order) => {
      const weights = flat(file);
      for (let epoch = 0; epoch < localEpochs; epoch += 1) {
        const batch = order.length;
        model.train(weights, all, { order: Uint32Array.from(order), batch, rate: learningRate });
      }
      return weights;
    });
    const [a, b] = trained as [Float64Array, Float64Array];
    expectClose(a, flat(file.fedAvg.clientA));
    expectClose(b, flat(file.fedAvg.clientB));
    const mean = a.map((value, at) => (3 * value + (b[at] as number)) / 4);
    expectClose(mean, flat(global));
    expectClose([meanLoss(mean)], [file.fedAvg.lossAfter]);
  });
});
