/**
 * The pacer: lets the events of a virtual world happen when the wall clock says so.
 *
 * Spec: simulation.md 9.1 and 9.2. An event of virtual time t is due at w0 + (t - v0) / factor. Far
 * from it the pacer sleeps by one timer to 1.2 ms before; near it, it looks again at every turn of
 * the event loop, with naps of 50 us, so that datagrams from outside are served while it waits. When it is behind, it
 * goes on without a sleep. Nothing fires early, and nothing but the instants of callers' datagrams
 * depends on the wall: virtual time stays exact, however late it is.
 *
 * Does not know links, nodes or sockets.
 *
 * @module
 */
import { assert } from '../../core/assert.ts';
import type { Scheduler } from '../../core/scheduler.ts';
import { LogHistogram } from '../../measure/histogram.ts';
import type { WallClock } from '../live-clock.ts';

/** What happens when an event is later than the limit. */
export type OnLate = 'warn' | 'fail';

/** How a paced stretch ended. */
export type PaceEnd =
  | { readonly kind: 'reached' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'late'; readonly late: LateEvent };

/** An event that came later than it should have. */
export interface LateEvent {
  /** Virtual instant, ns. */
  readonly atNs: number;
  /** Wall time by which it was late, ns. */
  readonly byNs: number;
}

/** What a pacer is made of. */
export interface PacerOptions {
  readonly clock: WallClock;
  readonly scheduler: Pick<Scheduler, 'now' | 'peekTime' | 'runUntil'>;
  /** Virtual seconds in a second of the wall; 1 where outside programs take part. */
  readonly factor: number;
  /** Above it an event counts as a slip, ns of the wall. */
  readonly lateLimitNs: number;
  readonly onLate: OnLate;
  /** Virtual time between two calls of `onSlice`, ns. */
  readonly sliceNs: number;
  /** Called outside of events, when all events up to this instant have fired. */
  readonly onSlice: (atNs: number) => void;
}

/** A timer may be 0.9 ms early or a few late: sleep only to here (9.2). */
const SPIN_NS = 1_200_000;
/** With less than this left, a sleep is not worth it. */
const SLEEP_MIN_NS = 1_600_000;
/** Timers are cut off above 2^31 ms; looking once a second costs nothing. */
const SLEEP_MAX_NS = 1_000_000_000;
/** Work of one turn before the sockets get theirs. */
const TURN_NS = 2_000_000;
const NS_PER_MS = 1_000_000;
/**
 * A turn that finds nothing due sleeps this long: spinning all the time makes the system put this
 * process off when others want the processor, for milliseconds at a time.
 */
const NAP_MS = 0.05;
/** What a nap takes with the timer slack of the system. */
const NAP_MARGIN_NS = 200_000;
const BED = new Int32Array(new SharedArrayBuffer(4));

/** See the module. */
export class Pacer {
  /** By how much events came late, ns of the wall; one value per instant that had events. */
  readonly lateness = new LogHistogram();
  /** Instants that came later than the limit. */
  slips = 0;
  /** The latest of them all. */
  worst: LateEvent | undefined;
  /** How far virtual time was behind the wall when the run ended, ns of the wall. */
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
  #resolve: (end: PaceEnd) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;

  constructor(options: PacerOptions) {
    assert(options.factor > 0, `a speed of ${options.factor} leads nowhere`);
    this.#options = options;
  }

  /** False before `run` and after its end. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Virtual now by the wall clock; never before an event that has fired. */
  now(): number {
    const { clock, scheduler, factor } = this.#options;
    if (!this.#isRunning) return scheduler.now;
    const elapsed = (clock.now() - this.#wallZero) * factor;
    return Math.max(scheduler.now, this.#virtualZero + Math.floor(elapsed));
  }

  /** Runs from the present instant to `untilNs`; resolves when it is reached or the run stops. */
  run(untilNs: number): Promise<PaceEnd> {
    const { clock, scheduler, sliceNs } = this.#options;
    assert(!this.#isRunning, 'the pacer runs already');
    this.#virtualZero = scheduler.now;
    this.#untilNs = untilNs;
    this.#sliceAt = Math.min(untilNs, scheduler.now + sliceNs);
    this.#isRunning = true;
    return new Promise<PaceEnd>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#wallZero = clock.now();
      this.#plan();
    });
  }

  /** Forgets what was measured: the warm-up is over. */
  forget(): void {
    this.lateness.reset();
    this.slips = 0;
    this.worst = undefined;
  }

  /**
   * Runs code that something outside has caused, stamped with the virtual now: all events that are
   * due before have fired. After the end nothing is called.
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

  /** Fires what is due up to `stamp`, or until the wall reaches `pauseAt`. */
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
      // Behind the first event, so that every turn gets something done.
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

  #end(end: PaceEnd): void {
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

  /** Waits a moment off the processor when the next event leaves time for it. */
  #nap(): void {
    const { clock, scheduler } = this.#options;
    const left = this.#dueOf(Math.min(scheduler.peekTime(), this.#sliceAt)) - clock.now();
    if (left > NAP_MARGIN_NS) Atomics.wait(BED, 0, 0, NAP_MS);
  }

  /** Decides when to look again. */
  #plan(): void {
    if (!this.#isRunning || this.#immediate !== undefined) return;
    const { clock, scheduler } = this.#options;
    const event = scheduler.peekTime();
    const left = this.#dueOf(Math.min(event, this.#sliceAt)) - clock.now();
    // The end of a slice may be late: nobody sees it.
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
