/**
 * Guesses from a model whether it has learned from an example: by a threshold of the example's loss (Yeom,
 * Giacomelli, Fredrikson, Jha 2018), or by how likely the model's confidence is among shadow models that
 * learned from the example and among those that did not (Carlini et al. 2022, "Membership inference attacks
 * from first principles").
 *
 * @module
 */
import { exp, log } from '../../../engine/pure/log-exp.ts';

/** Scores of examples; the lower a score, the likelier the model learned from the example. */
export interface MembershipScores {
  readonly members: ArrayLike<number>;
  readonly others: ArrayLike<number>;
}

/**
 * The advantage of a threshold, -1 to 1: the share of members with scores at or below it, minus that share
 * of the others.
 */
export function membershipAdvantage(
  { members, others }: MembershipScores,
  threshold: number,
): number {
  return shareBelow(members, threshold) - shareBelow(others, threshold);
}

/** The threshold of Yeom's attack: the mean score of the members. */
export function meanMemberScoreThreshold({ members }: MembershipScores): number {
  let sum = 0;
  for (let at = 0; at < members.length; at += 1) sum += members[at] as number;
  return sum / members.length;
}

/** The largest advantage of any threshold, at least 0: that of an attacker who knows the best threshold. */
export function bestThresholdAdvantage(scores: MembershipScores): number {
  const { members, others } = scores;
  const all = [
    ...Array.from(members, (score) => ({ score, step: 1 / members.length })),
    ...Array.from(others, (score) => ({ score, step: -1 / others.length })),
  ].sort((a, b) => a.score - b.score);
  let advantage = 0;
  let best = 0;
  for (const [at, { score, step }] of all.entries()) {
    advantage += step;
    // No threshold separates equal scores.
    if (all[at + 1]?.score !== score) best = Math.max(best, advantage);
  }
  return best;
}

/**
 * The largest advantage that (epsilon, delta) leaves to any attack:
 * (e^epsilon - 1 + 2 delta) / (e^epsilon + 1) (Kairouz, Oh, Viswanath 2015; Humphries et al. 2020).
 */
export function membershipAdvantageBound({ epsilon, delta }: PrivacyGuarantee): number {
  // Numerator and denominator are divided by e^epsilon, which could overflow.
  const inverse = epsilon > EXPONENT_MAX ? 0 : exp(-epsilon);
  return Math.min(1, (1 - inverse + 2 * delta * inverse) / (1 + inverse));
}

/** A guarantee of differential privacy for a single example or client. */
export interface PrivacyGuarantee {
  readonly epsilon: number;
  readonly delta: number;
}

const EXPONENT_MAX = 699;
/** Smaller losses are raised to this, since a confidence of 1 has an infinite logit. */
const LOSS_MIN = 1e-12;
/** Smaller standard deviations are raised to this: they come from too few models. */
const DEVIATION_MIN = 1e-3;

/** The logit of the probability that a model gave the right class, from its loss in nats. */
export function logitConfidence(loss: number): number {
  const bounded = Math.max(LOSS_MIN, Math.min(EXPONENT_MAX, loss));
  return -bounded - log(1 - exp(-bounded));
}

/** The confidences of the shadow models and of the attacked model in one example. */
export interface ShadowConfidences {
  /** {@link logitConfidence} of shadow models that learned from the example; at least two. */
  readonly inside: readonly number[];
  /** {@link logitConfidence} of shadow models that did not learn from the example. */
  readonly outside: readonly number[];
  /** {@link logitConfidence} of the model under attack. */
  readonly observed: number;
}

/**
 * Score of an example: log likelihood of the attacked model's confidence among shadow models that did not
 * learn from it, minus that among those that did; both distributions are taken as normal. Below 0, the
 * model probably learned from it.
 */
export function likelihoodRatioScore({ inside, outside, observed }: ShadowConfidences): number {
  return logDensity(outside, observed) - logDensity(inside, observed);
}

function logDensity(values: readonly number[], at: number): number {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let square = 0;
  for (const value of values) square += (value - mean) * (value - mean);
  const deviation = Math.max(DEVIATION_MIN, Math.sqrt(square / (values.length - 1)));
  const distance = (at - mean) / deviation;
  return -(distance * distance) / 2 - log(deviation);
}

function shareBelow(scores: ArrayLike<number>, threshold: number): number {
  let below = 0;
  for (let at = 0; at < scores.length; at += 1) {
    if ((scores[at] as number) <= threshold) below += 1;
  }
  return below / scores.length;
}
