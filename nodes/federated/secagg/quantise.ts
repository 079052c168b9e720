/**
 * Converts numbers to elements of the ring and back: clips, scales, and rounds at random so that
 * expected values are exact. Also computes how many bits a sum needs so that it does not wrap.
 *
 * {@link quantiseWithOffset} is the other codec in use (Flower's SecAgg+: offset by the clip, two's
 * complement avoided), for comparisons only; its sums wrap from 2^bits / levels clients on.
 *
 * @module
 */
import { largestRingElement, ringElement, signedRingElement } from './ring.ts';

/** Clips each coordinate to [-clip, clip] in place. @returns how many were outside. */
export function clipCoordinates(values: Float64Array, clip: number): number {
  let clipped = 0;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] as number;
    if (Math.abs(value) <= clip) continue;
    values[index] = value > 0 ? clip : -clip;
    clipped += 1;
  }
  return clipped;
}

/** Scales the vector in place to an L2 norm of at most `clip`. @returns its norm before. */
export function clipVectorNorm(values: Float64Array, clip: number): number {
  let squares = 0;
  for (const value of values) squares += value * value;
  const norm = Math.sqrt(squares);
  if (norm <= clip) return norm;
  for (let index = 0; index < values.length; index += 1) {
    values[index] = ((values[index] as number) * clip) / norm;
  }
  return norm;
}

/** Scale and bits by which numbers become elements of the ring. */
export interface Quantisation {
  /** Number of steps of the ring for a value of 1. */
  readonly scale: number;
  /** Bits of an element. */
  readonly bits: number;
}

/**
 * Rounds scaled values to one of the integers next to them, at random in proportion to the distance,
 * so that the expected value is exact.
 * @param uniform One draw in [0, 1) per value.
 */
export function quantise(
  values: Float64Array,
  { scale, bits }: Quantisation,
  uniform: () => number,
): Uint32Array {
  const elements = new Uint32Array(values.length);
  for (let index = 0; index < values.length; index += 1) {
    elements[index] = ringElement(roundAtRandom((values[index] as number) * scale, uniform), bits);
  }
  return elements;
}

function roundAtRandom(value: number, uniform: () => number): number {
  const below = Math.floor(value);
  return uniform() < value - below ? below + 1 : below;
}

/** The sum of the values from the sum of their elements. */
export function dequantise(sum: Uint32Array, { scale, bits }: Quantisation): Float64Array {
  return Float64Array.from(sum, (value) => signedRingElement(value, bits) / scale);
}

/** The parameters on which the largest possible sum depends. */
export interface SumSizeBounds {
  readonly clients: number;
  /** Largest magnitude of a coordinate. */
  readonly clip: number;
  readonly scale: number;
  /** Largest integer weight of a client; 1 without weights. */
  readonly maxWeight: number;
}

/**
 * The fewest bits at which no sum wraps: n * ceil(clip * scale) * weight <= 2^(bits-1) - 1. A ring
 * has at most 32.
 */
export function ringBitsForSum({ clients, clip, scale, maxWeight }: SumSizeBounds): number {
  const largest = clients * Math.ceil(clip * scale) * maxWeight;
  let bits = 1;
  while (2 ** (bits - 1) - 1 < largest) bits += 1;
  return bits;
}

/** Share of the ring that the largest sum left free, 0 … 1. */
export function ringHeadroom(sum: Uint32Array, bits: number): number {
  let largest = 0;
  for (const value of sum) largest = Math.max(largest, Math.abs(signedRingElement(value, bits)));
  return 1 - largest / 2 ** (bits - 1);
}

/** Parameters of the codec with an offset. */
export interface OffsetQuantisation {
  /** Largest magnitude of a coordinate; 8 in Flower. */
  readonly clip: number;
  /** Number of levels between -clip and clip; 2^22 in Flower. */
  readonly levels: number;
  readonly bits: number;
}

/** Elements by an offset: -clip becomes 0 and clip becomes `levels`. */
export function quantiseWithOffset(
  values: Float64Array,
  { clip, levels, bits }: OffsetQuantisation,
  uniform: () => number,
): Uint32Array {
  const largest = largestRingElement(bits);
  return Uint32Array.from(values, (value) => {
    const clipped = Math.min(Math.max(value, -clip), clip);
    return Math.min(roundAtRandom(((clipped + clip) * levels) / (2 * clip), uniform), largest);
  });
}

/** The sum of the values from the sum of their elements; wrong, unnoticed, if that wrapped. */
export function dequantiseWithOffset(
  sum: Uint32Array,
  { clip, levels }: OffsetQuantisation,
  clients: number,
): Float64Array {
  return Float64Array.from(sum, (value) => (value * 2 * clip) / levels - clients * clip);
}
