/**
 * Fabric: waits that are not alike at all nodes.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';

const PER_CENT = 100;
const VARIATION = 20;

/** A wait, longer or shorter by up to a fifth, so that peers do not fall in step. */
export function varied(waitNs: Nanoseconds, random: Random): Nanoseconds {
  const percent = PER_CENT - VARIATION + random.below(2 * VARIATION + 1);
  return Math.floor((waitNs * percent) / PER_CENT);
}
