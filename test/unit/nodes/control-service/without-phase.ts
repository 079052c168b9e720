/**
 * Draws with which the rounds of a control service begin at its first tick.
 *
 * @module
 */
import type { Random } from '../../../../engine/host/random.ts';

/** The stream, whose uniform draws are 0. */
export function withoutPhase(random: Random): Random {
  return {
    u32: () => random.u32(),
    below: (n) => random.below(n),
    uniform: () => 0,
    chance: (p) => random.chance(p),
    exponential: (mean) => random.exponential(mean),
    shuffle: (items) => random.shuffle(items),
  } as Random;
}
