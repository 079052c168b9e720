/**
 * Virtual time that stands still: events without delay that make further events without delay.
 *
 * @module
 */

/** Number of events at one instant at which the run is stopped, because virtual time would never advance. */
export const EVENTS_PER_INSTANT_MAX = 1_000_000;

/** Thrown instead of running event number {@link EVENTS_PER_INSTANT_MAX} of one instant. */
export class StandstillError extends Error {
  override readonly name = 'StandstillError';

  constructor() {
    const events = EVENTS_PER_INSTANT_MAX.toLocaleString('en-US');
    super(`virtual time stands still: ${events} events at one instant`);
  }
}
