/**
 * Jobs that compress updates, and that expand sums of compressed updates to full length.
 *
 * @module
 */
import type { JobDefinition } from '../../../engine/host/compute.ts';
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import { toHex } from '../../_kit/bytes.ts';
import { makeSharedDraws } from '../learn/seeded.ts';
import {
  coordinatesAbove,
  drawCoordinates,
  gatherCoordinates,
  largestCoordinates,
  scatterCoordinates,
  unbiasedCoordinateFactor,
} from './coordinates.ts';
import { CountSketch, type SketchSize } from './count-sketch.ts';
import { coordinateCount } from './form.ts';
import type { CompressionOptions } from './options.ts';

/** Seed and round, from which all nodes draw the same coordinates. */
export interface CoordinateDrawSeed {
  readonly seed: Uint8Array;
  readonly round: number;
}

/** An update, and how to compress it. */
export interface CompressUpdateInput {
  readonly update: Float32Array<ArrayBuffer>;
  readonly compression: CompressionOptions;
  readonly shared: CoordinateDrawSeed;
}

/** A sum of compressed updates, and the length of an update. */
export interface ExpandUpdateInput {
  readonly sum: Float64Array;
  readonly parameters: number;
  readonly compression: CompressionOptions;
  readonly shared: CoordinateDrawSeed;
}

/**
 * Time on the modelled processor to pick given coordinates, ns per coordinate. Like {@link SORT_NS}
 * and {@link ROW_NS}, it was measured on one core with 7,850 and 199,210 coordinates.
 */
const PICK_NS = 40;
/** Time to sort all coordinates, ns per coordinate. */
const SORT_NS = 300;
/** Time for a row of a sketch, ns per coordinate. */
const ROW_NS = 80;

type Hash = Pick<CryptoProvider, 'sha256'>;

/**
 * Output: the elements of random-k or of a sketch; for other kinds, the update with zeros in place
 * of coordinates that are not sent.
 */
export const compressUpdateJob: JobDefinition = {
  run: (input, crypto) => compressed(input as CompressUpdateInput, crypto),
  costNs: (input) => {
    const { update, compression } = input as CompressUpdateInput;
    return costNs(update.length, compression);
  },
  transfer: {
    input: (input) => [(input as CompressUpdateInput).update.buffer],
    output: (output) => [(output as Float32Array<ArrayBuffer>).buffer],
  },
};

/** Output: an estimate of the sum of the updates, from the sum of the compressed updates. */
export const expandUpdateJob: JobDefinition = {
  run: (input, crypto) => expanded(input as ExpandUpdateInput, crypto),
  costNs: (input) => {
    const { parameters, compression } = input as ExpandUpdateInput;
    return costNs(parameters, compression);
  },
};

function costNs(length: number, compression: CompressionOptions): number {
  if (compression === 'none' || 'bits' in compression) return 0;
  if ('sketch' in compression) return length * ROW_NS * compression.sketch.rows;
  return length * ('topK' in compression ? SORT_NS : PICK_NS);
}

function compressed(
  { update, compression, shared }: CompressUpdateInput,
  crypto: Hash,
): Float32Array<ArrayBuffer> {
  if (compression === 'none' || 'bits' in compression) return update;
  const { length } = update;
  if ('randomK' in compression) {
    return Float32Array.from(
      gatherCoordinates(update, placesOf(length, compression.randomK, shared, crypto)),
    );
  }
  if ('sketch' in compression) {
    return Float32Array.from(
      sketchOf({ length, ...compression.sketch }, shared, crypto).encode(update),
    );
  }
  const kept =
    'topK' in compression
      ? largestCoordinates(update, coordinateCount(length, compression.topK))
      : coordinatesAbove(update, compression.threshold);
  return Float32Array.from(scatterCoordinates(kept, length, 1));
}

function expanded(
  { sum, parameters: length, compression, shared }: ExpandUpdateInput,
  crypto: Hash,
): Float64Array {
  if (compression === 'none') return sum;
  if ('randomK' in compression) {
    const places = placesOf(length, compression.randomK, shared, crypto);
    return scatterCoordinates(
      { places, values: sum },
      length,
      unbiasedCoordinateFactor(length, places.length),
    );
  }
  if (!('sketch' in compression)) return sum;
  return sketchOf({ length, ...compression.sketch }, shared, crypto).decode(sum);
}

function placesOf(
  length: number,
  share: number,
  { seed, round }: CoordinateDrawSeed,
  crypto: Hash,
): Uint32Array {
  const draws = makeSharedDraws(crypto, seed, `coordinates of round ${round}`);
  return drawCoordinates(length, coordinateCount(length, share), draws);
}

/** The sketch used last: all clients of a round in this process have the same one. */
let kept: { readonly key: string; readonly sketch: CountSketch } | undefined;

function sketchOf(
  size: SketchSize,
  { seed, round }: CoordinateDrawSeed,
  crypto: Hash,
): CountSketch {
  const key = JSON.stringify([toHex(seed), round, size]);
  if (kept?.key !== key) {
    const draws = makeSharedDraws(crypto, seed, `sketch of round ${round}`);
    kept = { key, sketch: new CountSketch(size, draws) };
  }
  return kept.sketch;
}
