/**
 * Virtual time: non-negative integer nanoseconds in a double (docs/spec/event-order.md#time).
 *
 * For calendar time see `Host.clock` (engine/host/host.ts).
 *
 * @module
 */
import { InvariantError } from './assert.ts';

/** Nanoseconds in one millisecond. */
export const NS_PER_MS = 1_000_000;
/** Nanoseconds in one second. */
export const NS_PER_S = 1_000_000_000;
/** Nanoseconds in one hour. */
export const NS_PER_HOUR = 3_600_000_000_000;

/** The last instant of virtual time, 2^53 - 1 ns = 104.249991 days (docs/spec/event-order.md#time). */
export const VIRTUAL_TIME_MAX_NS: number = Number.MAX_SAFE_INTEGER;

/** {@link VIRTUAL_TIME_MAX_NS} under a private name, which V8 folds into the code. */
const LAST_INSTANT = VIRTUAL_TIME_MAX_NS;

/**
 * True if an event may be scheduled `delay` after `now`.
 *
 * @param now Current time, ns.
 * @param delay Distance to the event, ns.
 * @returns false for NaN, negative, fractional, and everything beyond {@link VIRTUAL_TIME_MAX_NS}.
 */
export function isValidDelay(now: number, delay: number): boolean {
  // Written so that NaN, which compares false with everything, fails.
  return delay >= 0 && delay === Math.floor(delay) && now + delay <= LAST_INSTANT;
}

/**
 * Refuses a delay that would corrupt the order of the event queue.
 *
 * @param now Current time, ns.
 * @param delay Distance to the event, ns.
 * @param label The caller, named at the start of the message.
 * @throws InvariantError when the delay is NaN, negative, fractional, or ends after VIRTUAL_TIME_MAX_NS.
 */
export function checkDelay(now: number, delay: number, label: string): void {
  if (!isValidDelay(now, delay)) throw invalidDelayError(now, delay, label);
}

/** The error for a delay that {@link isValidDelay} refused, with the reason. */
export function invalidDelayError(now: number, delay: number, label: string): InvariantError {
  const isInteger = delay === Math.floor(delay) && delay >= 0;
  const reason = isInteger
    ? `ends after the last instant ${VIRTUAL_TIME_MAX_NS} ns (104 days); now is ${now} ns`
    : 'is not a non-negative integer';
  return new InvariantError(`${label}: delay ${delay} ns ${reason}`);
}
