/**
 * When a device takes part, and how fast it is.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import { exp } from '../../../engine/pure/log-exp.ts';
import { normalOf } from '../normal.ts';

/** Times at which a device comes and goes, by turns. */
export interface Availability {
  /** Whether it is there at time 0. */
  readonly startsOnline: boolean;
  /** Ascending, ns; each turns it. */
  readonly changesNs: readonly number[];
}

/** Mean times of a device that comes and goes at random. */
export interface TwoStates {
  readonly onlineNs: number;
  readonly offlineNs: number;
}

/** Normal numbers times a deviation stay in the range of exp. */
const EXPONENT_MAX = 600;

/**
 * A device that is there and away for exponential times, in the long run from the start: it is there
 * at time 0 with its share of the time.
 * @param untilNs No changes from here on.
 */
export function twoStates(
  { onlineNs, offlineNs }: TwoStates,
  untilNs: number,
  random: Random,
): Availability {
  const startsOnline = random.chance(onlineNs / (onlineNs + offlineNs));
  const changesNs: number[] = [];
  let isThere = startsOnline;
  for (let now = 0; ; isThere = !isThere) {
    // Two changes at one time would be none.
    now += Math.max(1, Math.floor(random.exponential(isThere ? onlineNs : offlineNs)));
    if (now >= untilNs) return { startsOnline, changesNs };
    changesNs.push(now);
  }
}

/** Whether a device is there; from the time of a change on, the change has happened. */
export function isOnline({ startsOnline, changesNs }: Availability, nowNs: number): boolean {
  return startsOnline === (changesBefore(changesNs, nowNs) % 2 === 0);
}

/** The next change after a time; Infinity if there is none. */
export function nextChangeNs({ changesNs }: Availability, nowNs: number): number {
  return changesNs[changesBefore(changesNs, nowNs)] ?? Number.POSITIVE_INFINITY;
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

/** Changes up to and including a time. */
function changesBefore(changesNs: readonly number[], nowNs: number): number {
  let low = 0;
  let high = changesNs.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((changesNs[middle] as number) <= nowNs) low = middle + 1;
    else high = middle;
  }
  return low;
}
