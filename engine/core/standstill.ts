/**
 * Virtual time that stands still: events without delay that make further events without delay.
 *
 * @module
 */

/** Events of one instant from which on it is taken for one that never ends. */
export const EVENTS_AT_ONCE_MAX = 1_000_000;

/** Thrown in place of event {@link EVENTS_AT_ONCE_MAX} of an instant. */
export class StandstillError extends Error {
  override readonly name = 'StandstillError';

  constructor() {
    const events = EVENTS_AT_ONCE_MAX.toLocaleString('en-US');
    super(`virtual time stands still: ${events} events at one instant`);
  }
}
