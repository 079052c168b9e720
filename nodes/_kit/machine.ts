/**
 * The interface of state machines, which get time and inputs and return effects, without a host (ADR 0043). The
 * shell (shell.ts) keeps the one timer of a machine and performs its effects.
 *
 * @module
 */
import type { Nanoseconds } from '../../engine/host/time.ts';

/** The input that tells a machine that the instant of its `nextAt()` has come. */
export interface TimerDue {
  readonly kind: 'timer';
}

/** The only value of {@link TimerDue}, so that no firing allocates one. */
export const TIMER_DUE: TimerDue = { kind: 'timer' };

/** A state machine whose effects are values. */
export interface StateMachine<Input, Effect> {
  /**
   * Processes one input completely. At {@link TIMER_DUE}, the machine may do all that is due at `now`, or a part of it;
   * then `nextAt()` is still `now` and the timer fires again.
   * @param now Never less than in the call before.
   * @returns the effects to perform, in this order.
   */
  step(now: Nanoseconds, input: Input | TimerDue): readonly Effect[];
  /** The next instant at which the machine has something to do without an input; Infinity if never. */
  nextAt(): Nanoseconds;
}
