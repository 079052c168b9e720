/**
 * The jobs of membership inference: one for each shadow model that an attacker trains, and one that
 * computes the scores.
 *
 * @module
 */
import type { JobDefinition } from '../../../engine/host/compute.ts';
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import {
  bestThresholdAdvantage,
  likelihoodRatioScore,
  logitConfidence,
  meanMemberScoreThreshold,
  membershipAdvantage,
} from '../learn/membership.ts';
import { type Examples, type ModelName, makeModel } from '../learn/model.ts';
import { makeSharedDraws } from '../learn/seeded.ts';

/** What a shadow model, a model that the attacker trains for comparison, is made from. */
export interface TrainShadowModelInput {
  readonly model: ModelName;
  /** Weights with which every model of the federation starts. */
  readonly first: Float32Array;
  /** The examples of all clients, followed by examples from which no client learned. */
  readonly examples: Examples;
  /** Random bytes from which all draws come; different for each shadow model. */
  readonly key: Uint8Array;
  readonly epochs: number;
  readonly batch: number;
  readonly rate: number;
}

/** A trained shadow model: from which examples it learned, and its confidence in all examples. */
export interface ShadowModel {
  /** For each example, 1 if the model learned from it, else 0; it learned from half of them. */
  readonly inside: Uint8Array;
  /** Confidence in each example (`confidence` of learn/membership.ts). */
  readonly confidences: Float64Array;
}

/** The models and examples that a membership attack compares. */
export interface MembershipAttackInput {
  readonly model: ModelName;
  /** Weights of the federation's last model, which is attacked. */
  readonly weights: Float32Array;
  /** Examples; the clients learned from the first `members` of them. */
  readonly examples: Examples;
  readonly members: number;
  readonly shadows: readonly ShadowModel[];
}

/**
 * Advantage of each attack, -1 to 1: the share of members that are guessed to be members, minus
 * that share of non-members.
 */
export interface MembershipAdvantages {
  /** The attack that guesses from the loss, with the mean loss of members as threshold (Yeom et al. 2018). */
  readonly mean: number;
  /** The attack that guesses from the loss, with the best of all thresholds. */
  readonly threshold: number;
  /**
   * The attack that guesses from the likelihood ratio, with the best of all thresholds (Carlini et
   * al. 2022); absent with too few shadow models.
   */
  readonly likelihood?: number;
}

/**
 * A likelihood needs at least this number of shadow models that learned from the example, and as
 * many that did not.
 */
const SHADOWS_MIN = 2;

/** Trains one shadow model on a random half of the examples. */
export const trainShadowModelJob: JobDefinition = {
  run: (input, crypto) => shadow(input as TrainShadowModelInput, crypto),
};

/** Scores the attacks on all examples. */
export const membershipAttackJob: JobDefinition = {
  run: (input) => membership(input as MembershipAttackInput),
};

function shadow(input: TrainShadowModelInput, crypto: Pick<CryptoProvider, 'sha256'>): ShadowModel {
  const { examples, first, key, epochs, batch, rate } = input;
  const model = makeModel(input.model, examples.inputs, examples.classes);
  const draws = makeSharedDraws(crypto, key, 'shadow');
  const all = Array.from({ length: examples.count }, (_, example) => example);
  draws.shuffle(all);
  const half = all.slice(0, Math.floor(examples.count / 2));
  const inside = new Uint8Array(examples.count);
  for (const example of half) inside[example] = 1;
  const weights = first.slice();
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    draws.shuffle(half);
    model.train(weights, examples, { order: Uint32Array.from(half), batch, rate });
  }
  const confidences = Float64Array.from({ length: examples.count }, (_, example) =>
    logitConfidence(model.loss(weights, examples, example)),
  );
  return { inside, confidences };
}

function membership(input: MembershipAttackInput): MembershipAdvantages {
  const { examples, members, weights, shadows } = input;
  const model = makeModel(input.model, examples.inputs, examples.classes);
  const losses = Float64Array.from({ length: examples.count }, (_, example) =>
    model.loss(weights, examples, example),
  );
  const scores = { members: losses.subarray(0, members), others: losses.subarray(members) };
  const found = {
    mean: membershipAdvantage(scores, meanMemberScoreThreshold(scores)),
    threshold: bestThresholdAdvantage(scores),
  };
  const likelihoods = Array.from(losses, (loss, example) => likelihood(shadows, example, loss));
  const known = (from: number, to: number): readonly number[] =>
    likelihoods.slice(from, to).filter((score) => score !== undefined);
  const compared = { members: known(0, members), others: known(members, examples.count) };
  if (compared.members.length === 0 || compared.others.length === 0) return found;
  return { ...found, likelihood: bestThresholdAdvantage(compared) };
}

/**
 * Likelihood score of an example; undefined if too few shadow models learned from it, or too few
 * did not.
 */
function likelihood(
  shadows: readonly ShadowModel[],
  example: number,
  loss: number,
): number | undefined {
  const of = (side: number): readonly number[] =>
    shadows
      .filter(({ inside }) => inside[example] === side)
      .map(({ confidences }) => confidences[example] as number);
  const [inside, outside] = [of(1), of(0)];
  if (inside.length < SHADOWS_MIN || outside.length < SHADOWS_MIN) return undefined;
  return likelihoodRatioScore({ inside, outside, observed: logitConfidence(loss) });
}
