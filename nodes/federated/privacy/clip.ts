/**
 * Bounds what one client can contribute: the L2 norm of its whole flat update, one norm and not one
 * per layer (McMahan, Ramage, Talwar, Zhang 2018, arXiv 1710.06963), with a norm that is fixed or
 * follows a quantile of the norms of clients' updates (Andrew, Thakkar, McMahan, Ramaswamy 2021, arXiv
 * 1905.03871).
 *
 * @module
 */
import { exp } from '../../../engine/pure/log-exp.ts';

/** The result of clipping an update. */
export interface ClipResult {
  /** L2 norm of the update before clipping. */
  readonly norm: number;
  readonly wasClipped: boolean;
}

/**
 * Least clipping norm, and least value to which a norm adapts: well within the range of 32-bit floats.
 */
export const ADAPTIVE_NORM_MIN = 1e-30;
/** Largest clipping norm, and largest value to which a norm adapts. */
export const ADAPTIVE_NORM_MAX = 1e30;
/**
 * Largest magnitude of the exponent in exp(-rate * error), so that the result stays in the range of
 * doubles.
 */
const EXPONENT_MAX = 100;

/**
 * The L2 norm of a vector, summed in order of index.
 * @param values Finite.
 */
export function l2Norm(values: ArrayLike<number>): number {
  let square = 0;
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] as number;
    square += value * value;
  }
  return Math.sqrt(square);
}

/**
 * Scales a vector down to an L2 norm of at most `bound`. A vector whose norm is infinite or not a
 * number becomes zero, since no factor could bound it.
 * @param values Changed in place.
 * @param bound Above 0.
 */
export function clipL2(values: Float64Array, bound: number): ClipResult {
  const norm = l2Norm(values);
  if (norm <= bound) return { norm, wasClipped: false };
  if (!Number.isFinite(norm)) {
    values.set(new Float64Array(values.length));
    return { norm, wasClipped: true };
  }
  let factor = bound / norm;
  let scaled = values.map((value) => value * factor);
  // Rounding may leave the norm above the bound by its last bits: the factor shrinks in growing steps.
  for (let step = Number.EPSILON; l2Norm(scaled) > bound; step *= 2) {
    factor *= Math.max(0, 1 - step);
    scaled = values.map((value) => value * factor);
  }
  values.set(scaled);
  return { norm, wasClipped: true };
}

/** Settings of a clipping norm that follows a quantile of the norms of clients' updates. */
export interface AdaptiveClipSettings {
  /** First norm, above 0. */
  readonly initial: number;
  /** Share of clients whose norm should be at most the bound, e.g. 0.5. */
  readonly quantile: number;
  /** Step by which the exponent of the norm changes in a round, e.g. 0.2. */
  readonly learningRate: number;
  /**
   * Expected number of clients in a round, q times the number of all clients; not the number that
   * came.
   */
  readonly expectedClients: number;
}

/** A clipping norm that adapts until a given share of clients has smaller updates. */
export class AdaptiveClip {
  readonly #settings: AdaptiveClipSettings;
  #bound: number;

  constructor(settings: AdaptiveClipSettings) {
    this.#settings = settings;
    this.#bound = settings.initial;
  }

  /** The norm of the present round. */
  get bound(): number {
    return this.#bound;
  }

  /**
   * Moves the norm after a round.
   * @param noisySum Sum of {@link belowNormCountTerm} over the clients, with noise.
   */
  update(noisySum: number): void {
    const { quantile, learningRate, expectedClients } = this.#settings;
    const share = noisySum / expectedClients + 0.5;
    const step = -learningRate * (share - quantile);
    this.#bound *= exp(Math.max(-EXPONENT_MAX, Math.min(EXPONENT_MAX, step)));
  }
}

/**
 * The term that a client adds to the count of updates below the norm: 1/2 if its own update is, else
 * -1/2. One client changes the sum by 1/2, so that noise of deviation b counts like a noise multiplier
 * of 2 b.
 */
export function belowNormCountTerm({ wasClipped }: ClipResult): number {
  return wasClipped ? -0.5 : 0.5;
}

/**
 * Noise multiplier for the updates, so that updates and counts together spend what one mechanism
 * with `noise` does: (z^-2 - (2 b)^-2)^(-1/2) (Andrew and others 2021, theorem 1).
 * @param split `noise` is z, `countDeviation` is b.
 * @returns undefined if the counts alone spend more than that: b must be above z / 2.
 */
export function noiseMultiplierForUpdates(split: {
  readonly noise: number;
  readonly countDeviation: number;
}): number | undefined {
  const { noise, countDeviation } = split;
  const rest = 1 / (noise * noise) - 1 / (4 * countDeviation * countDeviation);
  return rest > 0 ? 1 / Math.sqrt(rest) : undefined;
}
