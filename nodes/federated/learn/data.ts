/**
 * The data of a federation: what each client has, and what the aggregator measures with.
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
import { type LearnAndTest, NAMED_SHAPES, type NamedSet, readNamedSet } from './named-sets.ts';
import { seededDraws } from './seeded.ts';
import { partOf, type SharedSet, sharedSet, sharedSynthetic } from './shared-set.ts';
import type { SplitLaw } from './split.ts';
import {
  SYNTHETIC_CLASSES,
  SYNTHETIC_INPUTS,
  type SyntheticLaw,
  type SyntheticSource,
  syntheticExamples,
  syntheticTest,
} from './synthetic.ts';

/** Where a node's data comes from. */
export interface DataSource {
  readonly crypto: Pick<CryptoProvider, 'sha256'>;
  readonly seed: Uint8Array;
  readonly options: FederatedOptions;
  /** All clients, in the same order at each node. */
  readonly clients: readonly string[];
  /** Reads a file of a named set; absent if there are no files. */
  readonly read?: (file: PackageFile) => Uint8Array;
}

type ModelAndData = Pick<FederatedOptions, 'model' | 'data'>;

/** The model of a federation; undefined if it learns nothing. */
export function modelOfFederation({ model, data: { set } }: ModelAndData): Model | undefined {
  if (typeof model === 'object') return undefined;
  if (set === 'synthetic') return makeModel(model, SYNTHETIC_INPUTS, SYNTHETIC_CLASSES);
  const { inputs, classes } = NAMED_SHAPES[set];
  return makeModel(model, inputs, classes);
}

/** Number of the model's weights, or of the random numbers in place of an update. */
export function parametersOf(options: ModelAndData): number {
  const { model } = options;
  return typeof model === 'object' ? model.size : (modelOfFederation(options)?.parameters ?? 0);
}

/** Clients of an aggregator in a network with one federation, in the order of the network. */
export function clientNames(hosts: readonly HostView[], aggregator: string): readonly string[] {
  return hosts
    .filter(({ name, stack }) => name !== aggregator && stack.includes('federated'))
    .map(({ name }) => name);
}

/** Number of examples of all clients together; undefined unless one set is dealt out. */
export function sharedExampleCount(data: DataOptions, clients: number): number | undefined {
  if (data.set !== 'synthetic') return NAMED_SHAPES[data.set].count;
  return data.split === undefined ? undefined : data.examples * clients;
}

/** The examples of a client. */
export function examplesOf(source: DataSource, client: string): Examples {
  const { data } = source.options;
  if (data.set === 'synthetic' && data.split === undefined) {
    return syntheticExamples(sourceOf(source), lawOf(source), client, data.examples);
  }
  return partOf(sharedOf(source).set, source.clients.indexOf(client));
}

/** The test set of an aggregator with these clients. */
export function testSet(source: DataSource, clients: readonly string[]): Examples {
  const { test } = sharedTest(source);
  return test ?? syntheticTest(sourceOf(source), lawOf(source), clients, source.options.data.test);
}

function sharedTest(source: DataSource): { readonly test?: Examples } {
  return source.options.data.set === 'synthetic' ? {} : sharedOf(source);
}

/** A set with the parts of clients, and the test examples that came with it. */
interface Shared {
  readonly set: SharedSet;
  readonly test?: Examples;
}

/**
 * The set that was made last, and its key: the many clients of one process have parts of the same
 * set. It follows from the key alone, so that keeping it changes no result.
 */
let kept: { readonly key: string; readonly shared: Shared } | undefined;

function sharedOf(source: DataSource): Shared {
  const { seed, clients, options } = source;
  const key = JSON.stringify([toHex(seed), clients.length, options.data]);
  if (kept?.key !== key) kept = { key, shared: madeShared(source) };
  return kept.shared;
}

function madeShared(source: DataSource): Shared {
  const { data } = source.options;
  const setting = { clients: source.clients.length, split: lawOfSplit(data.split) };
  if (data.set === 'synthetic') {
    const count = data.examples * setting.clients;
    return { set: sharedSynthetic(sourceOf(source), { ...setting, count }) };
  }
  const { learn, test } = readNamed(data.set, source);
  return { set: sharedSet(learn, sourceOf(source), setting), test };
}

function readNamed(set: NamedSet, { crypto, seed, options, read }: DataSource): LearnAndTest {
  if (read === undefined) throw new Error(`nothing reads the files of ${set}`);
  const draws = seededDraws(crypto, seed, 'test part');
  return readNamedSet(set, { read, draws, test: options.data.test });
}

function lawOfSplit(split: DataOptions['split'] = 'iid'): SplitLaw {
  if (split === 'iid') return { kind: 'iid' };
  if ('shards' in split) return { kind: 'shards', each: split.shards };
  if ('dirichlet' in split) return { kind: 'dirichlet', alpha: split.dirichlet };
  return { kind: 'quantity', sigma: split.quantity };
}

function sourceOf({ crypto, seed }: DataSource): SyntheticSource {
  return { crypto, seed };
}

function lawOf({ options }: DataSource): SyntheticLaw {
  const { iid, alpha, beta } = options.data;
  return iid ? 'iid' : { alpha, beta };
}
