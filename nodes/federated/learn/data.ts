/**
 * The data of a federation: what each client has, and what the aggregator measures with.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { FederatedOptions } from '../config.ts';
import { type Examples, type Model, modelOf } from './model.ts';
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
}

/** The model of a federation; undefined if it learns nothing. */
export function modelOfFederation({ model }: Pick<FederatedOptions, 'model'>): Model | undefined {
  if (typeof model === 'object') return undefined;
  return modelOf(model, SYNTHETIC_INPUTS, SYNTHETIC_CLASSES);
}

/** Numbers of the model, or of what stands for it. */
export function parametersOf({ model }: Pick<FederatedOptions, 'model'>): number {
  return typeof model === 'object' ? model.size : (modelOfFederation({ model })?.parameters ?? 0);
}

/** The examples of a client. */
export function examplesOf(source: DataSource, client: string): Examples {
  return syntheticExamples(sourceOf(source), lawOf(source), client, source.options.data.examples);
}

/** The test set of an aggregator with these clients. */
export function testSet(source: DataSource, clients: readonly string[]): Examples {
  return syntheticTest(sourceOf(source), lawOf(source), clients, source.options.data.test);
}

function sourceOf({ crypto, seed }: DataSource): SyntheticSource {
  return { crypto, seed };
}

function lawOf({ options }: DataSource): SyntheticLaw {
  const { iid, alpha, beta } = options.data;
  return iid ? 'iid' : { alpha, beta };
}
