/**
 * Updates of which some coordinates are sent: random ones that all clients share in a round, which
 * fit secure sums, or the largest ones of each client, which do not (`robust/combinations.ts`).
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';

/** Coordinates and their values. */
export interface SparseVector {
  /** Indices of the coordinates, ascending. */
  readonly places: Uint32Array;
  readonly values: Float64Array;
}

/**
 * `count` different coordinates of `length`, ascending, each set equally likely (Floyd; Bentley 1987).
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

/** The values at these coordinates. */
export function gatherCoordinates(update: ArrayLike<number>, places: Uint32Array): Float64Array {
  return Float64Array.from(places, (place) => update[place] as number);
}

/** A whole vector: values times `factor` at their coordinates, 0 elsewhere. */
export function scatterCoordinates(
  { places, values }: SparseVector,
  length: number,
  factor: number,
): Float64Array<ArrayBuffer> {
  const whole = new Float64Array(length);
  for (const [at, place] of places.entries()) whole[place] = factor * (values[at] as number);
  return whole;
}

/** Factor of values at random coordinates that makes them right on average: length / count. */
export function unbiasedCoordinateFactor(length: number, count: number): number {
  return length / count;
}

/** The `count` coordinates of largest magnitude; of equal ones those with the lower index. */
export function largestCoordinates(update: ArrayLike<number>, count: number): SparseVector {
  const order = Array.from({ length: update.length }, (_, place) => place);
  const size = (place: number): number => Math.abs(update[place] as number);
  order.sort((a, b) => size(b) - size(a) || a - b);
  const places = Uint32Array.from(order.slice(0, count)).sort();
  return { places, values: gatherCoordinates(update, places) };
}

/** The coordinates whose magnitude is above a threshold. */
export function coordinatesAbove(update: ArrayLike<number>, threshold: number): SparseVector {
  const places: number[] = [];
  for (let place = 0; place < update.length; place += 1) {
    if (Math.abs(update[place] as number) > threshold) places.push(place);
  }
  const chosen = Uint32Array.from(places);
  return { places: chosen, values: gatherCoordinates(update, chosen) };
}
