/**
 * The job that makes an update private: cuts its norm, rounds it to whole numbers under a condition
 * that keeps the norm bounded (Kairouz, Liu, Steinke 2021, section 4.1), and adds the client's
 * share of the noise.
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

/** How an update is written in units of the norm of its round. */
export interface UpdateNormScaling {
  /** Norm with which an update is written whose real norm is `clip`; other updates in proportion. */
  readonly length: number;
  /** What a client below the norm adds to the count (the last element) more than one above it. */
  readonly unit: number;
}

/** An update, and what bounds it. */
export interface PrivateUpdateInput {
  readonly update: Float32Array<ArrayBuffer>;
  /** 32 fresh random bytes, which all draws come from. */
  readonly key: Uint8Array<ArrayBuffer>;
  /** Ring units per unit of the update. */
  readonly scale: number;
  /** Longest update, Euclidean. */
  readonly clip: number;
  /** How to write the update if the norm adapts; absent: unchanged. */
  readonly written?: UpdateNormScaling;
  /** Longest update after rounding, Euclidean, in ring units. */
  readonly bound: number;
  /** The law of the client's noise. */
  readonly mechanism: Exclude<NoiseMechanism, 'gaussian'>;
  /** Variance of the client's noise, in squares of ring units; 0 for none. */
  readonly variance: number;
  /** Noise in levels, instead of `variance`. */
  readonly levels?: readonly NoiseLevel[];
}

/** Nanoseconds per coordinate on the modelled processor, without and with noise. */
const COORDINATE_NS = 20;
const NOISE_NS = 600;

/**
 * Makes an update private: cuts its norm, rounds it to whole numbers, and adds the client's noise.
 * The output is like that of `quantise`; `clipped` is all coordinates or 0.
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
