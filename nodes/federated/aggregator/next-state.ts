/**
 * Computes from the sum of a round the state of the next round: the model and, if the clipping norm adapts, that
 * norm.
 *
 * @module
 */
import { computeClippingNorms, modelOfState, modelWithNorm, normOfState } from '../clip-plan.ts';
import type { FederatedOptions } from '../config.ts';
import { AdaptiveClip } from '../privacy/clip.ts';
import { nextModel } from './mean.ts';

/** The sum of a round's updates, and the number by which it is divided to give the mean. */
export interface RoundSum {
  /** Sum of updates, noise included, followed by the sum of clients' counts if the norm adapts (clip-plan.ts). */
  readonly sum: Float64Array;
  readonly divisor: number;
}

/**
 * Computes the next model, followed by the next norm if the norm adapts.
 * @param state Model and norm, in the same form, of the round that is over.
 */
export function nextModelState(
  options: FederatedOptions,
  state: Float32Array<ArrayBuffer>,
  { sum, divisor }: RoundSum,
): Float32Array<ArrayBuffer> {
  const { privacy } = options;
  const norm = normOfState(options, state);
  if (privacy?.adaptive === undefined || norm === undefined) {
    return nextModel(state, sum, divisor);
  }
  const { update, unit } = computeClippingNorms(privacy);
  const { quantile, rate: learningRate } = privacy.adaptive;
  // Clients scale their updates so that the round's norm becomes `update`; the mean is scaled back here.
  const model = nextModel(modelOfState(options, state), sum, (divisor * update) / norm);
  const bound = new AdaptiveClip({
    initial: norm,
    quantile,
    learningRate,
    // The expected number of clients is used, because the number that actually came would reveal
    // something.
    expectedClients: divisor,
  });
  bound.update((sum[model.length] as number) / unit);
  return modelWithNorm(options, model, bound.bound);
}
