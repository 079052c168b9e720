/**
 * Synthetic(alpha, beta): examples whose classes follow a linear law that differs between clients by
 * alpha, with inputs that differ by beta (Li et al. 2020, "Federated optimization in heterogeneous
 * networks", section 5.1; the reference takes alpha and beta as standard deviations).
 *
 * ```
 * W, b of a client ~ N(u, 1), u ~ N(0, alpha); centre of its inputs v ~ N(B, 1), B ~ N(0, beta)
 * input j ~ N(v_j, j^-1.2), class = argmax(W x + b)
 * ```
 *
 * With `iid`, all clients have the same W and b and inputs around 0, as in the third data set of the
 * reference.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import { exp, log } from '../../../engine/pure/log-exp.ts';
import type { Examples } from './model.ts';
import { makeSharedDraws, type SharedDraws } from './seeded.ts';

/** Number of features of the synthetic data. */
export const SYNTHETIC_INPUT_COUNT = 60;
/** Number of classes of the synthetic data. */
export const SYNTHETIC_CLASS_COUNT = 10;
/** Input j, counted from 1, has variance j to the power of minus this. */
const VARIANCE_POWER = 1.2;

/** How much the synthetic data differ between clients. */
export type SyntheticHeterogeneity = 'iid' | { readonly alpha: number; readonly beta: number };

/** The seed of synthetic data, and the cryptography that expands it. */
export interface SyntheticDataSeed {
  readonly crypto: Pick<CryptoProvider, 'sha256'>;
  /** The seed of all draws: the same for all nodes of a federation. */
  readonly seed: Uint8Array;
}

/** The examples of one client; the same in whichever process they are made. */
export function syntheticExamples(
  source: SyntheticDataSeed,
  law: SyntheticHeterogeneity,
  client: string,
  count: number,
): Examples {
  const examples = emptyExamples(count);
  const draws = makeSharedDraws(source.crypto, source.seed, `examples of ${client}`);
  fill(examples, { draws, law: lawOf(source, law, client) }, 0, count);
  return examples;
}

/** Makes test examples that no client has, equally many from the distribution of each client. */
export function syntheticTestExamples(
  source: SyntheticDataSeed,
  law: SyntheticHeterogeneity,
  clients: readonly string[],
  count: number,
): Examples {
  const examples = emptyExamples(count);
  for (const [place, client] of clients.entries()) {
    const draws = makeSharedDraws(source.crypto, source.seed, `test of ${client}`);
    const from = Math.floor((place * count) / clients.length);
    const to = Math.floor(((place + 1) * count) / clients.length);
    fill(examples, { draws, law: lawOf(source, law, client) }, from, to);
  }
  return examples;
}

/** The linear law that gives a client's examples their classes, and the means of its inputs. */
interface ClientLaw {
  /** Weights [class][input], then a bias for each class. */
  readonly weights: Float64Array;
  /** Means of the inputs. */
  readonly centre: Float64Array;
}

function lawOf(
  { crypto, seed }: SyntheticDataSeed,
  law: SyntheticHeterogeneity,
  client: string,
): ClientLaw {
  const name = law === 'iid' ? 'law of all' : `law of ${client}`;
  const draws = makeSharedDraws(crypto, seed, name);
  const mean = law === 'iid' ? 0 : law.alpha * draws.normal();
  const count = SYNTHETIC_CLASS_COUNT * (SYNTHETIC_INPUT_COUNT + 1);
  const weights = Float64Array.from({ length: count }, () => mean + draws.normal());
  if (law === 'iid') return { weights, centre: new Float64Array(SYNTHETIC_INPUT_COUNT) };
  const middle = law.beta * draws.normal();
  const centre = Float64Array.from(
    { length: SYNTHETIC_INPUT_COUNT },
    () => middle + draws.normal(),
  );
  return { weights, centre };
}

function emptyExamples(count: number): Examples & { readonly features: Float32Array } {
  return {
    features: new Float32Array(count * SYNTHETIC_INPUT_COUNT),
    labels: new Uint8Array(count),
    inputs: SYNTHETIC_INPUT_COUNT,
    classes: SYNTHETIC_CLASS_COUNT,
    count,
  };
}

/** Draws examples `from` to `to` of a law. */
function fill(
  examples: Examples,
  { draws, law }: { readonly draws: SharedDraws; readonly law: ClientLaw },
  from: number,
  to: number,
): void {
  for (let example = from; example < to; example += 1) {
    for (let input = 0; input < SYNTHETIC_INPUT_COUNT; input += 1) {
      const deviation = (DEVIATIONS[input] as number) * draws.normal();
      examples.features[example * SYNTHETIC_INPUT_COUNT + input] =
        (law.centre[input] as number) + deviation;
    }
    examples.labels[example] = classOf(law.weights, examples, example);
  }
}

/** Standard deviations of the inputs: j^-0.6, j from 1. */
const DEVIATIONS: Float64Array = Float64Array.from({ length: SYNTHETIC_INPUT_COUNT }, (_, input) =>
  exp((-VARIANCE_POWER / 2) * log(input + 1)),
);

function classOf(weights: Float64Array, { features }: Examples, example: number): number {
  let best = 0;
  let most = Number.NEGATIVE_INFINITY;
  for (let label = 0; label < SYNTHETIC_CLASS_COUNT; label += 1) {
    let value = weights[SYNTHETIC_CLASS_COUNT * SYNTHETIC_INPUT_COUNT + label] as number;
    for (let input = 0; input < SYNTHETIC_INPUT_COUNT; input += 1) {
      const feature = features[example * SYNTHETIC_INPUT_COUNT + input] as number;
      value += (weights[label * SYNTHETIC_INPUT_COUNT + input] as number) * feature;
    }
    if (value > most) {
      most = value;
      best = label;
    }
  }
  return best;
}
