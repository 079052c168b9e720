/**
 * How the time of a scenario passes in a world of this process.
 *
 * @module
 */
import type { Scheduler } from '../../engine/core/scheduler.ts';

/** See the module. All instants are those of the scenario, ns. */
export interface Agenda {
  /** Sources grow to their rate until this instant; absent in virtual time. */
  readonly rampNs?: number;
  now(): number;
  /** Calls back at an instant, in ordinary order. */
  at(timeNs: number, fire: () => void): void;
  /** Calls back at an instant, before everything else of that nanosecond. */
  atFault(timeNs: number, fire: () => void): void;
  /** The instant by the clock from which the clocks of hosts are derived, ns. */
  clockNs(): number;
  /** False if the present turn of a source is so late that its request is refused. */
  admits?(): boolean;
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

  atFault(timeNs: number, fire: () => void): void {
    this.#scheduler.scheduleFault(timeNs, fire);
  }

  clockNs(): number {
    return this.#scheduler.now;
  }
}
