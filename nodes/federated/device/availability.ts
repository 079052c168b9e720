/**
 * When a device takes part, and how fast it is.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { exp } from '../../../engine/pure/log-exp.ts';
import { drawStandardNormal } from '../normal.ts';

/** Whether a device is available for rounds, and until when it stays so. */
export interface PresenceState {
  readonly isThere: boolean;
  /** When `isThere` changes; Infinity if never. */
  readonly untilNs: Nanoseconds;
}

/** Mean times for which a device is available (`upNs`) and away (`downNs`). */
export interface UpDownMeanTimes {
  readonly upNs: number;
  readonly downNs: number;
}

/** The intervals in which a device is available, ascending, without overlap. */
export type PresenceTrace = readonly (readonly [fromNs: number, toNs: number])[];

/** Exponents are cut here, to stay in the range of `exp`. */
const EXPONENT_MAX = 600;

/**
 * Draws the state at the start: the probability that the device is available is its mean share of time.
 */
export function drawFirstPresence(
  states: UpDownMeanTimes,
  nowNs: Nanoseconds,
  random: Random,
): PresenceState {
  const isThere = random.chance(states.upNs / (states.upNs + states.downNs));
  return { isThere, untilNs: nowNs + lasting(states, isThere, random) };
}

/** The state that follows when `before` is over. */
export function drawNextPresence(
  states: UpDownMeanTimes,
  before: PresenceState,
  random: Random,
): PresenceState {
  const isThere = !before.isThere;
  return { isThere, untilNs: before.untilNs + lasting(states, isThere, random) };
}

/**
 * Draws how long a state lasts, ns: exponential, but at least 1, so that no two changes are at one instant.
 */
function lasting({ upNs, downNs }: UpDownMeanTimes, isThere: boolean, random: Random): number {
  return Math.max(1, Math.floor(random.exponential(isThere ? upNs : downNs)));
}

/** The state at an instant by a trace; the instant of a change belongs to the new state. */
export function presenceAt(trace: PresenceTrace, nowNs: Nanoseconds): PresenceState {
  for (const [fromNs, toNs] of trace) {
    if (nowNs < fromNs) return { isThere: false, untilNs: fromNs };
    if (nowNs < toNs) return { isThere: true, untilNs: toNs };
  }
  return { isThere: false, untilNs: Number.POSITIVE_INFINITY };
}

/**
 * Draws the time for which a device trains on one example, ns: log-normal around a median.
 * @param spread Standard deviation of the logarithm; with 1, one device in twenty takes at least 5.2 times
 * the median.
 */
export function drawExampleTimeNs(
  { medianNs, spread }: { readonly medianNs: number; readonly spread: number },
  random: Random,
): number {
  const power = spread * drawStandardNormal(random);
  return medianNs * exp(Math.max(-EXPONENT_MAX, Math.min(EXPONENT_MAX, power)));
}
