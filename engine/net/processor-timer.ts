/**
 * A timer whose handler waits for the modelled processor: when the timer expires, the handler
 * queues before data; until its turn comes the timer can still be cancelled or moved, as in a real
 * process (engine/live/live-timer.ts).
 *
 * @module
 */
import type { Scheduler } from '../core/scheduler.ts';
import { RearmTimer } from '../core/timer.ts';
import type { Nanoseconds, Timer } from '../host/time.ts';
import type { Machine } from './machine.ts';

/** The scheduler, machine, label and handler of a timer. */
export interface ProcessorTimerParts {
  readonly scheduler: Scheduler;
  readonly machine: Machine;
  /** A name for messages about an invalid delay. */
  readonly label: string;
  readonly fire: () => void;
}

/** The timer that `host.after` returns if processor time is charged. */
export class ProcessorTimer implements Timer {
  private readonly timer: RearmTimer;
  /** True if the timer has expired, but its handler still waits for the processor. */
  private isReady = false;
  /**
   * Number of the present wait for the processor; a wait with another number began before the timer
   * was moved, and is ignored.
   */
  private turn = 0;

  constructor({ scheduler, machine, label, fire }: ProcessorTimerParts) {
    const expire = (): void => {
      this.isReady = true;
      this.turn += 1;
      const { turn } = this;
      machine.run('control', () => {
        if (!this.isReady || turn !== this.turn) return;
        this.isReady = false;
        fire();
      });
    };
    this.timer = new RearmTimer(scheduler, expire, label);
  }

  get isPending(): boolean {
    return this.isReady || this.timer.isPending;
  }

  rearm(delay: Nanoseconds): void {
    this.isReady = false;
    this.timer.rearm(delay);
  }

  cancel(): void {
    this.isReady = false;
    this.timer.cancel();
  }
}
