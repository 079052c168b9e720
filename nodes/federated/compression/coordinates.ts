/**
 * Updates of which only some coordinates are sent: random coordinates, the same for all clients of a
 * round, which a secure sum can add up; or the largest coordinates of each client, which it cannot
 * (`robust/combinations.ts`).
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';

/** Some coordinates of a vector, with their values. */
export interface SparseVector {
  /** Indices of the coordinates, ascending. */
  readonly places: Uint32Array;
  readonly values: Float64Array;
}

/**
 * Draws `count` different indices below `length`, ascending; all sets are equally likely (Floyd;
 * Bentley 1987).
 * @param random The same for all clients of a round.
 * @param count At most `length`.
 */
export function drawCoordinates(length: number, count: number, random: Random): Uint32Array {
  const chosen = new Set<number>();
  for (let top = length - count; top < length; top += 1) {
    const place = random.below(top + 1);
    chosen.add(chosen.has(place) ? top : place);
  }
  return Uint32Array.from(chosen).sort();
}

/** Reads the values at these indices. */
export function gatherCoordinates(update: ArrayLike<number>, places: Uint32Array): Float64Array {
  return Float64Array.from(places, (place) => update[place] as number);
}

/** Makes a whole vector: values times `factor` at their indices, 0 elsewhere. */
export function scatterCoordinates(
  { places, values }: SparseVector,
  length: number,
  factor: number,
): Float64Array<ArrayBuffer> {
  const whole = new Float64Array(length);
  for (const [at, place] of places.entries()) whole[place] = factor * (values[at] as number);
  return whole;
}

/**
 * Factor for the values at random coordinates that makes the expected vector equal to the original:
 * length / count.
 */
export function unbiasedCoordinateFactor(length: number, count: number): number {
  return length / count;
}

/**
 * Selects the `count` coordinates of largest magnitude; of equal magnitudes the one with the lower
 * index.
 */
export function largestCoordinates(update: ArrayLike<number>, count: number): SparseVector {
  const order = Array.from({ length: update.length }, (_, place) => place);
  const size = (place: number): number => Math.abs(update[place] as number);
  order.sort((a, b) => size(b) - size(a) || a - b);
  const places = Uint32Array.from(order.slice(0, count)).sort();
  return { places, values: gatherCoordinates(update, places) };
}

/** Selects the coordinates whose magnitude is above a threshold. */
export function coordinatesAbove(update: ArrayLike<number>, threshold: number): SparseVector {
  const places: number[] = [];
  for (let place = 0; place < update.length; place += 1) {
    if (Math.abs(update[place] as number) > threshold) places.push(place);
  }
  const chosen = Uint32Array.from(places);
  return { places: chosen, values: gatherCoordinates(update, chosen) };
}
