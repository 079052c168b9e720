/**
 * The job that measures how well a model classifies a test set.
 *
 * @module
 */
import type { JobDefinition } from '../../../engine/host/compute.ts';
import { type Examples, type ModelName, makeModel } from './model.ts';

/** A model with its weights, and the examples on which it is tested. */
export interface EvaluateModelInput {
  readonly model: ModelName;
  readonly weights: Float32Array;
  readonly examples: Examples;
}

/** Output: the share of examples that are classified rightly. */
export const evaluateModelJob: JobDefinition = {
  run: (input) => {
    const { model, weights, examples } = input as EvaluateModelInput;
    return makeModel(model, examples.inputs, examples.classes).accuracy(weights, examples);
  },
};
