/**
 * Classifiers with a softmax at the end: dense layers with rectifiers between, cross-entropy as
 * loss. Softmax regression is such a classifier without a hidden layer.
 *
 * The weights of a layer are stored as [input][output], followed by its biases; layers follow each other.
 * Sums are computed in this order, with only + - * / and our own exp and log, so that all machines compute
 * the same bits.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import { exp, log } from '../../../engine/pure/log-exp.ts';
import { normalQuantile } from '../../../engine/pure/normal-quantile.ts';

/** Labelled examples; example i has the features from i * inputs on. */
export interface Examples {
  readonly features: Float32Array | Float64Array;
  /** Classes from 0. */
  readonly labels: Uint8Array;
  readonly inputs: number;
  readonly classes: number;
  readonly count: number;
}

/** Joins the examples of several sets, one after the other. */
export function joinExamples(sets: readonly Examples[]): Examples {
  const count = sets.reduce((sum, set) => sum + set.count, 0);
  const { inputs = 0, classes = 0 } = sets[0] ?? {};
  const features = new Float32Array(count * inputs);
  const labels = new Uint8Array(count);
  let at = 0;
  for (const set of sets) {
    features.set(set.features, at * inputs);
    labels.set(set.labels, at);
    at += set.count;
  }
  return { features, labels, inputs, classes, count };
}

/** Weights of a model. */
export type Weights = Float32Array | Float64Array;

/** The order of examples, batch size and learning rate of a training pass. */
export interface TrainingPass {
  /** Examples in the order in which they are used. */
  readonly order: Uint32Array;
  readonly batch: number;
  readonly rate: number;
}

/** One dense layer. */
interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  /** Index of the layer's first weight among all weights; `biasAt`: that of its first bias. */
  readonly at: number;
  readonly biasAt: number;
}

/** Names of models, with the sizes of their hidden layers. */
const HIDDEN = { softmax: [], 'mlp-32': [32], '2nn': [200, 200] } as const;

/** Name of a model that {@link makeModel} can make. */
export type ModelName = keyof typeof HIDDEN;

/** The model with that name for data of this shape. */
export function makeModel(name: ModelName, inputs: number, classes: number): Model {
  return new Model([inputs, ...HIDDEN[name], classes]);
}

/**
 * A classifier of dense layers with a softmax at the end. Has buffers for one example; callers keep
 * the weights.
 */
export class Model {
  /** Number of weights. */
  readonly parameters: number;
  readonly #layers: readonly Layer[];
  /**
   * Outputs of each layer for one example (`#outputs`), and the derivatives of the loss with respect to them
   * (`#slopes`).
   */
  readonly #outputs: readonly Float64Array[];
  readonly #slopes: readonly Float64Array[];

  /** @param sizes Inputs, hidden layers, classes. */
  constructor(sizes: readonly number[]) {
    let at = 0;
    this.#layers = sizes.slice(1).map((outputs, index) => {
      const inputs = sizes[index] as number;
      const biasAt = at + inputs * outputs;
      const layer = { inputs, outputs, at, biasAt };
      at = biasAt + outputs;
      return layer;
    });
    this.parameters = at;
    this.#outputs = this.#layers.map(({ outputs }) => new Float64Array(outputs));
    this.#slopes = this.#layers.map(({ outputs }) => new Float64Array(outputs));
  }

  /** Numbers of inputs and outputs of the first layer. */
  get firstLayer(): { readonly inputs: number; readonly outputs: number } {
    return this.#layers[0] as Layer;
  }

  /**
   * First weights: zero without a hidden layer, else normal with variance 2 / inputs (He et al. 2015,
   * equation 10), biases zero.
   */
  initial(random: Random): Float32Array<ArrayBuffer> {
    const weights = new Float32Array(this.parameters);
    if (this.#layers.length === 1) return weights;
    for (const { inputs, outputs, at } of this.#layers) {
      const deviation = Math.sqrt(2 / inputs);
      for (let index = 0; index < inputs * outputs; index += 1) {
        weights[at + index] = deviation * normalQuantile((random.u32() + 0.5) / 2 ** 32);
      }
    }
    return weights;
  }

  /** Stochastic gradient descent over `order`, batch by batch; changes the weights. */
  train(weights: Weights, examples: Examples, { order, batch, rate }: TrainingPass): void {
    const gradient = new Float64Array(this.parameters);
    for (let start = 0; start < order.length; start += batch) {
      const part = order.subarray(start, start + batch);
      // biome-ignore lint/plugin: the sum of the next batch starts at 0; no secret.
      gradient.fill(0);
      for (const example of part) this.#addGradient(weights, examples, example, gradient);
      const step = rate / part.length;
      for (let at = 0; at < weights.length; at += 1) {
        weights[at] = (weights[at] as number) - step * (gradient[at] as number);
      }
    }
  }

  /** Adds the gradient of one example to `gradient`. @returns its loss. */
  addGradient(
    weights: Weights,
    examples: Examples,
    example: number,
    gradient: Float64Array,
  ): number {
    return this.#addGradient(weights, examples, example, gradient);
  }

  /** Cross-entropy of one example, nats. */
  loss(weights: Weights, examples: Examples, example: number): number {
    const last = this.#forward(weights, examples, example);
    return -log(Math.max(Number.MIN_VALUE, last[examples.labels[example] as number] as number));
  }

  /**
   * Share of the examples whose most likely class by the model is the right one; of equally likely classes
   * the lower counts.
   */
  accuracy(weights: Weights, examples: Examples): number {
    let right = 0;
    for (let example = 0; example < examples.count; example += 1) {
      const last = this.#forward(weights, examples, example);
      let best = 0;
      for (let label = 1; label < last.length; label += 1) {
        if ((last[label] as number) > (last[best] as number)) best = label;
      }
      if (best === examples.labels[example]) right += 1;
    }
    return right / examples.count;
  }

  // hot: once per example and epoch; 2.6 ns of CPU for each weight, including one tenth of a batch's step.
  #addGradient(
    weights: Weights,
    examples: Examples,
    example: number,
    gradient: Float64Array,
  ): number {
    const last = this.#forward(weights, examples, example);
    const label = examples.labels[example] as number;
    const top = this.#slopes.at(-1) as Float64Array;
    for (let at = 0; at < last.length; at += 1)
      top[at] = (last[at] as number) - (at === label ? 1 : 0);
    for (let depth = this.#layers.length - 1; depth >= 0; depth -= 1) {
      this.#backward(weights, examples, example, { depth, gradient });
    }
    return -log(Math.max(Number.MIN_VALUE, last[label] as number));
  }

  /** Outputs of all layers; those of the last are probabilities. */
  #forward(weights: Weights, { features, inputs }: Examples, example: number): Float64Array {
    let from: Float32Array | Float64Array = features;
    let start = example * inputs;
    for (const [depth, layer] of this.#layers.entries()) {
      const out = this.#outputs[depth] as Float64Array;
      dense(layer, weights, { from, start }, out);
      const isLast = depth === this.#layers.length - 1;
      if (isLast) softmax(out);
      else rectify(out);
      from = out;
      start = 0;
    }
    return from as Float64Array;
  }

  #backward(
    weights: Weights,
    { features, inputs: width }: Examples,
    example: number,
    { depth, gradient }: { readonly depth: number; readonly gradient: Float64Array },
  ): void {
    const layer = this.#layers[depth] as Layer;
    const slope = this.#slopes[depth] as Float64Array;
    const isFirst = depth === 0;
    const from = isFirst ? features : (this.#outputs[depth - 1] as Float64Array);
    addSlopes(layer, { from, start: isFirst ? example * width : 0 }, slope, gradient);
    if (!isFirst)
      passOn(layer, weights, slope, {
        outputs: from,
        slopes: this.#slopes[depth - 1] as Float64Array,
      });
  }
}

/** An array, and the index at which the inputs of a layer begin in it. */
interface LayerInput {
  readonly from: Float32Array | Float64Array;
  readonly start: number;
}

// hot: once per example and layer.
/** Adds the gradient of a layer. */
function addSlopes(
  { inputs, outputs, at, biasAt }: Layer,
  { from, start }: LayerInput,
  slope: Float64Array,
  gradient: Float64Array,
): void {
  for (let input = 0; input < inputs; input += 1) {
    const value = from[start + input] as number;
    if (value === 0) continue;
    const row = at + input * outputs;
    for (let output = 0; output < outputs; output += 1) {
      gradient[row + output] =
        (gradient[row + output] as number) + value * (slope[output] as number);
    }
  }
  for (let output = 0; output < outputs; output += 1) {
    gradient[biasAt + output] = (gradient[biasAt + output] as number) + (slope[output] as number);
  }
}

// hot: once per example and hidden layer.
/**
 * The derivative of the loss with respect to the outputs of the layer below; 0 where the rectifier cut an
 * output to 0.
 */
function passOn(
  { inputs, outputs, at }: Layer,
  weights: Weights,
  slope: Float64Array,
  below: { readonly outputs: Float32Array | Float64Array; readonly slopes: Float64Array },
): void {
  for (let input = 0; input < inputs; input += 1) {
    let sum = 0;
    const row = at + input * outputs;
    for (let output = 0; output < outputs; output += 1) {
      sum += (weights[row + output] as number) * (slope[output] as number);
    }
    below.slopes[input] = (below.outputs[input] as number) > 0 ? sum : 0;
  }
}

// hot: once per example and layer.
function dense(
  { inputs, outputs, at, biasAt }: Layer,
  weights: Weights,
  { from, start }: LayerInput,
  out: Float64Array,
): void {
  for (let output = 0; output < outputs; output += 1)
    out[output] = weights[biasAt + output] as number;
  for (let input = 0; input < inputs; input += 1) {
    const value = from[start + input] as number;
    if (value === 0) continue;
    const row = at + input * outputs;
    for (let output = 0; output < outputs; output += 1) {
      out[output] = (out[output] as number) + value * (weights[row + output] as number);
    }
  }
}

function rectify(values: Float64Array): void {
  for (let at = 0; at < values.length; at += 1) {
    if ((values[at] as number) < 0) values[at] = 0;
  }
}

/** exp of smaller exponents is taken as 0: it would change no sum. */
const EXPONENT_MIN = -699;

/**
 * Turns values into probabilities, in place; the largest is subtracted first, so that nothing overflows. If a
 * value is not a number, after an attack or with too large a learning rate, all classes become equally
 * likely.
 */
function softmax(values: Float64Array): void {
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of values) if (value > largest) largest = value;
  let sum = 0;
  for (let at = 0; at < values.length; at += 1) {
    const below = (values[at] as number) - largest;
    const power = below > EXPONENT_MIN ? exp(below) : 0;
    values[at] = power;
    sum += power;
  }
  for (let at = 0; at < values.length; at += 1) {
    values[at] = sum > 0 ? (values[at] as number) / sum : 1 / values.length;
  }
}
