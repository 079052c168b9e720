/**
 * From the sum of a round to what the next one starts from: the model, and the norm that updates are
 * clipped to if it follows.
 *
 * @module
 */
import { clipPlan, modelOf, normOf, sharedState } from '../clip-plan.ts';
import type { FederatedOptions } from '../config.ts';
import { AdaptiveClip } from '../privacy/clip.ts';
import { nextModel } from './mean.ts';

/** A sum and what it is divided by. */
export interface RoundSum {
  /** Sum of updates, with its noise; behind it that of the counts if the norm follows. */
  readonly sum: Float64Array;
  readonly divisor: number;
}

/**
 * The next model, and the norm behind it.
 * @param state Of the round that is over.
 */
export function nextState(
  options: FederatedOptions,
  state: Float32Array<ArrayBuffer>,
  { sum, divisor }: RoundSum,
): Float32Array<ArrayBuffer> {
  const { privacy } = options;
  const norm = normOf(options, state);
  if (privacy?.adaptive === undefined || norm === undefined) {
    return nextModel(state, sum, divisor);
  }
  const { update, unit } = clipPlan(privacy);
  const { quantile, rate: learningRate } = privacy.adaptive;
  // Vectors are in units of the norm of their round.
  const model = nextModel(modelOf(options, state), sum, (divisor * update) / norm);
  const bound = new AdaptiveClip({
    initial: norm,
    quantile,
    learningRate,
    // Privacy has a divisor that does not depend on who came.
    expectedClients: divisor,
  });
  bound.update((sum[model.length] as number) / unit);
  return sharedState(options, model, bound.bound);
}
