/**
 * Softmax regression against worked numbers: loss, gradients, clipped sum and one round of federated
 * averaging.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { type Examples, makeModel } from '../../nodes/federated/learn/model.ts';
import { clipL2, l2Norm } from '../../nodes/federated/privacy/clip.ts';
import { vectorSets } from '../vectors-root.ts';

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

/** Computed independently; the gradient agrees with central differences. */
const FIGURES: ModelFile = {
  W: [
    [0.1, -0.2, 0.05],
    [0.0, 0.3, -0.1],
  ],
  b: [0.01, 0.0, -0.01],
  X: [
    [1.0, 2.0],
    [0.5, -1.0],
    [-1.5, 0.25],
    [2.0, 0.0],
  ],
  y: [0, 1, 2, 1],
  loss: 1.339378305157931,
  gradW: [
    [-0.018344811654597337, -0.5455083685783397, 0.5638531802329371],
    [-0.4148384414122961, 0.43508894823183086, -0.02025050681953474],
  ],
  gradB: [0.09402429474428478, -0.1646471237645116, 0.07062282902022687],
  perExample: [
    {
      loss: 1.131339845798544,
      gradient: [
        -0.6773992685060951, 0.4311324852255791, 0.24626678328051604, -1.3547985370121902,
        0.8622649704511582, 0.4925335665610321, -0.6773992685060951, 0.4311324852255791,
        0.24626678328051604,
      ],
      norm: 2.057268554180581,
    },
    {
      loss: 1.4487320411271563,
      gradient: [
        0.18602406690311868, -0.382566048893375, 0.1965419819902563, -0.37204813380623736,
        0.76513209778675, -0.3930839639805126, 0.37204813380623736, -0.76513209778675,
        0.3930839639805126,
      ],
      norm: 1.4058144874980842,
    },
    {
      loss: 1.2794384341118612,
      gradient: [
        -0.40495743101546, -0.6777523481364909, 1.0827097791519507, 0.06749290516924333,
        0.11295872468941515, -0.18045162985865845, 0.26997162067697333, 0.4518348987576606,
        -0.7218065194346338,
      ],
      norm: 1.6258908609944769,
    },
    {
      loss: 1.4980028995941632,
      gradient: [
        0.8229533860000471, -1.5528475625090723, 0.7298941765090252, 0.0, 0.0, 0.0,
        0.41147669300002354, -0.7764237812545361, 0.3649470882545126,
      ],
      norm: 2.127596453988954,
    },
  ],
  clip: {
    norm: 0.8,
    sumOfClipped: [
      -0.047371913586208236, -0.9674204870144294, 1.0147924006006377, -0.705344454845639,
      0.8262947516240868, -0.12095029677844775, 0.235858773535613, -0.33738169248203065,
      0.10152291894641777,
    ],
  },
  fedAvg: {
    clients: [[0, 1, 2], [3]],
    localEpochs: 2,
    learningRate: 0.5,
    clientA: {
      W: [
        [0.35039482406190525, 0.009396619216738844, -0.40979144327864403],
        [0.45687267081064364, -0.1944879129324356, -0.06238475787820805],
      ],
      b: [-0.00620121931606666, -0.006294785016409496, 0.012496004332476144],
    },
    clientB: {
      W: [
        [-0.39093859379380375, 0.7350560180601599, -0.39411742426635626],
        [0.0, 0.3, -0.1],
      ],
      b: [-0.23546929689690185, 0.46752800903007996, -0.23205871213317814],
    },
    global: {
      W: [
        [0.16506146959797802, 0.1908114689275941, -0.4058729385255721],
        [0.34265450310798273, -0.07086593469932671, -0.07178856840865604],
      ],
      b: [-0.06351823871127546, 0.11216091349521287, -0.048642674783937426],
    },
    lossAfter: 0.6859923256393535,
  },
};

const flat = ({ W, b }: Weights): Float64Array => Float64Array.from([...W.flat(), ...b]);

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  for (let at = 0; at < expected.length; at += 1) {
    expect(Math.abs((actual[at] as number) - (expected[at] as number))).toBeLessThan(1e-12);
  }
}

const SETS = vectorSets('federated/model.json', FIGURES);

describe.each(SETS)('softmax regression, $set', ({ file }) => {
  const model = makeModel('softmax', 2, 3);
  const all: Examples = {
    features: Float64Array.from(file.X.flat()),
    labels: Uint8Array.from(file.y),
    inputs: 2,
    classes: 3,
    count: 4,
  };

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
