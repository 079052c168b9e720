/**
 * The data of a federation: the examples of each client, and the test set of the aggregator.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { HostView } from '../../../engine/host/network-view.ts';
import type { PackageFile } from '../../../engine/host/protocol.ts';
import { toHex } from '../../_kit/bytes.ts';
import type { FederatedOptions } from '../config.ts';
import type { DataOptions } from './data-options.ts';
import { type Examples, type Model, makeModel } from './model.ts';
import {
  NAMED_DATASET_SHAPES,
  type NamedDataset,
  readNamedDataset,
  type TrainAndTestData,
} from './named-sets.ts';
import { makeSharedDraws } from './seeded.ts';
import {
  makeSharedSyntheticDataset,
  type SharedDataset,
  selectClientExamples,
  splitSharedDataset,
} from './shared-set.ts';
import type { DatasetSplitRule } from './split.ts';
import {
  SYNTHETIC_CLASS_COUNT,
  SYNTHETIC_INPUT_COUNT,
  type SyntheticDataSeed,
  type SyntheticHeterogeneity,
  syntheticExamples,
  syntheticTestExamples,
} from './synthetic.ts';

/** The options, seed and files from which a node's training data are made. */
export interface NodeDataSource {
  readonly crypto: Pick<CryptoProvider, 'sha256'>;
  readonly seed: Uint8Array;
  readonly options: FederatedOptions;
  /** All clients, in the same order at each node. */
  readonly clients: readonly string[];
  /** Reads a file of a named data set; absent if the data set has no files. */
  readonly read?: (file: PackageFile) => Uint8Array;
}

type ModelAndData = Pick<FederatedOptions, 'model' | 'data'>;

/** Makes the model of a federation; undefined if it learns nothing. */
export function modelOfFederation({ model, data: { set } }: ModelAndData): Model | undefined {
  if (typeof model === 'object') return undefined;
  if (set === 'synthetic') return makeModel(model, SYNTHETIC_INPUT_COUNT, SYNTHETIC_CLASS_COUNT);
  const { inputs, classes } = NAMED_DATASET_SHAPES[set];
  return makeModel(model, inputs, classes);
}

/**
 * Number of weights of the model; if none is learned, the number of random numbers that stand for
 * an update.
 */
export function countParameters(options: ModelAndData): number {
  const { model } = options;
  return typeof model === 'object' ? model.size : (modelOfFederation(options)?.parameters ?? 0);
}

/** Clients of an aggregator in a network with one federation, in the order of the network. */
export function federationClientNames(
  hosts: readonly HostView[],
  aggregator: string,
): readonly string[] {
  return hosts
    .filter(({ name, stack }) => name !== aggregator && stack.includes('federated'))
    .map(({ name }) => name);
}

/** Number of examples of all clients together; undefined if each client makes its own examples. */
export function sharedExampleCount(data: DataOptions, clients: number): number | undefined {
  if (data.set !== 'synthetic') return NAMED_DATASET_SHAPES[data.set].count;
  return data.split === undefined ? undefined : data.examples * clients;
}

/** The examples of a client. */
export function clientExamples(source: NodeDataSource, client: string): Examples {
  const { data } = source.options;
  if (data.set === 'synthetic' && data.split === undefined) {
    return syntheticExamples(sourceOf(source), lawOf(source), client, data.examples);
  }
  return selectClientExamples(sharedOf(source).set, source.clients.indexOf(client));
}

/** The test set of an aggregator with these clients. */
export function testExamples(source: NodeDataSource, clients: readonly string[]): Examples {
  const { test } = sharedTest(source);
  return (
    test ??
    syntheticTestExamples(sourceOf(source), lawOf(source), clients, source.options.data.test)
  );
}

function sharedTest(source: NodeDataSource): { readonly test?: Examples } {
  return source.options.data.set === 'synthetic' ? {} : sharedOf(source);
}

/** A data set with the part of each client, and its test examples, if it has any. */
interface Shared {
  readonly set: SharedDataset;
  readonly test?: Examples;
}

/**
 * Cache of the data set that was made last, with its key: all clients of a process have parts of
 * the same set. The set depends on the key alone, so the cache changes no result.
 */
let kept: { readonly key: string; readonly shared: Shared } | undefined;

function sharedOf(source: NodeDataSource): Shared {
  const { seed, clients, options } = source;
  const key = JSON.stringify([toHex(seed), clients.length, options.data]);
  if (kept?.key !== key) kept = { key, shared: madeShared(source) };
  return kept.shared;
}

function madeShared(source: NodeDataSource): Shared {
  const { data } = source.options;
  const setting = { clients: source.clients.length, split: lawOfSplit(data.split) };
  if (data.set === 'synthetic') {
    const count = data.examples * setting.clients;
    return { set: makeSharedSyntheticDataset(sourceOf(source), { ...setting, count }) };
  }
  const { learn, test } = readNamed(data.set, source);
  return { set: splitSharedDataset(learn, sourceOf(source), setting), test };
}

function readNamed(
  set: NamedDataset,
  { crypto, seed, options, read }: NodeDataSource,
): TrainAndTestData {
  if (read === undefined) throw new Error(`nothing reads the files of ${set}`);
  const draws = makeSharedDraws(crypto, seed, 'test part');
  return readNamedDataset(set, { read, draws, test: options.data.test });
}

function lawOfSplit(split: DataOptions['split'] = 'iid'): DatasetSplitRule {
  if (split === 'iid') return { kind: 'iid' };
  if ('shards' in split) return { kind: 'shards', each: split.shards };
  if ('dirichlet' in split) return { kind: 'dirichlet', alpha: split.dirichlet };
  return { kind: 'quantity', sigma: split.quantity };
}

function sourceOf({ crypto, seed }: NodeDataSource): SyntheticDataSeed {
  return { crypto, seed };
}

function lawOf({ options }: NodeDataSource): SyntheticHeterogeneity {
  const { iid, alpha, beta } = options.data;
  return iid ? 'iid' : { alpha, beta };
}
