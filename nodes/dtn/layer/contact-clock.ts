/**
 * A clock that runs only while a contact is open (RFC 5326 section 6.6): no answer can come while
 * the link is down, so timers for answers stand still then.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';

/** Clock of one link: the total time for which its contacts have been open, ns. */
export class ContactClock {
  #ranNs = 0;
  /** Since when the contact is open; undefined while it is closed. */
  #sinceNs: Nanoseconds | undefined;

  get isRunning(): boolean {
    return this.#sinceNs !== undefined;
  }

  start(now: Nanoseconds): void {
    this.#sinceNs ??= now;
  }

  stop(now: Nanoseconds): void {
    this.#ranNs = this.at(now);
    this.#sinceNs = undefined;
  }

  /** The reading of the clock at `now`, ns. */
  at(now: Nanoseconds): number {
    return this.#ranNs + (this.#sinceNs === undefined ? 0 : now - this.#sinceNs);
  }

  /** The instant at which the clock reaches the reading `at`; Infinity while no contact is open. */
  instantOf(at: number): Nanoseconds {
    if (this.#sinceNs === undefined) return Number.POSITIVE_INFINITY;
    return this.#sinceNs + at - this.#ranNs;
  }
}
