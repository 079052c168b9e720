/** Sets from files: what is dealt out, what is held back, and who has which example. */
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../../engine/crypto/index.ts';
import type { PackageFile } from '../../../../../engine/host/protocol.ts';
import { type FederatedOptions, federatedConfig } from '../../../../../nodes/federated/config.ts';
import {
  clientExamples,
  countParameters,
  type NodeDataSource,
  testExamples,
} from '../../../../../nodes/federated/learn/data.ts';
import type { Examples } from '../../../../../nodes/federated/learn/model.ts';
import { readNamedDataset } from '../../../../../nodes/federated/learn/named-sets.ts';
import { makeSharedDraws } from '../../../../../nodes/federated/learn/seeded.ts';
import { readPackageFile } from '../../../../../topologies/files/package-files.ts';

const crypto = createCryptoProvider('node', { timing: 'simulation' });
const CLIENTS = ['b', 'c', 'd', 'e', 'f', 'g', 'h'];

const options = (data: object): FederatedOptions =>
  federatedConfig.parse({ aggregator: 'a', data });

function source(data: object, seed = 5, read = readPackageFile): NodeDataSource {
  const bytes = new Uint8Array(32).fill(seed);
  return { crypto, seed: bytes, options: options(data), clients: CLIENTS, read };
}

/** Features of each example as text. */
const rowsOf = ({ features, labels, inputs, count }: Examples): readonly string[] =>
  Array.from({ length: count }, (_, at) =>
    [...features.slice(at * inputs, (at + 1) * inputs), labels[at]].join(' '),
  );

const sorted = (rows: readonly string[]): readonly string[] => [...rows].sort();

const SPLITS = ['iid', { shards: 1 }, { shards: 3 }, { dirichlet: 0.1 }, { quantity: 1.5 }];

describe('R-161: skew', () => {
  it.each(SPLITS)('%j deals out each iris to exactly one client, and none of the test', (split) => {
    const from = source({ set: 'iris', split });
    const dealt = CLIENTS.flatMap((client) => rowsOf(clientExamples(from, client)));
    const whole = readNamedDataset('iris', {
      read: readPackageFile,
      draws: makeSharedDraws(crypto, from.seed, 'test part'),
      test: 30,
    });
    const all = whole.learn.pick(Uint32Array.from({ length: 120 }, (_, at) => at));
    expect(sorted(dealt)).toEqual(sorted(rowsOf(all)));
    const test = testExamples(from, CLIENTS);
    expect([dealt.length, test.count]).toEqual([120, 30]);
    // Three irises are there twice.
    const held = rowsOf(test).filter((row) => dealt.includes(row));
    expect(held.length).toBeLessThanOrEqual(3);
  });

  it.each(SPLITS)('%j deals out one synthetic set', (split) => {
    const from = source({ iid: true, split, examples: 20 });
    const dealt = CLIENTS.flatMap((client) => rowsOf(clientExamples(from, client)));
    expect([dealt.length, new Set(dealt).size]).toEqual([140, 140]);
    const test = testExamples(from, CLIENTS);
    expect(rowsOf(test).filter((row) => dealt.includes(row))).toEqual([]);
  });

  it('is the same in each process, and another with another seed', () => {
    const data = { set: 'iris', split: { dirichlet: 0.3 } };
    const here = clientExamples(source(data), 'd');
    clientExamples(source({ set: 'iris' }), 'd');
    expect(clientExamples(source(data), 'd')).toEqual(here);
    expect(rowsOf(clientExamples(source(data, 6), 'd'))).not.toEqual(rowsOf(here));
  });

  it('of shards leaves a client as many classes as shards', () => {
    const from = source({ set: 'iris', split: { shards: 1 } });
    const classes = CLIENTS.map((client) => new Set(clientExamples(from, client).labels).size);
    // Three classes in seven shards: two shards hold the end of one class and the beginning of the next.
    expect(classes.filter((count) => count === 1).length).toBeGreaterThanOrEqual(5);
  });
});

describe('irises', () => {
  it('are scaled by those that are learned from', () => {
    const from = source({ set: 'iris' });
    const dealt = CLIENTS.map((client) => clientExamples(from, client));
    for (let input = 0; input < 4; input += 1) {
      const values = dealt.flatMap(({ features, count }) =>
        Array.from({ length: count }, (_, at) => features[4 * at + input] as number),
      );
      const mean = values.reduce((sum, value) => sum + value, 0) / 120;
      const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 120;
      expect(mean).toBeCloseTo(0, 5);
      expect(square).toBeCloseTo(1, 5);
    }
  });

  it('have a model of their own size', () => {
    expect(countParameters(options({ set: 'iris' }))).toBe(4 * 3 + 3);
    expect(countParameters(options({ set: 'mnist' }))).toBe(7_850);
    expect(countParameters(options({}))).toBe(610);
  });
});

/** Files of idx: `train` has six pictures, `t10k` four; each pixel of a picture is its number. */
function pictures({ path }: PackageFile): Uint8Array {
  const isLearned = path.includes('train');
  const count = isLearned ? 6 : 4;
  const first = isLearned ? 1 : 101;
  if (path.includes('labels')) {
    const labels = Array.from({ length: count }, (_, at) => (at + first) % 10);
    return Uint8Array.from([0, 0, 8, 1, 0, 0, 0, count, ...labels]);
  }
  const pixels = Array.from({ length: count * 784 }, (_, at) => first + Math.floor(at / 784));
  return Uint8Array.from([0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 28, 0, 0, 0, 28, ...pixels]);
}

describe('digits', () => {
  it('are dealt out as they stand in the files, and the test part is not', () => {
    const from = source({ set: 'mnist', split: { shards: 1 } }, 5, pictures);
    const seen = CLIENTS.flatMap((client) => {
      const { features, labels, count } = clientExamples(from, client);
      expect(features).toHaveLength(784 * count);
      return Array.from({ length: count }, (_, at) => {
        const number = Math.round(255 * (features[784 * at + 783] as number));
        expect(labels[at]).toBe(number % 10);
        return number;
      });
    });
    expect(seen.sort()).toEqual([1, 2, 3, 4, 5, 6]);
    const { features, count } = testExamples(from, CLIENTS);
    const held = Array.from({ length: count }, (_, at) =>
      Math.round(255 * (features[784 * at] as number)),
    );
    expect(held).toEqual([101, 102, 103, 104]);
  });

  it('are drawn for the test, where it has fewer', () => {
    const from = source({ set: 'mnist', test: 2 }, 8, pictures);
    expect(testExamples(from, CLIENTS).count).toBe(2);
  });

  it('of a damaged file say which', () => {
    const read = (file: PackageFile): Uint8Array => pictures(file).subarray(0, 40);
    const draws = makeSharedDraws(crypto, new Uint8Array(32), 'x');
    expect(() => readNamedDataset('mnist', { read, draws, test: 1 })).toThrow(
      't10k-images-idx3-ubyte is damaged: wrong-length',
    );
  });
});
