/**
 * The scheduler: checked delays in, events out in the order (time, class, sequence)
 * (docs/spec/event-order.md).
 *
 * It can be stepped: `runUntil`, `step`, `stop`; pacing by the wall clock is a loop around it. Does
 * not know links, nodes or packets: every kind except callbacks goes to one handler.
 *
 * @module
 */
import { assert, InvariantError } from './assert.ts';
import {
  CLOCK_LIMIT_INDEX,
  CLOCK_NOW_INDEX,
  type EventHandle,
  EventQueue,
  NO_EVENT,
} from './event-queue.ts';
import { invalidDelayError, isValidDelay, VIRTUAL_TIME_MAX_NS } from './time.ts';

export type { EventHandle } from './event-queue.ts';

/** The kind of events whose payload is a function; the handler never sees it. */
const CALLBACK_KIND = 0;
/** Largest kind that {@link Scheduler.schedule} accepts. */
const MAX_KIND = 254;
/** Largest kind that {@link Scheduler.post} accepts: it has 4 bits. */
const MAX_POSTED_KIND = 15;
/** Largest target that {@link Scheduler.post} accepts: it has 27 bits. */
const MAX_POSTED_TARGET = 0x7ff_ffff;

// Private names for hot code: see event-queue.ts.
const NOW = CLOCK_NOW_INDEX;
const LIMIT = CLOCK_LIMIT_INDEX;
const NONE = NO_EVENT;
const CALLBACK = CALLBACK_KIND;
const KIND_MASK = 255;
const POSTED_KIND_SHIFT = 27;
const POSTED_KIND_MASK = MAX_POSTED_KIND;
const POSTED_TARGET_MASK = MAX_POSTED_TARGET;

/**
 * Acts on events that are not callbacks, with one `switch` over the kinds
 * (docs/spec/event-order.md#events-that-go-to-one-handler).
 */
export interface EventHandler {
  /**
   * Acts on one event.
   * @param kind 1..{@link MAX_KIND}.
   * @param target Index of the transmitter, pipe, node or timer.
   * @param argument The payload given to `schedule`; 0 for posted events.
   */
  fire(kind: number, target: number, argument: number): void;
  /** Names an event for messages, for example `transmitter a->b`. */
  describe?(kind: number, target: number): string;
}

const NO_HANDLER: EventHandler = {
  fire(kind: number): void {
    throw new InvariantError(`an event of kind ${kind} fired, but the scheduler has no handler`);
  },
};

/**
 * The clock and the scheduled events of one simulated world.
 *
 * @example
 * const scheduler = new Scheduler();
 * scheduler.after(1_000_000, () => { pongs += 1; }, 'ping timer');
 * scheduler.run(); // scheduler.now === 1_000_000
 */
export class Scheduler {
  private readonly queue: EventQueue;
  /** The present instant in its first cell, for readers in hot code; written by the queue alone. */
  readonly clock: Float64Array;
  private readonly handler: EventHandler;
  private events = 0;
  private isRunning = false;
  private isStopped = false;

  /**
   * @param handler Receives events that are not callbacks.
   * @param capacity Expected number of pending events; grows by doubling.
   * @param heapLimit Largest number of entries in the heap (see {@link EventQueue}); tests use a
   *   small one.
   */
  constructor(handler: EventHandler = NO_HANDLER, capacity = 1024, heapLimit?: number) {
    this.handler = handler;
    this.queue = new EventQueue(capacity, undefined, heapLimit);
    this.clock = this.queue.clock;
  }

  /** The present virtual time, integer ns. */
  get now(): number {
    return this.clock[NOW] as number;
  }

  /** Number of events that wait; cancelled ones do not count. */
  get pendingCount(): number {
    return this.queue.pendingCount;
  }

  /** Number of events fired since the start. */
  get eventCount(): number {
    return this.events;
  }

  /**
   * Schedules a cancellable event; with delay 0 it runs after all older events of this instant.
   *
   * @param delay Integer ns, >= 0, ending not after {@link VIRTUAL_TIME_MAX_NS}.
   * @param kind 1..{@link MAX_KIND}.
   * @param target Any 32-bit integer.
   * @param argument Any 32-bit integer.
   * @returns a handle for {@link cancel}; never 0.
   * @throws InvariantError when the delay is refused, naming the event.
   */
  schedule(delay: number, kind: number, target: number, argument: number): EventHandle {
    if (!isValidDelay(this.clock[NOW] as number, delay)) throw this.refuse(delay, kind, target);
    if ((kind & KIND_MASK) !== kind || kind === CALLBACK || kind === KIND_MASK) {
      throw new InvariantError(`schedule: kind ${kind} is not in 1..${MAX_KIND}`);
    }
    return this.queue.handleOf(this.queue.push(delay, kind, target, argument));
  }

  /** Like {@link schedule}, but for an absolute instant (ns) that is not in the past. */
  scheduleAt(time: number, kind: number, target: number, argument: number): EventHandle {
    return this.schedule(time - this.now, kind, target, argument);
  }

  /**
   * Schedules an event that cannot be cancelled: cheaper, because it needs no handle.
   *
   * @param delay Integer ns, >= 0.
   * @param kind 1..{@link MAX_POSTED_KIND}.
   * @param target 0..{@link MAX_POSTED_TARGET}.
   */
  post(delay: number, kind: number, target: number): void {
    if (!isValidDelay(this.clock[NOW] as number, delay)) throw this.refuse(delay, kind, target);
    if ((kind & POSTED_KIND_MASK) !== kind || kind === CALLBACK) {
      throw new InvariantError(`post: kind ${kind} is not in 1..${MAX_POSTED_KIND}`);
    }
    if ((target & POSTED_TARGET_MASK) !== target) {
      throw new InvariantError(`post: target ${target} is not in 0..${MAX_POSTED_TARGET}`);
    }
    this.queue.post(delay, kind, target);
  }

  /**
   * Calls `callback` once, `delay` from now.
   *
   * @param delay Integer ns, >= 0.
   * @param label Named in the message when the delay is refused.
   */
  after(delay: number, callback: () => void, label = 'after'): EventHandle {
    if (!isValidDelay(this.clock[NOW] as number, delay))
      throw invalidDelayError(this.now, delay, label);
    return this.queue.handleOf(this.queue.pushCallback(delay, callback));
  }

  /**
   * Schedules a fault or an injected event: it acts before every other event of its nanosecond
   * (docs/spec/scenario-files.md#events); faults of one nanosecond act in the order of these calls.
   *
   * @param time Instant in ns, not before now.
   */
  scheduleFault(time: number, callback: () => void, label = 'fault'): EventHandle {
    const delay = time - this.now;
    if (!isValidDelay(this.now, delay)) throw invalidDelayError(this.now, delay, label);
    return this.queue.handleOf(this.queue.pushFault(time, callback));
  }

  /** Cancels an event. Returns false, harmlessly, when it has fired or was cancelled before. */
  cancel(handle: EventHandle): boolean {
    return this.queue.cancel(handle);
  }

  /** True while the event waits. */
  isPending(handle: EventHandle): boolean {
    return this.queue.isPending(handle);
  }

  /** Instant of the next event, ns; Infinity when none waits. */
  peekTime(): number {
    return this.queue.peekTime();
  }

  /**
   * Fires all events up to and including `until`, then sets the clock to it, unless stopped.
   *
   * @param until Instant in ns, not before now.
   */
  runUntil(until: number): void {
    const isInstant = isValidDelay(this.now, until - this.now);
    if (!isInstant) throw invalidDelayError(this.now, until - this.now, 'runUntil');
    this.drain(until);
    if (!this.isStopped) this.queue.advance(until);
  }

  /** Fires all events; the clock stays at the last one. */
  run(): void {
    this.drain(VIRTUAL_TIME_MAX_NS);
  }

  /** Fires one event. Returns false when none waits. */
  step(): boolean {
    this.clock[LIMIT] = VIRTUAL_TIME_MAX_NS;
    const reference = this.queue.take();
    if (reference === NONE) return false;
    this.dispatch(reference);
    return true;
  }

  /** Ends the run after the current event; the next run continues from there. */
  stop(): void {
    this.isStopped = true;
  }

  private drain(until: number): void {
    assert(!this.isRunning, 'a handler must not run the scheduler that runs it');
    this.isRunning = true;
    this.isStopped = false;
    this.clock[LIMIT] = until;
    const queue = this.queue;
    try {
      while (!this.isStopped) {
        const reference = queue.take();
        if (reference === NONE) break;
        this.dispatch(reference);
      }
    } finally {
      this.isRunning = false;
    }
  }

  // hot: once per event.
  private dispatch(reference: number): void {
    const queue = this.queue;
    this.events += 1;
    if (reference < 0) {
      const kind = (reference >>> POSTED_KIND_SHIFT) & POSTED_KIND_MASK;
      this.handler.fire(kind, reference & POSTED_TARGET_MASK, 0);
      return;
    }
    const records = queue.records;
    const at = reference << 2;
    const kind = (records[at | 1] as number) & KIND_MASK;
    if (kind === CALLBACK) {
      const callback = queue.takeCallback(reference);
      queue.release(reference);
      callback();
      return;
    }
    const target = records[at | 2] as number;
    const argument = records[at | 3] as number;
    // Freed before the handler runs: inside the handler, the event's own handle must be stale, and
    // the slot is reused while it is still in the cache.
    queue.release(reference);
    this.handler.fire(kind, target, argument);
  }

  private refuse(delay: number, kind: number, target: number): InvariantError {
    const name = this.handler.describe?.(kind, target) ?? `event of kind ${kind}, target ${target}`;
    return invalidDelayError(this.now, delay, name);
  }
}
