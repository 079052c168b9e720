/**
 * Runs a state machine on a host: steps it with inputs, performs its effects, and keeps one timer at
 * its next instant.
 *
 * Performing an effect may cause further inputs, as a delivery causes an answer of the application. These inputs
 * wait until all effects of the current step are performed, so that effects keep their order. An
 * input must therefore own the bytes to which it refers.
 *
 * @module
 */
import type { Nanoseconds, Timer } from '../../engine/host/time.ts';
import { type StateMachine, TIMER_DUE, type TimerDue } from './machine.ts';

/** The part of a host that the shell needs; a complete `Host` fits. */
export interface StateMachineHost {
  now(): Nanoseconds;
  after(delay: Nanoseconds, fire: () => void): Timer;
}

/**
 * How the timer follows the machine's next instant. `exact`: the timer is always set to it. `lazy`: the timer is moved
 * only to earlier instants, so that it may fire when nothing is due; for machines whose next instant moves later with
 * every packet.
 */
export type TimerUpdateMode = 'exact' | 'lazy';

/** Largest number of firings at one instant: many more than a machine has timers. */
const FIRINGS_MAX = 100;

/** Runs a state machine on its host: passes inputs, performs effects, keeps its timer. */
export class StateMachineRunner<Input, Effect> {
  readonly #host: StateMachineHost;
  readonly #machine: StateMachine<Input, Effect>;
  readonly #perform: (effect: Effect) => void;
  readonly #isLazy: boolean;
  /** Inputs that came while effects were performed, oldest first. */
  readonly #waiting: (Input | TimerDue)[] = [];
  #isStepping = false;
  #isStopped = false;
  #timer: Timer | undefined;
  /** The instant to which the timer is set; Infinity while it is not pending. */
  #timerNs = Number.POSITIVE_INFINITY;
  /** The instant of the last firing, and how often the timer has fired at it. */
  #firedNs: Nanoseconds = Number.NEGATIVE_INFINITY;
  #firings = 0;

  /** @param perform Performs one effect. */
  constructor(
    host: StateMachineHost,
    machine: StateMachine<Input, Effect>,
    perform: (effect: Effect) => void,
    keeping: TimerUpdateMode = 'exact',
  ) {
    this.#host = host;
    this.#machine = machine;
    this.#perform = perform;
    this.#isLazy = keeping === 'lazy';
  }

  /** Processes an input, at once or after the effects that are being performed. */
  take(input: Input | TimerDue): void {
    if (this.#isStepping) {
      this.#waiting.push(input);
      return;
    }
    this.#isStepping = true;
    this.#step(input);
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      this.#step(next);
    }
    this.#isStepping = false;
    this.#arm();
  }

  /**
   * Sets the timer without an input: for a machine that has something to do from the start, and
   * after {@link stop}.
   */
  start(): void {
    this.#isStopped = false;
    this.#arm();
  }

  /** Stops the timer until {@link start}, even if the machine takes inputs meanwhile. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#timerNs = Number.POSITIVE_INFINITY;
  }

  #step(input: Input | TimerDue): void {
    for (const effect of this.#machine.step(this.#host.now(), input)) this.#perform(effect);
  }

  #arm(): void {
    if (this.#isStopped) return;
    const at = this.#machine.nextAt();
    if (at === this.#timerNs || (this.#isLazy && at > this.#timerNs)) return;
    this.#timerNs = at;
    if (at === Number.POSITIVE_INFINITY) this.#timer?.cancel();
    else {
      const delay = Math.max(0, at - this.#host.now());
      if (this.#timer === undefined) this.#timer = this.#host.after(delay, () => this.#fire());
      else this.#timer.rearm(delay);
    }
  }

  #fire(): void {
    this.#timerNs = Number.POSITIVE_INFINITY;
    const now = this.#host.now();
    this.#firings = now === this.#firedNs ? this.#firings + 1 : 1;
    this.#firedNs = now;
    // Without this check, the timer of a defective machine would fire at this instant for ever.
    if (this.#firings > FIRINGS_MAX) throw new Error(`a machine left work undone at ${now} ns`);
    this.take(TIMER_DUE);
  }
}
