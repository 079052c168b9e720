/**
 * An update that differential privacy bounds: its norm is cut, it is rounded to whole numbers under
 * a condition that keeps the norm bounded (Kairouz, Liu, Steinke 2021, section 4.1), and the client's
 * share of the noise is added to it.
 *
 * @module
 */
import type { JobDefinition } from '../../engine/host/compute.ts';
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { keyWords } from './key-words.ts';
import { clipL2 } from './privacy/clip.ts';
import { DiscreteGaussian } from './privacy/discrete-gaussian.ts';
import { rationalAtLeast } from './privacy/rational.ts';
import { roundConditionally } from './privacy/rounding.ts';
import { uniformFrom } from './privacy/uniform-source.ts';
import type { QuantiseOutput } from './quantise-job.ts';

/** An update, and what bounds it. */
export interface PrivateUpdateInput {
  readonly update: Float32Array<ArrayBuffer>;
  /** 32 fresh random bytes, which all draws come from. */
  readonly key: Uint8Array<ArrayBuffer>;
  /** Ring units per unit of the update. */
  readonly scale: number;
  /** Longest update, Euclidean. */
  readonly clip: number;
  /** The same after rounding, in ring units. */
  readonly bound: number;
  /** Variance of the client's noise, in squares of ring units; 0 for none. */
  readonly variance: number;
}

/** Nanoseconds per coordinate on the modelled processor, without and with noise. */
const COORDINATE_NS = 20;
const NOISE_NS = 600;

/** See the module; the output is that of `quantise`, whose `clipped` is the length or 0. */
export const privateUpdateJob: JobDefinition = {
  run: (input, crypto) => privateUpdate(input as PrivateUpdateInput, crypto),
  costNs: (input) => {
    const { update, variance } = input as PrivateUpdateInput;
    return update.length * (COORDINATE_NS + (variance > 0 ? NOISE_NS : 0));
  },
  transfer: {
    input: (input) => [(input as PrivateUpdateInput).update.buffer],
    output: (output) => [(output as QuantiseOutput).ring.buffer],
  },
};

function privateUpdate(
  { update, key, scale, clip, bound, variance }: PrivateUpdateInput,
  crypto: Pick<CryptoProvider, 'chacha20'>,
): QuantiseOutput {
  const words = keyWords(crypto, key);
  const values = Float64Array.from(update);
  const { wasClipped } = clipL2(values, clip);
  for (let at = 0; at < values.length; at += 1) values[at] = (values[at] as number) * scale;
  const rounded = roundConditionally(values, words, bound);
  const ring = new Uint32Array(rounded);
  if (variance > 0) {
    const noise = new DiscreteGaussian(rationalAtLeast(variance));
    const uniform = uniformFrom(words);
    for (let at = 0; at < ring.length; at += 1) {
      ring[at] = (ring[at] as number) + noise.draw(uniform);
    }
  }
  return { ring, clipped: wasClipped ? update.length : 0 };
}
