/**
 * Jitter distributions (docs/spec/link-model.md#impairments) of the time that is added to the delay, in whole ns. A
 * draw uses two 32-bit words per packet.
 *
 * The pipe keeps packets in order and cuts negative delays at zero.
 *
 * @module
 */

import { roundToNanoseconds } from '../../core/sampling.ts';
import type { RandomStream } from '../../core/stream.ts';
import { exp } from '../../pure/log-exp.ts';
import { normalQuantile } from '../../pure/normal-quantile.ts';
import type { JitterSpec } from '../link-spec.ts';

/** Default bounds of the normal law, in standard deviations. */
const NORMAL_BOUND = 3;
/** Default shape of the Pareto law. */
const PARETO_SHAPE = 3;
const SQRT_2_PI = 2.506_628_274_631_000_7;

/** Draws one value of a jitter distribution. */
export type DrawJitter = (stream: RandomStream) => number;

/** Creates the function that draws from the distribution of `spec`; undefined when its kind is `none`. */
export function createJitterDraw(spec: JitterSpec): DrawJitter | undefined {
  switch (spec.kind) {
    case 'none':
      return undefined;
    case 'uniform':
      return (stream) => stream.uniformJitter(spec.halfWidthNs);
    case 'normal':
      return normalLaw(spec.sigmaNs, spec.boundSigmas ?? NORMAL_BOUND);
    case 'pareto': {
      const shape = spec.shape ?? PARETO_SHAPE;
      return (stream) =>
        Math.min(spec.capNs, roundToNanoseconds(stream.paretoExcess(spec.scaleNs, shape)));
    }
    case 'table':
      return (stream) => roundToNanoseconds(stream.empirical(spec.quantilesNs));
  }
}

/** The smallest value that the law can add, ns; the pipe cuts a negative sum of delay and jitter at zero. */
export function jitterMinNs(spec: JitterSpec): number {
  switch (spec.kind) {
    case 'none':
    case 'pareto':
      return 0;
    case 'uniform':
      return -spec.halfWidthNs;
    case 'normal':
      return -roundToNanoseconds(spec.sigmaNs * (spec.boundSigmas ?? NORMAL_BOUND));
    case 'table':
      return roundToNanoseconds(spec.quantilesNs[0] ?? 0);
  }
}

/**
 * The normal law, truncated by inversion on the restricted range: each draw takes the same number
 * of words, and no values pile up at the ends.
 */
function normalLaw(sigmaNs: number, bound: number): DrawJitter {
  if (bound === NORMAL_BOUND)
    return (stream) => roundToNanoseconds(stream.truncatedNormal(sigmaNs));
  const low = normalBelow(-bound);
  const width = normalBelow(bound) - low;
  return (stream) => roundToNanoseconds(normalQuantile(low + stream.uniform() * width) * sigmaNs);
}

/** Distribution function of the standard normal law for |x| <= 8 (Marsaglia, J. Stat. Softw. 11). */
function normalBelow(x: number): number {
  let term = x;
  let sum = x;
  for (let i = 3; Math.abs(term) > 1e-17; i += 2) {
    term *= (x * x) / i;
    sum += term;
  }
  return 0.5 + (sum * exp(-0.5 * x * x)) / SQRT_2_PI;
}
