/**
 * A timer of a live node: due by the wall clock, fired in its turn, never early.
 *
 * `engine/core` counts in the time of the links, which is behind the wall clock: this file adds the difference to
 * each delay, and an expired timer waits in a queue for its turn.
 *
 * @module
 */
import type { Scheduler } from '../core/scheduler.ts';
import { checkDelay } from '../core/time.ts';
import { RearmTimer } from '../core/timer.ts';
import type { Nanoseconds, Timer } from '../host/time.ts';
import type { WallClockPump } from './pump.ts';
import type { ReadyTask } from './ready-queue.ts';

/** The timer that `host.after` returns in live mode. */
export class LiveTimer implements Timer, ReadyTask {
  readonly #pump: WallClockPump;
  readonly #timer: RearmTimer;
  readonly #fire: () => void;
  readonly #label: string;
  /** True while the timer is due but its turn has not come. */
  #isReady = false;

  constructor(pump: WallClockPump, scheduler: Scheduler, fire: () => void, label: string) {
    this.#pump = pump;
    this.#fire = fire;
    this.#label = label;
    const expire = (): void => {
      this.#isReady = true;
      pump.push(this);
    };
    this.#timer = new RearmTimer(scheduler, expire, label);
  }

  get isPending(): boolean {
    return this.#isReady || this.#timer.isPending;
  }

  rearm(delay: Nanoseconds): void {
    const { lead, clock } = this.#pump;
    checkDelay(clock.now(), delay, this.#label);
    this.#isReady = false;
    this.#timer.rearm(lead + delay);
  }

  cancel(): void {
    this.#isReady = false;
    this.#timer.cancel();
  }

  /**
   * Called by the ready queue at the timer's turn; does nothing if the timer was cancelled or rearmed
   * since it became due.
   */
  run(): void {
    if (!this.#isReady) return;
    this.#isReady = false;
    this.#fire();
  }
}
