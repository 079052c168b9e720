/**
 * How well two targets can be told apart by their outputs, and how often the best guess is right:
 * linking probability, pairwise epsilon, the (epsilon, delta) curve (docs/spec/privacy-metrics.md,
 * Metrics).
 *
 * @module
 */
import { type ProportionInterval, wilsonInterval } from '../../statistics/proportion.ts';

/** Probabilities of the same outputs, in the same order, for two targets. */
export interface TargetPair {
  readonly a: ArrayLike<number>;
  readonly b: ArrayLike<number>;
}

/**
 * Largest |ln(P(o from a) / P(o from b))| over the outputs o, nats; infinite if only one of the two is
 * 0.
 */
export function pairwiseEpsilon({ a, b }: TargetPair): number {
  let epsilon = 0;
  for (let i = 0; i < a.length; i += 1) {
    const pa = a[i] as number;
    const pb = b[i] as number;
    if (pa === 0 && pb === 0) continue;
    epsilon = Math.max(epsilon, Math.abs(Math.log(pa / pb)));
  }
  return epsilon;
}

/**
 * delta(epsilon) = sum over the outputs o of max(0, P_a(o) - e^epsilon P_b(o)); at epsilon 0 the total
 * variation distance.
 */
export function deltaAt({ a, b }: TargetPair, epsilon: number): number {
  const factor = Math.exp(epsilon);
  let delta = 0;
  for (let i = 0; i < a.length; i += 1) {
    delta += Math.max(0, (a[i] as number) - factor * (b[i] as number));
  }
  return delta;
}

/** The values of epsilon at which the curve is computed. */
const CURVE_EPSILONS = [0, 0.1, 0.5, 1] as const;

/** The (epsilon, delta) curve at {@link CURVE_EPSILONS}. */
export function deltaCurve(pair: TargetPair): readonly number[] {
  return CURVE_EPSILONS.map((epsilon) => deltaAt(pair, epsilon));
}

/** A guess of the adversary: a probability for each candidate, and which one is right. */
export interface LinkingGuess {
  readonly p: ArrayLike<number>;
  /** Index of the correct candidate; -1 when it is not among them. */
  readonly right: number;
}

/** How often guessing the likeliest candidate is right. */
export interface LinkingResult {
  /** Expected number of right guesses; ties count by their share. */
  readonly successes: number;
  readonly trials: number;
  /** Wilson's 95 % interval of the share of right guesses; undefined without guesses. */
  readonly interval: ProportionInterval | undefined;
}

/** Computes how often the best guess is right, over all targets. */
export function linkingProbability(guesses: readonly LinkingGuess[]): LinkingResult {
  let successes = 0;
  for (const guess of guesses) successes += chanceOf(guess);
  const trials = guesses.length;
  const interval = trials === 0 ? undefined : wilsonInterval(successes, trials);
  return { successes, trials, interval };
}

function chanceOf({ p, right }: LinkingGuess): number {
  const own = right < 0 ? -1 : (p[right] ?? -1);
  let equals = 0;
  for (let i = 0; i < p.length; i += 1) {
    const one = p[i] as number;
    if (one > own) return 0;
    if (one === own) equals += 1;
  }
  return equals === 0 ? 0 : 1 / equals;
}
