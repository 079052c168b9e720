/**
 * One set of examples of which each client of a federation has a part. Each process makes the same set
 * and split from the seed and takes the parts of its clients, so no examples are sent.
 *
 * @module
 */
import type { Examples } from './model.ts';
import { makeSharedDraws } from './seeded.ts';
import { type DatasetSplitRule, selectExamples, splitExamples } from './split.ts';
import { type SyntheticDataSeed, syntheticExamples } from './synthetic.ts';

/**
 * A set of examples whose features are made only when picked: as 32-bit numbers, pictures take four
 * times the memory of their bytes.
 */
export interface ExampleTable {
  readonly labels: Uint8Array;
  readonly inputs: number;
  readonly classes: number;
  /** Examples with these indices, in this order. */
  pick(indices: Uint32Array): Examples;
}

/** A set, and which part of it each client has. */
export interface SharedDataset {
  readonly table: ExampleTable;
  /** Indices of the examples of each client, ascending. */
  readonly parts: readonly Uint32Array[];
}

/** The size of a data set shared by all clients, and how it is split. */
export interface SharedDatasetSettings {
  /** Number of examples of all clients together. */
  readonly count: number;
  /** Number of clients that share them. */
  readonly clients: number;
  readonly split: DatasetSplitRule;
}

/** Name of the random stream for the common set; no client can have this name. */
const COMMON = '(all clients)';

/**
 * Makes the common synthetic set and its split. It costs about 6 us per example, so a process with
 * several clients makes it once.
 */
export function makeSharedSyntheticDataset(
  source: SyntheticDataSeed,
  setting: SharedDatasetSettings,
): SharedDataset {
  const examples = syntheticExamples(source, 'iid', COMMON, setting.count);
  return splitSharedDataset(makeExampleTable(examples), source, setting);
}

/** Splits a set that every process can read, such as the digits of MNIST. */
export function splitSharedDataset(
  table: ExampleTable,
  { crypto, seed }: SyntheticDataSeed,
  { clients, split }: Pick<SharedDatasetSettings, 'clients' | 'split'>,
): SharedDataset {
  const draws = makeSharedDraws(crypto, seed, `split: ${split.kind}`);
  return { table, parts: splitExamples(table.labels, clients, split, draws) };
}

/** Makes a table from examples that exist already. */
export function makeExampleTable(examples: Examples): ExampleTable {
  const { labels, inputs, classes } = examples;
  return { labels, inputs, classes, pick: (indices) => selectExamples(examples, indices) };
}

/** The examples of one client, counted from 0; none if there is no such client. */
export function selectClientExamples({ table, parts }: SharedDataset, client: number): Examples {
  return table.pick(parts[client] ?? new Uint32Array());
}
