/**
 * How the time of a scenario passes in a world of this process.
 *
 * @module
 */
import type { Scheduler } from '../../engine/core/scheduler.ts';
import { VIRTUAL_TIME_MAX_NS } from '../../engine/core/time.ts';
import type { Undo, World } from '../world.ts';

/**
 * How the time of a scenario passes, with calls at its instants. All instants are those of the scenario, ns.
 */
export interface Agenda {
  /** Sources grow to their rate until this instant; absent in virtual time. */
  readonly rampNs?: number;
  now(): number;
  /** Calls back at an instant, in ordinary order. */
  at(timeNs: number, fire: () => void): void;
  /** As {@link World.later}. */
  later(delayNs: number, fire: () => void): Undo;
  /** Calls back at an instant, before everything else of that nanosecond. */
  atFault(timeNs: number, fire: () => void): void;
  /** The instant by the clock from which the clocks of hosts are derived, ns. */
  clockNs(): number;
  /** False if the present turn of a source is so late that its request is refused. */
  admits?(): boolean;
}

/** Calls back after a time, at the latest at the end of all time. */
export function scheduleAfter(scheduler: Scheduler, delayNs: number, fire: () => void): Undo {
  const handle = scheduler.after(
    Math.min(delayNs, VIRTUAL_TIME_MAX_NS - scheduler.now),
    fire,
    'later',
  );
  return () => void scheduler.cancel(handle);
}

/** Virtual time: an instant comes as soon as everything before it has been done. */
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
