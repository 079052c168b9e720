/**
 * Guesses from a model whether an example was learned from: by a threshold of its loss (Yeom,
 * Giacomelli, Fredrikson, Jha 2018), or by how likely its confidence is among models that had it
 * and models that had not (Carlini et al. 2022, "Membership inference attacks from first
 * principles").
 *
 * @module
 */
import { exp, log } from '../../../engine/pure/log-exp.ts';

/** Scores of examples, lower for those that look learned from. */
export interface MembershipScores {
  readonly members: ArrayLike<number>;
  readonly others: ArrayLike<number>;
}

/** Share of the members at or below a threshold less that of the others, -1 to 1. */
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
    // Equal scores fall on one side of any threshold.
    if (all[at + 1]?.score !== score) best = Math.max(best, advantage);
  }
  return best;
}

/**
 * The largest advantage that (epsilon, delta) leaves to any attack:
 * (e^epsilon - 1 + 2 delta) / (e^epsilon + 1) (Kairouz, Oh, Viswanath 2015; Humphries et al. 2020).
 */
export function membershipAdvantageBound({ epsilon, delta }: PrivacyGuarantee): number {
  // Divided by e^epsilon, so that a large one does not overflow.
  const inverse = epsilon > EXPONENT_MAX ? 0 : exp(-epsilon);
  return Math.min(1, (1 - inverse + 2 * delta * inverse) / (1 + inverse));
}

/** A guarantee of privacy for a single example or client. */
export interface PrivacyGuarantee {
  readonly epsilon: number;
  readonly delta: number;
}

const EXPONENT_MAX = 699;
/** Losses closer to 0 count as this: confidence 1 would have an infinite logit. */
const LOSS_MIN = 1e-12;
/** Smaller standard deviations count as this: they come from too few models. */
const DEVIATION_MIN = 1e-3;

/** The logit of the probability that a model gave the right class, from its loss in nats. */
export function logitConfidence(loss: number): number {
  const bounded = Math.max(LOSS_MIN, Math.min(EXPONENT_MAX, loss));
  return -bounded - log(1 - exp(-bounded));
}

/** Confidences in one example, of shadow models and of the model under attack. */
export interface ShadowConfidences {
  /** {@link logitConfidence} of models that learned from it; at least two. */
  readonly inside: readonly number[];
  /** {@link logitConfidence} of models that did not learn from it. */
  readonly outside: readonly number[];
  /** {@link logitConfidence} of the model under attack. */
  readonly observed: number;
}

/**
 * Score of an example: log likelihood of its confidence among models that had not learned from it, less
 * that among models that had; both are taken as normal. Below 0, the model probably learned from it.
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
