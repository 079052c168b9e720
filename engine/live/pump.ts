/**
 * The pump: drives one scheduler by the wall clock (docs/spec/live.md).
 *
 * Events of links run inside the scheduler at their due time, so lateness never feeds back into the
 * next event. Node code runs outside of the scheduler, by the wall clock, after the links have
 * caught up with that instant; expired timers wait in a queue for their turn. Nothing fires early.
 * A turn that takes too long is continued by `setImmediate` instead of after a sleep, so that I/O
 * is served in between. After a stall, expired timers wait until the sockets have been read: the
 * datagrams in the sockets arrived before these timers expired, and a failure detection timer that
 * fired first would declare a living neighbour dead.
 *
 * Packets under way go before new ones: traffic sources have a queue of their own, which waits
 * while a socket holds more datagrams than one read takes. A busy process then delays its sources,
 * where the waiting work has cost nothing yet and its age is known, instead of filling kernel
 * sockets, where probes would wait behind it (ADR 0029).
 *
 * With `high` precision, the pump sleeps until 1.2 ms before the next event and then looks at the
 * clock at every turn of the event loop; with `low`, it relies on the system's timer, which is up
 * to 2 ms late and takes no processor time. Does not know links, nodes or sockets.
 *
 * @module
 */
import type { Scheduler } from '../core/scheduler.ts';
import type { WallClock } from './live-clock.ts';
import { ReadyQueue, type ReadyTask } from './ready-queue.ts';

/** Precision of the pump: `high` spins before an event, `low` relies on the timers of the system. */
export type TimerPrecision = 'low' | 'high';

/** The clock, scheduler, precision and callbacks of a pump. */
export interface WallClockPumpOptions {
  readonly clock: WallClock;
  readonly scheduler: Scheduler;
  readonly precision: TimerPrecision;
  /** True if, since the last call, a socket seemed to hold more datagrams than were read; absent: never. */
  readonly takeBacklog?: () => boolean;
  /** Called with an error that node code threw; the pump has stopped by then. */
  readonly onFailure: (error: unknown) => void;
}

const NS_PER_MS = 1_000_000;
/**
 * Time before an event that is spent spinning, ns, because `setTimeout` fires up to 0.9 ms early and rounds to whole ms
 * (docs/spec/live.md#timers-of-node).
 */
const SPIN_NS = 1_200_000;
/** If less time than this is left until an event, a timer would be too imprecise, ns. */
const SLEEP_MIN_NS = 1_600_000;
/** Longest sleep, ns; `setTimeout` turns delays above 2^31 - 1 ms into 1 ms. */
const SLEEP_MAX_NS = 1_000_000_000 * 3_600;
/** Time after which a turn ends, so that sockets are read, ns; the next turn follows immediately. */
const TURN_NS = 2_000_000;
/**
 * Lateness from which on the process counts as having been suspended (a stall), ns. After a stall,
 * the event loop serves timers first and sockets after them.
 */
const STALL_NS = 20_000_000;
/** Longest time that timers wait after a stall while datagrams keep coming. */
const DRAIN_MAX_NS = 50_000_000;
/** Longest time that sources wait for full sockets, ns: other processes may be filling them. */
const SOURCE_WAIT_NS = 10_000_000;
const NEVER = Number.POSITIVE_INFINITY;

/** Drives a scheduler and the code of nodes by the wall clock. */
export class WallClockPump {
  readonly clock: WallClock;
  /** Number of turns that ended before everything due was done. */
  overruns = 0;
  /**
   * Longest time that a due event waited because the process did not run, ns; 0 if no such time reached 20 ms.
   */
  longestStallNs = 0;
  readonly #scheduler: Scheduler;
  readonly #precision: TimerPrecision;
  readonly #onFailure: (error: unknown) => void;
  readonly #takeBacklog: () => boolean;
  readonly #ready = new ReadyQueue();
  readonly #sources = new ReadyQueue();
  /** When sources last had a turn, or had nothing to do, ns. */
  #sourcesAtNs = 0;
  /** Number of tasks that were put into either queue so far. */
  #pushed = 0;
  #immediate: NodeJS.Immediate | undefined;
  #timeout: NodeJS.Timeout | undefined;
  /** When the pending timer will wake the pump, ns. */
  #wakeAt = NEVER;
  #isInside = false;
  #isRunning = true;
  /** Latest instant until which timers wait for the sockets after a stall, ns. */
  #drainUntil = 0;
  /** True once all node code that was due has run since the last stall. */
  #hasServed = true;
  /** Number of calls of {@link enter} since the last turn. */
  #arrivals = 0;

  constructor(options: WallClockPumpOptions) {
    this.clock = options.clock;
    this.#scheduler = options.scheduler;
    this.#precision = options.precision;
    this.#takeBacklog = options.takeBacklog ?? ((): boolean => false);
    this.#onFailure = options.onFailure;
  }

  /** False after `stop` or a failure; nothing is called then. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** How far the wall clock is ahead of the links, ns; added to delays requested by node code. */
  get lead(): number {
    return Math.max(0, this.clock.now() - this.#scheduler.now);
  }

  /** Runs a task in its turn, after the tasks that became due earlier. */
  push(task: ReadyTask): void {
    this.#ready.push(task, this.#pushed);
    this.#pushed += 1;
  }

  /**
   * Runs a task of a traffic source as {@link push} does, but not while a socket holds more datagrams than were
   * read.
   */
  pushSource(task: ReadyTask): void {
    this.#sources.push(task, this.#pushed);
    this.#pushed += 1;
  }

  /**
   * Runs node code that something outside has caused (a datagram, a worker's answer), after the
   * links have caught up with the present instant. A call inside other node code runs the code directly.
   */
  enter(code: () => void): void {
    if (!this.#isRunning) return;
    if (this.#isInside) {
      code();
      return;
    }
    // hot: once per datagram and hop, hence no closure here.
    this.#isInside = true;
    this.#arrivals += 1;
    try {
      this.#catchUp();
      code();
      this.#catchUp();
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isInside = false;
    }
    this.#plan();
  }

  /** Called when something was scheduled from outside of node code; checks when it is due. */
  wake(): void {
    if (!this.#isInside) this.#plan();
  }

  /** Stops permanently and drops all tasks that wait. */
  stop(): void {
    this.#isRunning = false;
    this.#ready.clear();
    this.#sources.clear();
    clearImmediate(this.#immediate);
    clearTimeout(this.#timeout);
  }

  #turn(): void {
    this.#isInside = true;
    try {
      this.#catchUp();
      if (!this.#isDraining()) {
        this.#runDue(this.#scheduler.now + TURN_NS);
        if (this.#ready.isEmpty) this.#hasServed = true;
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isInside = false;
    }
    this.#plan();
  }

  #runDue(endAt: number): void {
    const hasSources = this.#mayServeSources();
    for (;;) {
      // Timers and sources run in the order in which they became due, which matters when the process gets little
      // processor time.
      const isSource = hasSources && this.#sources.first < this.#ready.first;
      const queue = isSource ? this.#sources : this.#ready;
      if (queue.isEmpty) return;
      queue.next()?.run();
      this.#catchUp();
      if (this.#scheduler.now < endAt) continue;
      this.overruns += 1;
      return;
    }
  }

  /** True if traffic sources may have their turn now; evaluated once per turn. */
  #mayServeSources(): boolean {
    const { now } = this.#scheduler;
    const isBacklogged = this.#takeBacklog();
    const isLong = now - this.#sourcesAtNs >= SOURCE_WAIT_NS;
    if (isBacklogged && !isLong && !this.#sources.isEmpty) return false;
    this.#sourcesAtNs = now;
    return true;
  }

  /** Fires all events of links that are due; afterwards the links are at the present wall-clock instant. */
  #catchUp(): void {
    const wall = this.clock.now();
    if (wall - this.#scheduler.now > STALL_NS) this.#noteStall(wall);
    if (wall > this.#scheduler.now) this.#scheduler.runUntil(wall);
  }

  /**
   * Detects a stall: an event was due, but nothing ran for a long time.
   */
  #noteStall(wall: number): void {
    const late = wall - this.#scheduler.peekTime();
    if (late <= STALL_NS) return;
    this.longestStallNs = Math.max(this.longestStallNs, late);
    // On a machine that is always busy, one stall follows another. So a new wait for the sockets
    // begins only if all node code that waited during the previous stall has run.
    if (this.#hasServed) this.#drainUntil = wall + DRAIN_MAX_NS;
    this.#hasServed = false;
    // Counts as an arrival, which makes timers wait until the sockets have been read once more.
    this.#arrivals += 1;
  }

  /** True while timers wait for the sockets: until a turn of the event loop has brought no datagram. */
  #isDraining(): boolean {
    if (this.#arrivals === 0 || this.#scheduler.now >= this.#drainUntil) return false;
    this.#arrivals = 0;
    return true;
  }

  #fail(error: unknown): void {
    this.stop();
    this.#onFailure(error);
  }

  /** Arranges the next turn: by a timer, or as soon as the event loop has served the sockets. */
  #plan(): void {
    if (!this.#isRunning || this.#immediate !== undefined) return;
    const hasReady = !this.#ready.isEmpty || !this.#sources.isEmpty;
    const due = hasReady ? 0 : this.#scheduler.peekTime();
    const isHigh = this.#precision === 'high';
    // hot: after most datagrams the pending timer is early enough, and the clock need not be read.
    if (due === NEVER || (!isHigh && due >= this.#wakeAt)) return;
    const left = due - this.clock.now();
    if (left <= 0 || (isHigh && left < SLEEP_MIN_NS)) {
      this.#immediate = setImmediate(() => {
        this.#immediate = undefined;
        this.#turn();
      });
      return;
    }
    this.#sleep(Math.min(SLEEP_MAX_NS, isHigh ? left - SPIN_NS : left));
  }

  #sleep(ns: number): void {
    const wakeAt = this.clock.now() + ns;
    // The pending timer fires early enough; keeping it is cheaper than making a new one, and an
    // early wake-up is harmless.
    if (this.#wakeAt <= wakeAt) return;
    clearTimeout(this.#timeout);
    this.#wakeAt = wakeAt;
    const ms = ns / NS_PER_MS;
    // With high precision rounded down, because the rest is spent spinning; with low precision rounded up, because
    // waking up too early would cost another sleep.
    const wholeMs = this.#precision === 'high' ? Math.floor(ms) : Math.ceil(ms);
    const wake = (): void => {
      this.#timeout = undefined;
      this.#wakeAt = NEVER;
      // `setImmediate` runs this after the sockets have been read.
      this.#plan();
    };
    this.#timeout = setTimeout(wake, Math.max(1, wholeMs));
  }
}
