/**
 * Makes examples from rows of numbers, such as Fisher's irises, and from pictures.
 *
 * @module
 */
import type { Examples } from './model.ts';

/** Largest number of classes: labels are bytes. */
const CLASSES_MAX = 256;
const BYTE_MAX = 255;

/**
 * Examples from rows of equal length and the name of the class of each; classes are numbered in the
 * order of their names.
 * @returns undefined if lengths differ or there are more than 256 classes.
 */
export function examplesOfRows(
  rows: readonly (readonly number[])[],
  names: readonly string[],
): (Examples & { readonly classNames: readonly string[] }) | undefined {
  const inputs = rows[0]?.length ?? 0;
  const classNames = [...new Set(names)].sort();
  if (rows.length !== names.length || classNames.length > CLASSES_MAX) return undefined;
  if (rows.some((row) => row.length !== inputs)) return undefined;
  return {
    features: Float32Array.from(rows.flat()),
    labels: Uint8Array.from(names, (name) => classNames.indexOf(name)),
    inputs,
    classes: classNames.length,
    count: rows.length,
    classNames,
  };
}

/**
 * Pictures of bytes, scaled to 0 to 1.
 * @param pixels One picture after the other.
 * @returns undefined if there are not as many pictures as labels, or if a label is not a class.
 */
export function examplesOfPictures(
  pixels: Uint8Array,
  labels: Uint8Array,
  classes: number,
): Examples | undefined {
  const inputs = pixels.length / labels.length;
  if (!Number.isInteger(inputs) || labels.some((label) => label >= classes)) return undefined;
  const features = Float32Array.from(pixels, (pixel) => pixel / BYTE_MAX);
  return { features, labels, inputs, classes, count: labels.length };
}

/** Mean and standard deviation of each input. */
export interface InputScaling {
  readonly means: Float64Array;
  readonly deviations: Float64Array;
}

/**
 * Computes the scaling by which each input of these examples gets mean 0 and standard deviation 1.
 */
export function computeInputScaling({ features, inputs, count }: Examples): InputScaling {
  const means = new Float64Array(inputs);
  const deviations = new Float64Array(inputs);
  for (let input = 0; input < inputs; input += 1) {
    let sum = 0;
    for (let at = input; at < features.length; at += inputs) sum += features[at] as number;
    const mean = sum / count;
    let square = 0;
    for (let at = input; at < features.length; at += inputs) {
      square += ((features[at] as number) - mean) * ((features[at] as number) - mean);
    }
    means[input] = mean;
    // An input that is the same in all examples becomes 0.
    deviations[input] = Math.sqrt(square / count) || 1;
  }
  return { means, deviations };
}

/** Scales examples; test examples are scaled with the scaling of the training examples. */
export function scaleExamples(examples: Examples, { means, deviations }: InputScaling): Examples {
  const { inputs } = examples;
  const features = Float32Array.from(examples.features, (value, at) => {
    const input = at % inputs;
    return (value - (means[input] as number)) / (deviations[input] as number);
  });
  return { ...examples, features };
}
