/**
 * Computes the next model from the sum of updates.
 *
 * @module
 */
import { signedRingElement } from '../secagg/ring.ts';

/** A sum of updates on the ring, and how its elements encode numbers. */
export interface UpdateSum {
  /** Elements of the ring; the weight is the last one if `hasWeight`. */
  readonly ring: Uint32Array;
  readonly bits: number;
  /** Number of steps of an element per unit of an update. */
  readonly scale: number;
  /** Number of inputs in the sum. */
  readonly inputs: number;
  readonly hasWeight: boolean;
}

/** Decodes the sum of updates into numbers, without the weight. */
export function decodeUpdateSum(of: UpdateSum): Float64Array<ArrayBuffer> {
  const { ring, bits, scale, hasWeight } = of;
  const count = ring.length - (hasWeight ? 1 : 0);
  const sum = new Float64Array(count);
  for (let at = 0; at < count; at += 1)
    sum[at] = signedRingElement(ring[at] as number, bits) / scale;
  return sum;
}

/**
 * The number by which the sum is divided to give the mean: the sum of the weights, or the number of inputs;
 * at least 1.
 */
export function totalWeight({ ring, bits, inputs, hasWeight }: UpdateSum): number {
  if (!hasWeight) return Math.max(1, inputs);
  return Math.max(1, signedRingElement(ring[ring.length - 1] as number, bits));
}

/** Share of the ring's range, 0 to 1, that the element of largest magnitude leaves unused. */
export function sumHeadroom({ ring, bits, hasWeight }: UpdateSum): number {
  const count = ring.length - (hasWeight ? 1 : 0);
  let largest = 0;
  for (let at = 0; at < count; at += 1) {
    largest = Math.max(largest, Math.abs(signedRingElement(ring[at] as number, bits)));
  }
  return 1 - largest / 2 ** (bits - 1);
}

/** The next model: the old one plus the mean of the updates. */
export function nextModel(
  model: Float32Array,
  sum: Float64Array,
  divisor: number,
): Float32Array<ArrayBuffer> {
  const next = new Float32Array(model.length);
  for (let at = 0; at < next.length; at += 1) {
    next[at] = (model[at] as number) + (sum[at] as number) / divisor;
  }
  return next;
}
