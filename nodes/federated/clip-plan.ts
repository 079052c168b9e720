/**
 * The norm to which updates are clipped: fixed, or adapting to a quantile of the norms of clients' updates (Andrew,
 * Thakkar, McMahan, Ramaswamy 2021, arXiv 1905.03871).
 *
 * A norm that adapts is sent after the model, and each client appends one number, a count, to its update: whether the
 * update was shorter than the norm. All vectors are scaled by the norm of their round, so that the ring, its
 * capacity, the noise and the accounting of privacy are those of the first round, whatever the norm becomes. An
 * aggregator that lies about the norm can therefore spoil what is learned, but not the guarantee of privacy.
 *
 * @module
 */
import type { FederatedOptions } from './config.ts';
import { ADAPTIVE_NORM_MAX, ADAPTIVE_NORM_MIN, noiseMultiplierForUpdates } from './privacy/clip.ts';

/** The options from which the norm follows. */
type Norms = Pick<NonNullable<FederatedOptions['privacy']>, 'clip' | 'noise' | 'adaptive'>;

/** Norms in the units to which the vectors of all rounds are scaled. */
export interface ClippingNorms {
  /** Norm of an update: the fixed one, or that of the first round. */
  readonly update: number;
  /** Norm of an update together with its count. */
  readonly joint: number;
  /** How much more a client below the norm adds to the count than a client above the norm; 0 if the norm is fixed. */
  readonly unit: number;
}

/**
 * The norms of updates and the size of counts. Noise of `noise` times the joint norm on all coordinates
 * equals noise of `noiseMultiplierForUpdates` times the norm on updates, together with noise of
 * `countNoise` on counts (theorem 1 of the paper).
 */
export function computeClippingNorms({ clip: update, noise, adaptive }: Norms): ClippingNorms {
  if (adaptive === undefined) return { update, joint: update, unit: 0 };
  const { countNoise: countDeviation = noise } = adaptive;
  const ofUpdates = noiseMultiplierForUpdates({ noise, countDeviation });
  // This cannot happen, because `countNoiseProblem` refuses such options when files are read.
  if (ofUpdates === undefined) return { update, joint: update, unit: 0 };
  const unit = (update * ofUpdates) / countDeviation;
  return { update, joint: Math.sqrt(update * update + (unit * unit) / 4), unit };
}

/** Why the noise on counts is too small, and what to write instead; undefined if it is large enough. */
export function countNoiseProblem({
  noise,
  adaptive,
}: Norms): { readonly message: string; readonly hint: string } | undefined {
  const { countNoise } = adaptive ?? {};
  if (countNoise === undefined || countNoise > noise / 2) return undefined;
  const message = `counts with noise ${countNoise} spend more than all noise of ${noise} promises`;
  return { message, hint: `countNoise above ${noise / 2}, or leave it out for ${noise}` };
}

/** How many numbers follow the model (the norm), and each update (the count): 1 if the norm adapts, else 0. */
export function adaptiveClipElementCount({ privacy }: Pick<FederatedOptions, 'privacy'>): 0 | 1 {
  return privacy?.adaptive === undefined ? 0 : 1;
}

/** The numbers that the aggregator sends: the model, followed by the norm of the round if that adapts. */
export function modelWithNorm(
  options: Pick<FederatedOptions, 'privacy'>,
  model: Float32Array<ArrayBuffer>,
  norm?: number,
): Float32Array<ArrayBuffer> {
  const { privacy } = options;
  if (privacy?.adaptive === undefined) return model;
  const state = new Float32Array(model.length + 1);
  state.set(model);
  state[model.length] = Math.max(
    ADAPTIVE_NORM_MIN,
    Math.min(ADAPTIVE_NORM_MAX, norm ?? privacy.clip),
  );
  return state;
}

/** The model in what {@link modelWithNorm} returned, as a view of the same memory. */
export function modelOfState<Memory extends ArrayBufferLike>(
  options: Pick<FederatedOptions, 'privacy'>,
  state: Float32Array<Memory>,
): Float32Array<Memory> {
  return state.subarray(0, state.length - adaptiveClipElementCount(options));
}

/**
 * The norm in what {@link modelWithNorm} returned; undefined if norms are fixed, NaN if the number is not a valid norm.
 */
export function normOfState(
  options: Pick<FederatedOptions, 'privacy'>,
  state: Float32Array,
): number | undefined {
  if (adaptiveClipElementCount(options) === 0) return undefined;
  const norm = state[state.length - 1] as number;
  return norm > 0 && norm <= 2 * ADAPTIVE_NORM_MAX ? norm : Number.NaN;
}
