/**
 * Federated learning: a client's examples and its training, which runs in slices, as one job after
 * the other.
 *
 * @module
 */
import type { Host } from '../../engine/host/host.ts';
import type { Random } from '../../engine/host/random.ts';
import type { FederatedOptions } from './config.ts';
import { drawExampleTimeNs } from './device/availability.ts';
import type { RoundWork } from './device/limits.ts';
import {
  clientExamples,
  countParameters,
  modelOfFederation,
  type NodeDataSource,
} from './learn/data.ts';
import type { DrawRandomUpdateInput } from './learn/draw-job.ts';
import type { Examples, Model } from './learn/model.ts';
import { labelCounts } from './learn/split.ts';
import { type TrainSliceInput, trainingSliceLength } from './learn/train-job.ts';
import { drawNoiseUpdate, flipLabels, signFlippedUpdate } from './robust/attacks.ts';

/** Length of the key from which a random update is drawn, bytes. */
const KEY_BYTES = 32;

/** A client's examples, and its training in jobs, one after the other. */
export class ClientTrainer {
  readonly #host: Host;
  readonly #options: FederatedOptions;
  /** Undefined if the federation draws random numbers instead of learning. */
  readonly #model: Model | undefined;
  readonly #examples: Examples;
  readonly #shuffle: Random;
  /** Time to learn from one example, ns. */
  readonly exampleNs: number;

  /** @param source What the data of the federation is made from. */
  constructor(host: Host, source: NodeDataSource) {
    const { options } = source;
    this.#host = host;
    this.#options = options;
    this.#model = modelOfFederation(options);
    this.#examples = shown(clientExamples(source, host.name), lieOf(options, host.name));
    this.#shuffle = host.random('federated.shuffle');
    this.exampleNs = exampleTime(options, host);
  }

  /** Number of examples that this client has. */
  get count(): number {
    return this.#examples.count;
  }

  /** Number of examples of each class. */
  get labels(): readonly number[] {
    const { labels, classes, count } = this.#examples;
    const all = Array.from({ length: count }, (_, at) => at);
    return [...labelCounts(labels, all, classes)];
  }

  /**
   * The work of one round for the device: training on its examples, and sending and receiving `bytes`
   * bytes.
   */
  workOf(bytes: number): RoundWork {
    const { count: examples, inputs } = this.#examples;
    const isLearning = this.#model !== undefined;
    return {
      ...{ parameters: this.parameters, bytes, inputs },
      examples: isLearning ? examples : 0,
      epochs: this.#options.learn.epochs,
    };
  }

  get parameters(): number {
    return countParameters(this.#options);
  }

  /**
   * Learns from all examples, starting at `model`.
   * @param done Called with the difference from `model`.
   * @param began Called before each slice with the number of its examples.
   * @returns a function that ends the training; `done` is then not called.
   */
  learn(
    model: Float32Array,
    done: (update: Float32Array<ArrayBuffer>) => void,
    began: (examples: number) => void,
  ): () => void {
    if (this.#model === undefined) return this.#draw(done);
    const slices = this.#slices(this.#model.parameters);
    let isOver = false;
    const next = (weights: Float32Array<ArrayBuffer>): void => {
      const order = slices.shift();
      if (order === undefined) {
        for (let at = 0; at < weights.length; at += 1) {
          weights[at] = (weights[at] as number) - (model[at] as number);
        }
        done(this.#told(weights));
        return;
      }
      began(order.length);
      this.#host.compute('train', this.#input(weights, order), (result) => {
        if (isOver) return;
        if (result.kind === 'failed') throw new Error(`training failed: ${result.message}`);
        next(result.output as Float32Array<ArrayBuffer>);
      });
    };
    next(model.slice() as Float32Array<ArrayBuffer>);
    return (): void => {
      isOver = true;
    };
  }

  /** Passes on the update that the client sends; a client that lies changes it first. */
  #told(update: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
    const lie = lieOf(this.#options, this.#host.name);
    if (lie === undefined || lie.kind === 'labels') return update;
    const random = this.#host.random('federated.attack');
    const told =
      lie.kind === 'sign-flip'
        ? signFlippedUpdate(update, lie.factor)
        : drawNoiseUpdate(update.length, lie.factor, random);
    return Float32Array.from(told);
  }

  /** Draws random numbers as an update, for a federation that learns nothing. */
  #draw(done: (update: Float32Array<ArrayBuffer>) => void): () => void {
    const key = this.#host.randomBytes(KEY_BYTES) as Uint8Array<ArrayBuffer>;
    const input: DrawRandomUpdateInput = { size: this.parameters, key };
    const job = this.#host.compute('draw', input, (result) => {
      if (result.kind === 'failed') throw new Error(`drawing failed: ${result.message}`);
      done(result.output as Float32Array<ArrayBuffer>);
    });
    return (): void => job.cancel();
  }

  /** The order of all epochs, in parts that one job can train. */
  #slices(parameters: number): Uint32Array<ArrayBuffer>[] {
    const { epochs, batch } = this.#options.learn;
    const length = trainingSliceLength(parameters, batch);
    const slices: Uint32Array<ArrayBuffer>[] = [];
    for (let epoch = 0; epoch < epochs; epoch += 1) {
      const order = Array.from({ length: this.#examples.count }, (_, example) => example);
      this.#shuffle.shuffle(order);
      for (let at = 0; at < order.length; at += length) {
        slices.push(Uint32Array.from(order.slice(at, at + length)));
      }
    }
    return slices;
  }

  #input(weights: Float32Array<ArrayBuffer>, order: Uint32Array<ArrayBuffer>): TrainSliceInput {
    const { batch, rate } = this.#options.learn;
    const { model } = this.#options;
    if (typeof model === 'object') throw new Error('numbers that are drawn are not trained');
    return {
      model,
      weights,
      examples: this.#examples,
      order,
      batch,
      rate,
      exampleNs: this.exampleNs,
    };
  }
}

/** How a client lies; undefined if it does not. */
function lieOf({ lie }: FederatedOptions, name: string): FederatedOptions['lie'] {
  return lie?.clients === undefined || lie.clients.includes(name) ? lie : undefined;
}

/** Returns the examples with the labels that a liar gives them. */
function shown(examples: Examples, lie: FederatedOptions['lie']): Examples {
  if (lie?.kind !== 'labels') return examples;
  return { ...examples, labels: flipLabels(examples.labels, examples.classes) };
}

/** Time per example on this client, ns, log-normal among clients; 0 if training takes no time. */
function exampleTime({ device }: FederatedOptions, host: Host): number {
  const { perExample: medianNs = 0, spread = 0 } = device ?? {};
  return drawExampleTimeNs({ medianNs, spread }, host.random('federated.speed'));
}
