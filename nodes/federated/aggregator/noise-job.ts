/**
 * The job that adds the aggregator's continuous Gaussian noise to a sum.
 *
 * @module
 */
import type { JobDefinition } from '../../../engine/host/compute.ts';
import { keyStreamWords } from '../key-words.ts';
import { addGaussianNoise } from '../privacy/noise.ts';

/** A sum, and the noise to add. */
export interface AddNoiseInput {
  readonly sum: Float64Array<ArrayBuffer>;
  /** 32 fresh random bytes. */
  readonly key: Uint8Array<ArrayBuffer>;
  /** Standard deviation, in units of the sum. */
  readonly deviation: number;
}

const COORDINATE_NS = 40;

/** Output: the sum with noise. */
export const addNoiseJob: JobDefinition = {
  run: (input, crypto) => {
    const { sum, key, deviation } = input as AddNoiseInput;
    addGaussianNoise(sum, keyStreamWords(crypto, key), deviation);
    return sum;
  },
  costNs: (input) => COORDINATE_NS * (input as AddNoiseInput).sum.length,
  transfer: {
    input: (input) => [(input as AddNoiseInput).sum.buffer],
    output: (output) => [(output as Float64Array<ArrayBuffer>).buffer],
  },
};
