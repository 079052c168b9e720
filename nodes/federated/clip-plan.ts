/**
 * The norm that updates are clipped to: fixed, or following a quantile of the clients' norms (Andrew,
 * Thakkar, McMahan, Ramaswamy 2021, arXiv 1905.03871).
 *
 * A norm that follows travels behind the model, and each client adds one number to its update: whether its
 * norm was below. All vectors are written in units of the norm of their round, so that the ring, its
 * capacity, the noise and the account are those of the first round, whatever the norm becomes. An aggregator
 * that lies about the norm therefore weakens what is learned, and no promise of privacy.
 *
 * @module
 */
import type { FederatedOptions } from './config.ts';
import { NORM_MAX, NORM_MIN, updateNoise } from './privacy/clip.ts';

/** Options that norms come from. */
type Norms = Pick<NonNullable<FederatedOptions['privacy']>, 'clip' | 'noise' | 'adaptive'>;

/** Lengths in vectors, in units of the update in a round whose norm is `update`. */
export interface ClipPlan {
  /** Norm of an update: the fixed one, or that of the first round. */
  readonly update: number;
  /** Norm of an update together with its count. */
  readonly joint: number;
  /** By how much a client moves the count from above the norm to below; 0 if the norm is fixed. */
  readonly unit: number;
}

/**
 * How long updates and counts are. Noise of `noise` times the joint norm on all coordinates is noise of
 * `updateNoise` times the norm on updates and of `countNoise` on counts (theorem 1 of the paper).
 */
export function clipPlan({ clip: update, noise, adaptive }: Norms): ClipPlan {
  if (adaptive === undefined) return { update, joint: update, unit: 0 };
  const { countNoise: countDeviation = noise } = adaptive;
  const ofUpdates = updateNoise({ noise, countDeviation });
  // Refused by the loader.
  if (ofUpdates === undefined) return { update, joint: update, unit: 0 };
  const unit = (update * ofUpdates) / countDeviation;
  return { update, joint: Math.sqrt(update * update + (unit * unit) / 4), unit };
}

/** Why counts have no room beside updates, and what to write; undefined if they have. */
export function refuseCountNoise({
  noise,
  adaptive,
}: Norms): { readonly message: string; readonly hint: string } | undefined {
  const { countNoise } = adaptive ?? {};
  if (countNoise === undefined || countNoise > noise / 2) return undefined;
  const message = `counts with noise ${countNoise} spend more than all noise of ${noise} promises`;
  return { message, hint: `countNoise above ${noise / 2}, or leave it out for ${noise}` };
}

/** Numbers that travel behind the model: the norm, if it follows; also those behind an update. */
export function clipNumbers({ privacy }: Pick<FederatedOptions, 'privacy'>): 0 | 1 {
  return privacy?.adaptive === undefined ? 0 : 1;
}

/** What travels: the model, and behind it the norm of the round if it follows. */
export function sharedState(
  options: Pick<FederatedOptions, 'privacy'>,
  model: Float32Array<ArrayBuffer>,
  norm?: number,
): Float32Array<ArrayBuffer> {
  const { privacy } = options;
  if (privacy?.adaptive === undefined) return model;
  const state = new Float32Array(model.length + 1);
  state.set(model);
  state[model.length] = Math.max(NORM_MIN, Math.min(NORM_MAX, norm ?? privacy.clip));
  return state;
}

/** The model of {@link sharedState}: the same memory. */
export function modelOf<Memory extends ArrayBufferLike>(
  options: Pick<FederatedOptions, 'privacy'>,
  state: Float32Array<Memory>,
): Float32Array<Memory> {
  return state.subarray(0, state.length - clipNumbers(options));
}

/** The norm of {@link sharedState}; undefined if it is fixed, NaN if it is none that a round could have. */
export function normOf(
  options: Pick<FederatedOptions, 'privacy'>,
  state: Float32Array,
): number | undefined {
  if (clipNumbers(options) === 0) return undefined;
  const norm = state[state.length - 1] as number;
  return norm > 0 && norm <= 2 * NORM_MAX ? norm : Number.NaN;
}
