/**
 * The named timers of one state machine. A machine has only few timers, so the next one is found by
 * a search through all of them.
 *
 * @module
 */
import type { Nanoseconds } from '../../engine/host/time.ts';

/** Largest number of timers that run at once; for more, use `DeadlineHeap` (deadlines.ts). */
const TIMERS_MAX = 16;

/** Timers by name: at most one runs under each name, and setting it again moves it. */
export class TimerTable<Name extends string> {
  /** Instants by name, in the order of setting, which decides between equal instants. */
  readonly #at = new Map<Name, Nanoseconds>();

  /** Starts a timer, or moves it if it runs. */
  set(name: Name, at: Nanoseconds): void {
    this.#at.delete(name);
    this.#at.set(name, at);
    if (this.#at.size > TIMERS_MAX) throw new Error(`more than ${TIMERS_MAX} timers run at once`);
  }

  /** Stops a timer, if it runs. */
  clear(name: Name): void {
    this.#at.delete(name);
  }

  /** True while a timer runs. */
  isSet(name: Name): boolean {
    return this.#at.has(name);
  }

  /** The earliest instant; Infinity when no timer runs. */
  nextAt(): Nanoseconds {
    let earliest = Number.POSITIVE_INFINITY;
    for (const at of this.#at.values()) if (at < earliest) earliest = at;
    return earliest;
  }

  /**
   * Stops the earliest timer that is due at `now` and returns its name. If it is called once for each
   * `TIMER_DUE`, each timer gets a firing of its own.
   */
  takeDue(now: Nanoseconds): Name | undefined {
    let due: Name | undefined;
    let earliest = now;
    for (const [name, at] of this.#at) {
      if (at < earliest || (due === undefined && at === now)) {
        due = name;
        earliest = at;
      }
    }
    if (due !== undefined) this.#at.delete(due);
    return due;
  }
}
