/**
 * When a device takes part, and how fast it is.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { exp } from '../../../engine/pure/log-exp.ts';
import { normalOf } from '../normal.ts';

/** Whether a device is there, and until when at least. */
export interface Presence {
  readonly isThere: boolean;
  /** It turns at this time; Infinity if it stays. */
  readonly untilNs: Nanoseconds;
}

/** Mean times of a device that comes and goes at random. */
export interface TwoStates {
  readonly upNs: number;
  readonly downNs: number;
}

/** Times from and until which a device is there, ascending, without overlap. */
export type Trace = readonly (readonly [fromNs: number, toNs: number])[];

/** Normal numbers times a deviation stay in the range of exp. */
const EXPONENT_MAX = 600;

/** A device of two states at its first moment: in the long run already, there with its share of the time. */
export function firstPresence(states: TwoStates, nowNs: Nanoseconds, random: Random): Presence {
  const isThere = random.chance(states.upNs / (states.upNs + states.downNs));
  return { isThere, untilNs: nowNs + lasting(states, isThere, random) };
}

/** What follows when a presence is over. */
export function nextPresence(states: TwoStates, before: Presence, random: Random): Presence {
  const isThere = !before.isThere;
  return { isThere, untilNs: before.untilNs + lasting(states, isThere, random) };
}

/** Exponential; two changes at one time would be none. */
function lasting({ upNs, downNs }: TwoStates, isThere: boolean, random: Random): number {
  return Math.max(1, Math.floor(random.exponential(isThere ? upNs : downNs)));
}

/** Where a trace is at a time; from the time of a change on, the change has happened. */
export function presenceIn(trace: Trace, nowNs: Nanoseconds): Presence {
  for (const [fromNs, toNs] of trace) {
    if (nowNs < fromNs) return { isThere: false, untilNs: fromNs };
    if (nowNs < toNs) return { isThere: true, untilNs: toNs };
  }
  return { isThere: false, untilNs: Number.POSITIVE_INFINITY };
}

/**
 * Time per example of a device, ns: log-normal around a median.
 * @param spread Standard deviation of the logarithm; with 1, one in twenty takes 5.2 times the median.
 */
export function exampleTimeNs(
  { medianNs, spread }: { readonly medianNs: number; readonly spread: number },
  random: Random,
): number {
  const power = spread * normalOf(random);
  return medianNs * exp(Math.max(-EXPONENT_MAX, Math.min(EXPONENT_MAX, power)));
}
