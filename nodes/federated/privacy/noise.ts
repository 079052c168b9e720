/**
 * Continuous Gaussian noise through the quantile of the normal distribution: one draw uses two words
 * whatever the result, and has the same bits on every machine.
 *
 * **Not for real data.** Doubles are not the real numbers: the set of doubles that a noisy sum can be
 * depends on the data, and an adversary who sees all bits of the sum can tell neighbours apart (Mironov
 * 2012, "On significance of the least significant bits for differential privacy"). In a test the
 * adversary is our own code; for data that leave the machine, use the discrete Gaussian on the ring.
 *
 * @module
 */
import { normalQuantile } from '../../../engine/pure/normal-quantile.ts';
import { drawOpenUniform, type RandomWordSource } from './uniform-source.ts';

/**
 * A draw from the normal distribution with mean 0.
 * @param deviation Standard deviation, at least 0.
 */
export function drawGaussian(words: RandomWordSource, deviation: number): number {
  return deviation * normalQuantile(drawOpenUniform(words));
}

/**
 * Adds independent Gaussian noise to each coordinate.
 * @param values Changed in place.
 * @param deviation Standard deviation, at least 0.
 */
export function addGaussianNoise(
  values: Float64Array,
  words: RandomWordSource,
  deviation: number,
): void {
  for (let at = 0; at < values.length; at += 1) {
    values[at] = (values[at] as number) + drawGaussian(words, deviation);
  }
}
