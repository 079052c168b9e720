/**
 * Standard normal numbers from a stream.
 *
 * @module
 */
import type { Random } from '../../engine/host/random.ts';
import { normalQuantile } from '../../engine/pure/normal-quantile.ts';

const WORD = 2 ** 32;

/** The middle of one of 2^32 equal steps of probability: at most 6.3 deviations from 0. One word. */
export function normalOf(random: Pick<Random, 'u32'>): number {
  return normalQuantile((random.u32() + 0.5) / WORD);
}
