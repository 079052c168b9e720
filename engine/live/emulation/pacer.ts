/**
 * The pacer: fires the events of a virtual world when the wall clock says so.
 *
 * An event of virtual time t is due at wall time w0 + (t - v0) / factor (docs/spec/live.md#emulation). The
 * pacer sleeps with one timer until 1.2 ms before that. Then it looks at the clock at every turn of the
 * event loop, with naps of 50 us, so that datagrams from outside are served while it waits. When it
 * is late, it continues without sleeping. No event fires early, and only the virtual instants of datagrams
 * from outside depend on the wall clock: all others stay exact, however late the pacer is.
 *
 * Does not know links, nodes or sockets.
 *
 * @module
 */
import { assert } from '../../core/assert.ts';
import type { Scheduler } from '../../core/scheduler.ts';
import { LogHistogram } from '../../measure/histogram.ts';
import type { WallClock } from '../live-clock.ts';

/** What to do when an event is later than the limit. */
export type LateEventPolicy = 'warn' | 'fail';

/** The reason for which a paced interval ended. */
export type PacedRunEnd =
  | { readonly kind: 'reached' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'late'; readonly late: LateEvent };

/** An event that fired later than the limit. */
export interface LateEvent {
  /** Virtual instant at which the event was due, ns. */
  readonly atNs: number;
  /** How late the event was, ns of wall time. */
  readonly byNs: number;
}

/** The clock, scheduler, limits and callbacks of a pacer. */
export interface PacerOptions {
  readonly clock: WallClock;
  readonly scheduler: Pick<Scheduler, 'now' | 'peekTime' | 'runUntil'>;
  /** Virtual seconds per second of wall time; 1 if outside programs take part. */
  readonly factor: number;
  /** An event later than this counts as a slip, ns of wall time. */
  readonly lateLimitNs: number;
  readonly onLate: LateEventPolicy;
  /** Virtual time between two calls of `onSlice`, ns. */
  readonly sliceNs: number;
  /** Called outside of events, after all events up to this instant have fired. */
  readonly onSlice: (atNs: number) => void;
}

/**
 * How long before an event the pacer stops sleeping, because a timer may be 0.9 ms early or a few ms late, ns
 * (docs/spec/live.md#timers-of-node).
 */
const SPIN_NS = 1_200_000;
/** If less time than this is left until an event, the pacer does not sleep, ns. */
const SLEEP_MIN_NS = 1_600_000;
/** Longest sleep, ns: timers are limited to 2^31 ms, and waking up once a second costs nothing. */
const SLEEP_MAX_NS = 1_000_000_000;
/** Longest time that one turn fires events before the sockets are served, ns of wall time. */
const TURN_NS = 2_000_000;
const NS_PER_MS = 1_000_000;
/**
 * How long a turn sleeps if nothing is due, ms. A process that spins all the time is descheduled for
 * milliseconds when other processes need the processor.
 */
const NAP_MS = 0.05;
/** Longest duration of a nap, including the timer slack of the system, ns. */
const NAP_MARGIN_NS = 200_000;
const WAIT_CELL = new Int32Array(new SharedArrayBuffer(4));

/** Fires the events of a virtual world when the wall clock says so, never earlier. */
export class Pacer {
  /** How late events were, ns of wall time; one value per instant that had events. */
  readonly lateness = new LogHistogram();
  /** Number of instants whose events were later than the limit. */
  slips = 0;
  /** The event that was late by most. */
  worst: LateEvent | undefined;
  /** How far virtual time was behind the wall clock when the run ended, ns of wall time. */
  driftNs = 0;
  readonly #options: PacerOptions;
  #wallZero = 0;
  #virtualZero = 0;
  #untilNs = 0;
  #sliceAt = 0;
  #isRunning = false;
  #isInside = false;
  #timeout: ReturnType<typeof setTimeout> | undefined;
  #immediate: ReturnType<typeof setImmediate> | undefined;
  #resolve: (end: PacedRunEnd) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;

  constructor(options: PacerOptions) {
    assert(options.factor > 0, `a speed of ${options.factor} leads nowhere`);
    this.#options = options;
  }

  /** False before `run` and after its end. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** The virtual time that corresponds to the wall clock, ns; never before an event that has fired. */
  now(): number {
    const { clock, scheduler, factor } = this.#options;
    if (!this.#isRunning) return scheduler.now;
    const elapsed = (clock.now() - this.#wallZero) * factor;
    return Math.max(scheduler.now, this.#virtualZero + Math.floor(elapsed));
  }

  /** Runs from now to the virtual instant `untilNs`; resolves when it is reached or the run stops. */
  run(untilNs: number): Promise<PacedRunEnd> {
    const { clock, scheduler, sliceNs } = this.#options;
    assert(!this.#isRunning, 'the pacer runs already');
    this.#virtualZero = scheduler.now;
    this.#untilNs = untilNs;
    this.#sliceAt = Math.min(untilNs, scheduler.now + sliceNs);
    this.#isRunning = true;
    return new Promise<PacedRunEnd>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#wallZero = clock.now();
      this.#plan();
    });
  }

  /** Ends the run at this instant if it is earlier than planned. */
  endBy(untilNs: number): void {
    this.#untilNs = Math.min(this.#untilNs, untilNs);
    this.#sliceAt = Math.min(this.#sliceAt, this.#untilNs);
  }

  /** Discards the measurements so far; called when the warm-up ends. */
  forget(): void {
    this.lateness.reset();
    this.slips = 0;
    this.worst = undefined;
  }

  /**
   * Runs code that something outside has caused, at the virtual time of the present wall time, after all
   * events that are due by then. After the end of the run, the code is not called.
   */
  enter(code: () => void): void {
    if (!this.#isRunning) return;
    assert(!this.#isInside, 'the outside must not enter from within an event');
    this.#guard(() => {
      const stamp = this.now();
      this.#advance(stamp, Number.POSITIVE_INFINITY);
      if (!this.#isRunning) return;
      this.#options.scheduler.runUntil(stamp);
      code();
    });
    this.#plan();
  }

  /** Ends the run after the present event. */
  stop(): void {
    this.#end({ kind: 'stopped' });
  }

  #dueOf(virtualNs: number): number {
    return this.#wallZero + (virtualNs - this.#virtualZero) / this.#options.factor;
  }

  #turn(): void {
    this.#guard(() => {
      const stamp = this.now();
      this.#advance(stamp, this.#options.clock.now() + TURN_NS);
    });
    this.#plan();
  }

  /** Fires the events due up to the wall time `stamp`, but stops when the wall clock reaches `pauseAt`. */
  #advance(stamp: number, pauseAt: number): void {
    const { clock, scheduler } = this.#options;
    while (this.#isRunning) {
      const event = scheduler.peekTime();
      const next = Math.min(event, this.#sliceAt);
      if (next > stamp) return;
      const wall = clock.now();
      if (event === next && this.#isTooLate(event, wall)) return;
      scheduler.runUntil(next);
      if (next === this.#sliceAt) this.#endSlice(next);
      // The clock is checked only after the first event, so that every turn makes progress.
      if (wall > pauseAt) return;
    }
  }

  #isTooLate(atNs: number, wall: number): boolean {
    const { lateLimitNs, onLate } = this.#options;
    const byNs = Math.max(0, Math.floor(wall - this.#dueOf(atNs)));
    this.lateness.record(byNs);
    if (this.worst === undefined || byNs > this.worst.byNs) this.worst = { atNs, byNs };
    if (byNs <= lateLimitNs) return false;
    this.slips += 1;
    if (onLate === 'warn') return false;
    this.#end({ kind: 'late', late: { atNs, byNs } });
    return true;
  }

  #endSlice(atNs: number): void {
    const { onSlice, sliceNs } = this.#options;
    this.#sliceAt = Math.min(this.#untilNs, atNs + sliceNs);
    onSlice(atNs);
    if (atNs >= this.#untilNs) this.#end({ kind: 'reached' });
  }

  #end(end: PacedRunEnd): void {
    if (!this.#isRunning) return;
    const { clock, scheduler } = this.#options;
    this.driftNs = Math.max(0, Math.floor(clock.now() - this.#dueOf(scheduler.now)));
    this.#halt();
    this.#resolve(end);
  }

  #halt(): void {
    this.#isRunning = false;
    clearTimeout(this.#timeout);
    clearImmediate(this.#immediate);
  }

  #guard(code: () => void): void {
    this.#isInside = true;
    try {
      code();
    } catch (error) {
      this.#halt();
      this.#reject(error);
    } finally {
      this.#isInside = false;
    }
  }

  /** Naps briefly off the processor if the next event leaves time for it. */
  #nap(): void {
    const { clock, scheduler } = this.#options;
    const left = this.#dueOf(Math.min(scheduler.peekTime(), this.#sliceAt)) - clock.now();
    if (left > NAP_MARGIN_NS) Atomics.wait(WAIT_CELL, 0, 0, NAP_MS);
  }

  /** Arranges the next turn: by a timer, or as soon as the event loop has served the sockets. */
  #plan(): void {
    if (!this.#isRunning || this.#immediate !== undefined) return;
    const { clock, scheduler } = this.#options;
    const event = scheduler.peekTime();
    const left = this.#dueOf(Math.min(event, this.#sliceAt)) - clock.now();
    // Firing the end of a slice late is harmless, because no event depends on it.
    const spinNs = event <= this.#sliceAt ? SPIN_NS : 0;
    clearTimeout(this.#timeout);
    if (left <= 0 || (spinNs > 0 && left < SLEEP_MIN_NS)) {
      this.#immediate = setImmediate(() => {
        this.#immediate = undefined;
        this.#nap();
        this.#turn();
      });
      return;
    }
    const ms = Math.floor((Math.min(left, SLEEP_MAX_NS) - spinNs) / NS_PER_MS);
    this.#timeout = setTimeout(() => this.#turn(), Math.max(1, ms));
  }
}
