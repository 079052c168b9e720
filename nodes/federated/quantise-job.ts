/**
 * The job that makes elements of the sum from an update: clips its coordinates, scales them, and
 * rounds them at random so that their expected values stay the same. An update has up to millions of
 * coordinates.
 *
 * @module
 */
import type { JobDefinition } from '../../engine/host/compute.ts';
import type { CryptoProvider } from '../../engine/host/crypto.ts';

/** An update, with the parameters of clipping, scaling and rounding. */
export interface QuantiseInput {
  readonly update: Float32Array<ArrayBuffer>;
  /** 32 fresh random bytes, whose key stream decides how each coordinate is rounded. */
  readonly key: Uint8Array<ArrayBuffer>;
  readonly scale: number;
  readonly clip: number;
  /** Weight of the update in the mean; if `hasWeight`, the weight is appended as one more element. */
  readonly weight: number;
  readonly hasWeight: boolean;
  /**
   * Largest magnitude of an element; absent: rounding up may lead to one step above clip x scale.
   */
  readonly most?: number;
}

/** The elements modulo 2^32, and the number of coordinates that were clipped. */
export interface QuantiseOutput {
  readonly ring: Uint32Array<ArrayBuffer>;
  readonly clipped: number;
}

/** Number of coordinates that one piece of key stream, of 256 kB, serves. */
const PIECE = 65_536;
const NONCE = new Uint8Array(12);
const BLOCKS_PER_PIECE = PIECE / 16;
const WORD = 2 ** 32;
/** Nanoseconds per coordinate on the modelled processor; measured on one core of 2 GHz. */
const COORDINATE_NS = 8;

/** The job that rounds an update to elements of the ring. */
export const quantiseJob: JobDefinition = {
  run: (input, crypto) => quantise(input as QuantiseInput, crypto),
  costNs: (input) => COORDINATE_NS * (input as QuantiseInput).update.length,
  transfer: {
    input: (input) => [(input as QuantiseInput).update.buffer],
    output: (output) => [(output as QuantiseOutput).ring.buffer],
  },
};

function quantise(
  { update, key, scale, clip, weight, hasWeight, most = Number.POSITIVE_INFINITY }: QuantiseInput,
  crypto: Pick<CryptoProvider, 'chacha20'>,
): QuantiseOutput {
  const ring = new Uint32Array(update.length + (hasWeight ? 1 : 0));
  const zeros = new Uint8Array(4 * PIECE);
  let clipped = 0;
  for (let start = 0; start < update.length; start += PIECE) {
    const part = update.subarray(start, start + PIECE);
    const blocks = (start / PIECE) * BLOCKS_PER_PIECE;
    const stream = crypto.chacha20(key, NONCE, blocks, zeros.subarray(0, 4 * part.length));
    clipped += cut(part, clip);
    round(part, ring.subarray(start, start + part.length), wordsOf(stream), {
      factor: weight * scale,
      most,
    });
  }
  if (hasWeight) ring[update.length] = weight;
  return { ring, clipped };
}

/**
 * Clips coordinates in place; a value that is not a number becomes 0. @returns how many were changed.
 */
function cut(part: Float32Array, clip: number): number {
  let count = 0;
  for (let at = 0; at < part.length; at += 1) {
    const value = part[at] as number;
    if (Math.abs(value) <= clip) continue;
    count += 1;
    part[at] = Number.isNaN(value) ? 0 : Math.sign(value) * clip;
  }
  return count;
}

// hot: once per coordinate of an update.
/** Rounds each coordinate up or down, at random so that the mean is exact. */
function round(
  part: Float32Array,
  ring: Uint32Array,
  draws: Uint32Array,
  { factor, most }: { readonly factor: number; readonly most: number },
): void {
  for (let at = 0; at < part.length; at += 1) {
    const exact = Math.max(-most, Math.min(most, (part[at] as number) * factor));
    const below = Math.floor(exact);
    ring[at] = below + ((draws[at] as number) / WORD < exact - below ? 1 : 0);
  }
}

function wordsOf(bytes: Uint8Array): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
}
