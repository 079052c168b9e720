/**
 * A timer that is cheap to re-arm (docs/spec/event-order.md#timers-that-are-re-armed).
 *
 * Moving the deadline further away writes one number: the event that is pending fires too early and
 * then schedules another one for the time that is left. The instant of that scheduling, and not of
 * the call of `rearm`, decides the order of the timer among the events of one instant. Does not
 * repeat by itself.
 *
 * @module
 */
import type { Nanoseconds, Timer } from '../host/time.ts';
import type { Scheduler } from './scheduler.ts';
import { checkDelay } from './time.ts';

/** The timer that `host.after` returns. */
export class RearmTimer implements Timer {
  private readonly scheduler: Scheduler;
  private readonly fire: () => void;
  private readonly label: string;
  private readonly onEvent: () => void;
  /**
   * When to fire, ns; Infinity while idle. Always a double, so that V8 keeps the type of the field.
   */
  private deadline = Number.POSITIVE_INFINITY;
  /** When the pending event fires, ns; Infinity if none is pending. */
  private eventAt = Number.POSITIVE_INFINITY;
  /** Handle of the pending event; 0 if none is pending. */
  private handle = 0;

  /** @param label Name of the timer in the error when a delay is refused. */
  constructor(scheduler: Scheduler, fire: () => void, label = 'timer') {
    this.scheduler = scheduler;
    this.fire = fire;
    this.label = label;
    this.onEvent = (): void => this.expire();
  }

  /** True until it has fired or was cancelled. */
  get isPending(): boolean {
    return this.deadline !== Number.POSITIVE_INFINITY;
  }

  /**
   * Sets the deadline to `delay` from now, whether pending or not.
   * @param delay Integer ns, >= 0.
   */
  rearm(delay: Nanoseconds): void {
    const now = this.scheduler.now;
    checkDelay(now, delay, this.label);
    this.deadline = now + delay;
    if (this.handle !== 0) {
      if (this.eventAt <= this.deadline) return;
      this.scheduler.cancel(this.handle);
    }
    this.arm(delay);
  }

  /** Stops the timer; harmless when it has fired already. */
  cancel(): void {
    this.deadline = Number.POSITIVE_INFINITY;
    // The event is cancelled as well: if it fired without effect, the run would end later than its
    // last real event.
    if (this.handle !== 0) this.scheduler.cancel(this.handle);
    this.handle = 0;
  }

  private arm(delay: number): void {
    this.eventAt = this.scheduler.now + delay;
    this.handle = this.scheduler.after(delay, this.onEvent, this.label);
  }

  private expire(): void {
    this.handle = 0;
    const rest = this.deadline - this.scheduler.now;
    if (rest > 0) {
      this.arm(rest);
      return;
    }
    this.deadline = Number.POSITIVE_INFINITY;
    this.fire();
  }
}
