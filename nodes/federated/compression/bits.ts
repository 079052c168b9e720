/**
 * Updates in few bits per coordinate, rounded at random so that their mean stays right (Alistarh,
 * Grubic, Li, Tomioka, Vojnovic 2017). The steps are integers and so add up in a ring: sums of n
 * clients need log2(n) bits more.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';

/** How numbers become steps. */
export interface BitForm {
  /** 2 to 24; steps lie between -(2^(bits - 1) - 1) and that. */
  readonly bits: number;
  /** Numbers beyond are cut to it. */
  readonly range: number;
}

/** Largest step. */
export function stepMax({ bits }: BitForm): number {
  return 2 ** (bits - 1) - 1;
}

/** Steps of an update; what is not a number becomes 0. */
export function toSteps(update: ArrayLike<number>, form: BitForm, random: Random): Int32Array {
  const most = stepMax(form);
  const perUnit = most / form.range;
  return Int32Array.from(update, (value) => {
    const exact = Number.isNaN(value) ? 0 : Math.max(-most, Math.min(most, value * perUnit));
    const below = Math.floor(exact);
    // One draw for each coordinate, so that one value moves no other.
    return random.uniform() < exact - below ? below + 1 : below;
  });
}

/** The numbers of steps, or of a sum of steps. */
export function fromSteps(steps: ArrayLike<number>, form: BitForm): Float64Array {
  const unit = form.range / stepMax(form);
  return Float64Array.from(steps, (step) => step * unit);
}

/** Bits of a ring that holds the sum of so many clients: 2 n step + 1 values. */
export function summedBits(form: BitForm, clients: number): number {
  const values = 2 * clients * stepMax(form) + 1;
  let bits = 1;
  while (2 ** bits < values) bits += 1;
  return bits;
}
