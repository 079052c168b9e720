/**
 * What follows from the compression for a round: the number of elements that are added up, and the
 * steps to which they are rounded.
 *
 * @module
 */
import type { FederatedOptions } from '../config.ts';
import type { CompressionKind } from '../robust/combinations.ts';
import type { CompressionOptions } from './options.ts';

/** The kind of a compression, by which `robust/combinations.ts` checks options. */
export function compressionKind(compression: CompressionOptions): CompressionKind {
  if (compression === 'none') return 'none';
  if ('bits' in compression) return 'bits';
  if ('randomK' in compression) return 'random-k';
  if ('topK' in compression) return 'top-k';
  return 'threshold' in compression ? 'threshold' : 'sketch';
}

/** Converts a share of all coordinates to their number, at least 1. */
export function coordinateCount(parameters: number, share: number): number {
  return Math.max(1, Math.round(share * parameters));
}

/** Number of elements of a compressed update that has `parameters` coordinates before compression. */
export function compressedLength(compression: CompressionOptions, parameters: number): number {
  if (compression === 'none') return parameters;
  if ('randomK' in compression) return coordinateCount(parameters, compression.randomK);
  if (!('sketch' in compression)) return parameters;
  const { rows, columns } = compression.sketch;
  return rows * columns;
}

/**
 * True if the elements of a sum are not the coordinates of the model, so that the sum must be expanded.
 */
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

/** Number of steps per unit of an update to which coordinates are rounded. */
export function updateStepsPerUnit(options: Steps): number {
  const most = largestCoordinateSteps(options);
  return most === undefined ? options.learn.scale : most / options.learn.clip;
}

type Steps = Pick<FederatedOptions, 'compression' | 'learn'>;
