/**
 * The input behind the update of one example, in closed form: the gradient by the weights of a
 * dense layer is the input times the gradient by its bias (Phong et al. 2018; Geiping et al. 2020,
 * section 3.1). The update of several examples has no such solution.
 *
 * @module
 */

/** Smaller gradients are rounding errors. */
const BIAS_MIN = 1e-9;

/**
 * The input that the first layer saw, from a gradient with [input][output] weights and then biases.
 * @param layer Width of the input, and outputs of the first layer.
 * @returns undefined if no bias has a gradient.
 */
export function inputFromFirstLayerGradient(
  gradient: ArrayLike<number>,
  layer: { readonly inputs: number; readonly outputs: number },
): Float64Array | undefined {
  const { inputs, outputs } = layer;
  const biasAt = inputs * outputs;
  const bias = (output: number): number => gradient[biasAt + output] as number;
  let best = 0;
  for (let output = 1; output < outputs; output += 1) {
    if (Math.abs(bias(output)) > Math.abs(bias(best))) best = output;
  }
  if (!(Math.abs(bias(best)) > BIAS_MIN)) return undefined;
  return Float64Array.from(
    { length: inputs },
    (_, input) => (gradient[input * outputs + best] as number) / bias(best),
  );
}
