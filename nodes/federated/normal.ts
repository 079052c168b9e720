/**
 * Standard normal numbers from a random stream.
 *
 * @module
 */
import type { Random } from '../../engine/host/random.ts';
import { normalQuantile } from '../../engine/pure/normal-quantile.ts';

const WORD = 2 ** 32;

/** Draws a standard normal number, of magnitude at most 6.3, from one 32-bit word. */
export function drawStandardNormal(random: Pick<Random, 'u32'>): number {
  return normalQuantile((random.u32() + 0.5) / WORD);
}
