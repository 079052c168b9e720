/**
 * Epsilon and delta of the Gaussian mechanism without sampling, exactly: Balle and Wang 2018 (arXiv
 * 1805.06530), theorem 8, for sensitivity 1. Steps with equal noise compose to one with noise z /
 * sqrt(steps).
 *
 * @module
 */
import { smallestSatisfying } from './smallest-that.ts';
import { expOf, logOfNormalCdf, normalCdf } from './special-functions.ts';

const EPSILON_MAX = 1e6;
const NOISE_MIN = 1e-4;
const NOISE_MAX = 1e9;

/**
 * Delta of the Gaussian mechanism at an epsilon.
 * @param options `noise` is the standard deviation over the sensitivity.
 */
export function gaussianDelta(options: {
  readonly noise: number;
  readonly epsilon: number;
}): number {
  const { noise, epsilon } = options;
  const half = 1 / (2 * noise);
  const more = normalCdf(half - epsilon * noise);
  const less = expOf(epsilon + logOfNormalCdf(-half - epsilon * noise));
  return Math.max(0, more - less);
}

/**
 * Epsilon of the Gaussian mechanism at a delta.
 * @param options `noise` above 0, `delta` in (0, 1).
 */
export function gaussianEpsilon(options: {
  readonly noise: number;
  readonly delta: number;
}): number {
  const { noise, delta } = options;
  return smallestSatisfying((epsilon) => gaussianDelta({ noise, epsilon }) <= delta, {
    least: 0,
    most: EPSILON_MAX,
  });
}

/**
 * The smallest noise with which one step has an epsilon at a delta.
 * @param target `epsilon` above 0, `delta` in (0, 1).
 */
export function gaussianNoiseForBudget(target: {
  readonly epsilon: number;
  readonly delta: number;
}): number {
  const { epsilon, delta } = target;
  return smallestSatisfying((noise) => gaussianDelta({ noise, epsilon }) <= delta, {
    least: NOISE_MIN,
    most: NOISE_MAX,
  });
}
