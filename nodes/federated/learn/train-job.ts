/**
 * A slice of training as a job: whole batches, few enough that a thread is free again soon.
 *
 * @module
 */
import type { JobDefinition } from '../../../engine/host/compute.ts';
import { type Examples, type ModelName, makeModel } from './model.ts';

/** A slice of training: part of an epoch. */
export interface TrainSliceInput {
  readonly model: ModelName;
  readonly weights: Float32Array<ArrayBuffer>;
  readonly examples: Examples;
  /** Examples in the order in which they are used. */
  readonly order: Uint32Array<ArrayBuffer>;
  readonly batch: number;
  readonly rate: number;
  /** Time that an example takes on the modelled processor, ns. */
  readonly exampleNs: number;
}

/** Number of multiplications of one job: about 20 ms. */
const JOB_PRODUCTS = 2e7;

/** Number of examples of one job: whole batches, at least one. */
export function trainingSliceLength(parameters: number, batch: number): number {
  const batches = Math.floor(JOB_PRODUCTS / (parameters * (2 * batch + 1)));
  return batch * Math.max(1, batches);
}

/** Trains on the slice; output: the weights. */
export const trainSliceJob: JobDefinition = {
  run: (input) => {
    const { model, weights, examples, order, batch, rate } = input as TrainSliceInput;
    makeModel(model, examples.inputs, examples.classes).train(weights, examples, {
      order,
      batch,
      rate,
    });
    return weights;
  },
  costNs: (input) => {
    const { exampleNs, order } = input as TrainSliceInput;
    return Math.floor(exampleNs * order.length);
  },
  transfer: {
    input: (input) => {
      const { weights, order } = input as TrainSliceInput;
      return [weights.buffer, order.buffer];
    },
    output: (output) => [(output as Float32Array<ArrayBuffer>).buffer],
  },
};
