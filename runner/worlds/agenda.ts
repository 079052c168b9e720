/**
 * How the time of a scenario passes in a world of this process.
 *
 * @module
 */
import type { Scheduler } from '../../engine/core/scheduler.ts';
import { VIRTUAL_TIME_MAX_NS } from '../../engine/core/time.ts';
import type { Undo, World } from '../world.ts';

/** The time of a scenario, and calls at its instants. All instants are ns of the scenario's time. */
export interface Agenda {
  /** The rates of traffic sources rise linearly until this instant; absent in virtual time. */
  readonly rampNs?: number;
  now(): number;
  /** Calls back at an instant, in the usual order of events. */
  at(timeNs: number, fire: () => void): void;
  /** Like {@link World.later}. */
  later(delayNs: number, fire: () => void): Undo;
  /** Calls back at an instant, before everything else of that nanosecond. */
  atFault(timeNs: number, fire: () => void): void;
  /** The present instant of the clock from which the clocks of hosts are derived, ns. */
  clockNs(): number;
  /** False if the source that is running now is so late that its request must be refused. */
  admits?(): boolean;
}

/**
 * Calls back after a delay, ns, but not later than the largest instant; returns a function that
 * cancels the call.
 */
export function scheduleAfter(scheduler: Scheduler, delayNs: number, fire: () => void): Undo {
  const handle = scheduler.after(
    Math.min(delayNs, VIRTUAL_TIME_MAX_NS - scheduler.now),
    fire,
    'later',
  );
  return () => void scheduler.cancel(handle);
}

/** Virtual time: an instant is reached as soon as all earlier events have been processed. */
export class VirtualAgenda implements Agenda {
  readonly #scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  now(): number {
    return this.#scheduler.now;
  }

  at(timeNs: number, fire: () => void): void {
    this.#scheduler.after(timeNs - this.#scheduler.now, fire, 'traffic');
  }

  later(delayNs: number, fire: () => void): Undo {
    return scheduleAfter(this.#scheduler, delayNs, fire);
  }

  atFault(timeNs: number, fire: () => void): void {
    this.#scheduler.scheduleFault(timeNs, fire);
  }

  clockNs(): number {
    return this.#scheduler.now;
  }
}
