/**
 * Derives from the options of a federation the noise of its rounds, and the settings of the privacy accountant.
 *
 * @module
 */
import { adaptiveClipElementCount, computeClippingNorms } from './clip-plan.ts';
import type { FederatedOptions } from './config.ts';
import { countToleratedDropouts, hasNoiseLevels } from './noise-levels.ts';
import { ROUNDING_BETA, roundedNormBound } from './privacy/distributed.ts';
import type { PrivacySettings } from './privacy/settings.ts';

/** The noise that clients and aggregator add. */
export interface NoisePlan {
  /** Settings of the accountant. */
  readonly settings: PrivacySettings;
  /** Longest input after rounding, Euclidean, in ring units. */
  readonly bound: number;
  /** Variance of one client's noise, in squares of ring units. */
  readonly clientVariance: number;
  /** Standard deviation of the aggregator's noise, in units of the update; 0 if clients add it. */
  readonly centralDeviation: number;
  /** Divisor of the sum: the expected number of clients, however many come. */
  readonly divisor: number;
}

/** A sum has room for noise of this many standard deviations for each client: one draw in 1e15 is larger. */
const NOISE_WIDTHS = 8;

/**
 * Derives the noise of a federation; undefined without the option `privacy`.
 * @param clients Number of all clients, in a round or not.
 * @param parameters Number of the model's weights.
 */
export function noisePlan(
  options: FederatedOptions,
  clients: number,
  parameters: number,
): NoisePlan | undefined {
  const { privacy, learn, minimum } = options;
  if (privacy === undefined) return undefined;
  const { place, noise, delta, mechanism } = privacy;
  const { joint: clip } = computeClippingNorms(privacy);
  const gamma = 1 / learn.scale;
  const dimension = parameters + adaptiveClipElementCount(options);
  const ring = { clip, gamma, dimension, beta: ROUNDING_BETA };
  const bound = roundedNormBound(ring);
  const rate = rateOf(options, clients);
  const settings: PrivacySettings = {
    mechanism: place === 'central' ? 'gaussian' : mechanism,
    place,
    rate,
    noise,
    delta,
    sampling: isFixed(options) ? 'fixed' : 'poisson',
    weighting: learn.weight,
    ...(place === 'central' ? {} : ring),
    // Each client adds noise as if only `minimum` clients came; if more come, the sum has more noise than
    // needed.
    ...(place === 'distributed' ? { clients: minimum } : {}),
    ...(hasNoiseLevels(options)
      ? { clients, tolerated: countToleratedDropouts(options, clients), dropout: 'add-then-remove' }
      : {}),
  };
  const units = noise * clip * learn.scale;
  const sharers = place === 'distributed' ? minimum : 1;
  return {
    settings,
    bound,
    clientVariance: place === 'central' ? 0 : (units * units) / sharers,
    // Rounding may make an input longer than `clip`, but not longer than `bound`.
    centralDeviation: place === 'central' ? noise * bound * gamma : 0,
    divisor: Math.max(1, rate * clients),
  };
}

/** Probability that a client is in a round. */
function rateOf({ select }: FederatedOptions, clients: number): number {
  if (select === 'all') return 1;
  return 'probability' in select ? select.probability : Math.min(1, select.fixed / clients);
}

function isFixed({ select }: FederatedOptions): boolean {
  return typeof select === 'object' && 'fixed' in select;
}

/** Largest element of an input with its noise, in ring units. */
export function largestNoisyInputElement({ learn, privacy, minimum }: FederatedOptions): number {
  if (privacy === undefined) return 0;
  const { place, noise } = privacy;
  const { joint: clip } = computeClippingNorms(privacy);
  const units = Math.ceil(clip * learn.scale) + 1;
  if (place === 'central') return units;
  const width = (noise * clip * learn.scale) / Math.sqrt(place === 'distributed' ? minimum : 1);
  return units + Math.ceil(NOISE_WIDTHS * width);
}

/**
 * Variance of the noise in a sum of `inputs` inputs, divided by the variance that the accounting of privacy
 * assumes.
 */
export function noiseVarianceRatio(options: FederatedOptions, inputs: number): number {
  const { privacy, minimum } = options;
  if (privacy?.place === 'distributed') return inputs / minimum;
  return privacy?.place === 'local' ? inputs : 1;
}
