/**
 * The job that subtracts unneeded levels of noise from a sum: it draws them again from the keys
 * that clients revealed.
 *
 * @module
 */
import type { JobDefinition } from '../../../engine/host/compute.ts';
import { keyStreamWords } from '../key-words.ts';
import { RingNoiseSampler } from '../privacy/ring-noise.ts';
import type { NoiseMechanism } from '../privacy/settings.ts';

/** A sum, and the levels of noise in it that are to be removed. */
export interface RemoveNoiseInput {
  readonly ring: Uint32Array<ArrayBuffer>;
  readonly mechanism: Exclude<NoiseMechanism, 'gaussian'>;
  readonly levels: readonly NoiseLevel[];
}

/** One level of one client's noise (noise-levels.ts). */
export interface NoiseLevel {
  /** 32 bytes from which all draws of the level come. */
  readonly key: Uint8Array;
  /** Variance in squares of ring units, above 0. */
  readonly variance: number;
}

const DRAW_NS = 600;

/** Output: the sum without the noise of these levels, modulo 2^32. */
export const removeNoiseJob: JobDefinition = {
  run: (input, crypto) => {
    const { ring, mechanism, levels } = input as RemoveNoiseInput;
    for (const { key, variance } of levels) {
      new RingNoiseSampler(mechanism, variance).removeFrom(ring, keyStreamWords(crypto, key));
    }
    return ring;
  },
  costNs: (input) => {
    const { ring, levels } = input as RemoveNoiseInput;
    return DRAW_NS * ring.length * levels.length;
  },
  transfer: {
    input: (input) => [(input as RemoveNoiseInput).ring.buffer],
    output: (output) => [(output as Uint32Array<ArrayBuffer>).buffer],
  },
};
