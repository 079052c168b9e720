/**
 * The job that makes an update private: scales it down to the clipping norm, rounds it to whole
 * numbers so that its norm stays below a bound (Kairouz, Liu, Steinke 2021, section 4.1), and adds
 * the client's share of the noise.
 *
 * @module
 */
import type { JobDefinition } from '../../engine/host/compute.ts';
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { NoiseLevel } from './aggregator/remove-noise-job.ts';
import { keyStreamWords } from './key-words.ts';
import { belowNormCountTerm, clipL2 } from './privacy/clip.ts';
import { RingNoiseSampler } from './privacy/ring-noise.ts';
import { roundWithinNorm } from './privacy/rounding.ts';
import type { NoiseMechanism } from './privacy/settings.ts';
import type { QuantiseOutput } from './quantise-job.ts';

/** How an update is scaled if the clipping norm adapts (clip-plan.ts). */
export interface UpdateNormScaling {
  /**
   * Norm to which an update of norm `clip` is scaled; other updates are scaled by the same factor.
   */
  readonly length: number;
  /**
   * How much more a client below the norm adds to the count (the last element) than a client above
   * the norm.
   */
  readonly unit: number;
}

/** An update, with the parameters of clipping, rounding and noise. */
export interface PrivateUpdateInput {
  readonly update: Float32Array<ArrayBuffer>;
  /** 32 fresh random bytes from which all draws come. */
  readonly key: Uint8Array<ArrayBuffer>;
  /** Ring units per unit of the update. */
  readonly scale: number;
  /** Largest Euclidean norm of the update before rounding. */
  readonly clip: number;
  /** How to scale the update if the norm adapts; absent: it is not scaled. */
  readonly written?: UpdateNormScaling;
  /** Largest Euclidean norm of the update after rounding, in ring units. */
  readonly bound: number;
  /** The distribution of the client's noise. */
  readonly mechanism: Exclude<NoiseMechanism, 'gaussian'>;
  /** Variance of the client's noise, in squares of ring units; 0 for none. */
  readonly variance: number;
  /** Noise in levels, instead of `variance`. */
  readonly levels?: readonly NoiseLevel[];
}

/** Time per coordinate on the modelled processor, without its noise, ns. */
const COORDINATE_NS = 20;
/** Time per draw of noise on the modelled processor, ns. */
const NOISE_NS = 600;

/**
 * Makes an update private: clips its norm, rounds it to whole numbers, and adds the client's noise.
 * The output has the form of `QuantiseOutput`; `clipped` is the number of all coordinates if the
 * norm was clipped, else 0.
 */
export const privateUpdateJob: JobDefinition = {
  run: (input, crypto) => privateUpdate(input as PrivateUpdateInput, crypto),
  costNs: (input) => {
    const { update, variance, levels } = input as PrivateUpdateInput;
    const draws = levels?.length ?? (variance > 0 ? 1 : 0);
    return update.length * (COORDINATE_NS + draws * NOISE_NS);
  },
  transfer: {
    input: (input) => [(input as PrivateUpdateInput).update.buffer],
    output: (output) => [(output as QuantiseOutput).ring.buffer],
  },
};

function privateUpdate(
  { update, key, scale, clip, written, bound, mechanism, variance, levels }: PrivateUpdateInput,
  crypto: Pick<CryptoProvider, 'chacha20'>,
): QuantiseOutput {
  const words = keyStreamWords(crypto, key);
  const hasCount = written !== undefined;
  const values = new Float64Array(update.length + (hasCount ? 1 : 0));
  values.set(update);
  const clipped = clipL2(values, clip);
  const { wasClipped } = clipped;
  if (hasCount) {
    const factor = written.length / clip;
    for (let at = 0; at < values.length; at += 1) values[at] = (values[at] as number) * factor;
    values[update.length] = belowNormCountTerm(clipped) * written.unit;
  }
  for (let at = 0; at < values.length; at += 1) values[at] = (values[at] as number) * scale;
  const rounded = roundWithinNorm(values, words, bound);
  const ring = new Uint32Array(rounded);
  if (levels === undefined) {
    if (variance > 0) new RingNoiseSampler(mechanism, variance).addTo(ring, words);
  } else {
    for (const level of levels) {
      new RingNoiseSampler(mechanism, level.variance).addTo(
        ring,
        keyStreamWords(crypto, level.key),
      );
    }
  }
  return { ring, clipped: wasClipped ? update.length : 0 };
}
