/**
 * Membership inference as jobs: one for each model that an attacker trains, one for the scores.
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

/** What a shadow model, one that the attacker trains, is made from. */
export interface TrainShadowModelInput {
  readonly model: ModelName;
  /** Weights that every model of the federation starts from. */
  readonly first: Float32Array;
  /** Examples of clients, and examples that no client learned from. */
  readonly examples: Examples;
  /** Random bytes that draws come from; others for each model. */
  readonly key: Uint8Array;
  readonly epochs: number;
  readonly batch: number;
  readonly rate: number;
}

/** What a shadow model learned from, and its confidence in all examples. */
export interface ShadowModel {
  /** By example: 1 if the model learned from it, as from half of them. */
  readonly inside: Uint8Array;
  /** Confidence in each example (`confidence` of learn/membership.ts). */
  readonly confidences: Float64Array;
}

/** The models and examples that a membership attack compares. */
export interface MembershipAttackInput {
  readonly model: ModelName;
  /** Weights of the federation's model. */
  readonly weights: Float32Array;
  /** Examples, of which the first `members` were learned from. */
  readonly examples: Examples;
  readonly members: number;
  readonly shadows: readonly ShadowModel[];
}

/** Advantages of attacks, -1 to 1: the share of members taken for members, less that of others. */
export interface MembershipAdvantages {
  /** With the mean loss of the members as threshold (Yeom et al. 2018). */
  readonly mean: number;
  /** With the best threshold of the loss. */
  readonly threshold: number;
  /**
   * With the best threshold of the likelihood (Carlini et al. 2022); absent with too few shadow
   * models.
   */
  readonly likelihood?: number;
}

/** Fewest shadow models that learned from an example, and fewest that did not, for a likelihood. */
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

/** Score of an example; undefined if too few models learned from it, or too few did not. */
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
