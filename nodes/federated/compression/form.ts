/**
 * How compression changes a round: how many elements are added up, and to which steps they are rounded.
 *
 * @module
 */
import type { FederatedOptions } from '../config.ts';
import type { CompressionKind } from '../robust/combinations.ts';
import type { CompressionOptions } from './options.ts';

/** The kind of a compression, by which combinations of options are judged. */
export function compressionKind(compression: CompressionOptions): CompressionKind {
  if (compression === 'none') return 'none';
  if ('bits' in compression) return 'bits';
  if ('randomK' in compression) return 'random-k';
  if ('topK' in compression) return 'top-k';
  return 'threshold' in compression ? 'threshold' : 'sketch';
}

/** Number of coordinates in a share of all coordinates: at least one. */
export function coordinateCount(parameters: number, share: number): number {
  return Math.max(1, Math.round(share * parameters));
}

/** Number of elements in a sum of compressed updates, each of `parameters` coordinates before. */
export function compressedLength(compression: CompressionOptions, parameters: number): number {
  if (compression === 'none') return parameters;
  if ('randomK' in compression) return coordinateCount(parameters, compression.randomK);
  if (!('sketch' in compression)) return parameters;
  const { rows, columns } = compression.sketch;
  return rows * columns;
}

/** True if elements of the sum are not coordinates of the model, so that it must be expanded. */
export function needsExpansion(compression: CompressionOptions): boolean {
  return compression !== 'none' && ('randomK' in compression || 'sketch' in compression);
}

/** Bits of a coordinate; undefined unless the compression limits them. */
export function coordinateBits(compression: CompressionOptions): number | undefined {
  return compression !== 'none' && 'bits' in compression ? compression.bits : undefined;
}

/** Largest magnitude of a coordinate in steps; undefined unless compression limits its bits. */
export function largestCoordinateSteps({
  compression,
}: Pick<Steps, 'compression'>): number | undefined {
  const bits = coordinateBits(compression);
  return bits === undefined ? undefined : 2 ** (bits - 1) - 1;
}

/** Steps of an update per unit. */
export function updateStepsPerUnit(options: Steps): number {
  const most = largestCoordinateSteps(options);
  return most === undefined ? options.learn.scale : most / options.learn.clip;
}

type Steps = Pick<FederatedOptions, 'compression' | 'learn'>;
