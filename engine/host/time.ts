/**
 * Time at the port. Virtual and live time are integer nanoseconds in a double, exact up to 2^53 - 1
 * ns = 104.25 days (docs/spec/event-order.md#time).
 *
 * @module
 */

/** A duration, or an instant as time since the start of the run, integer nanoseconds. */
export type Nanoseconds = number;

/** Calendar time (Unix epoch, UTC) for expiry and epochs; never for intervals. */
export interface CalendarTime {
  /** Whole seconds since 1970-01-01T00:00:00Z. */
  readonly seconds: number;
  /** Nanoseconds within the second, 0..999,999,999. */
  readonly nanos: number;
}

/** A one-shot timer made by `host.after`. */
export interface Timer {
  /** True until the timer has fired or been cancelled. */
  readonly isPending: boolean;
  /**
   * Moves the deadline to `delay` from now, whether pending or not; cheap enough to call per
   * packet.
   * @param delay Nanoseconds, integer, >= 0.
   */
  rearm(delay: Nanoseconds): void;
  /** Stops the timer; harmless when it has fired already. */
  cancel(): void;
}
