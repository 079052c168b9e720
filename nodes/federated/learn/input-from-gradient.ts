/**
 * Computes the input of one example from its gradient in closed form: in a dense layer, the
 * gradient with respect to the weights is the input times the gradient with respect to the biases
 * (Phong et al. 2018; Geiping et al. 2020, section 3.1). The update of several examples has no such
 * solution.
 *
 * @module
 */

/** Bias gradients of smaller magnitude are treated as rounding errors. */
const BIAS_MIN = 1e-9;

/**
 * Computes the input of the first layer from its gradient, which has [input][output] weights and
 * then biases.
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
