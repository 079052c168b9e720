/**
 * The pump: drives one scheduler by the wall clock (docs/spec/live.md, 9.2 and 9.5).
 *
 * Events of links run inside the scheduler on their due time, so that lateness is never fed back
 * into the next one. Node code runs outside of it, on the wall clock, with the links caught up to
 * that instant: timers that are due wait in `ready` for their turn. Nothing fires early. A turn that
 * takes too long is continued by `setImmediate`, never after a sleep: I/O is served in between.
 * After a stall, node code that is due waits until the sockets are read: what lies in them arrived
 * before those timers, and a detection timer that fires first declares a living neighbour dead.
 *
 * What is under way goes before what is new: sources of traffic have a lane of their own, which waits
 * while a socket has more than one look takes out of it. So the backlog of a busy process is in front
 * of its sources, where it has cost nothing and its age is known, and not in the sockets of the kernel,
 * where probes wait behind it.
 *
 * `high` precision sleeps until 1.2 ms before the next event and then looks again at every turn of
 * the event loop; `low` lets the timer of the system decide, which is up to 2 ms late and costs no
 * processor. Does not know links, nodes or sockets.
 *
 * @module
 */
import type { Scheduler } from '../core/scheduler.ts';
import type { WallClock } from './live-clock.ts';
import { ReadyQueue, type ReadyTask } from './ready-queue.ts';

/** How closely the pump follows the clock. */
export type Precision = 'low' | 'high';

/** What a pump is made of. */
export interface PumpOptions {
  readonly clock: WallClock;
  readonly scheduler: Scheduler;
  readonly precision: Precision;
  /** True once when a socket seems to hold more than was read since the last call; none does when absent. */
  readonly takeBacklog?: () => boolean;
  /** Gets what node code threw; the pump has stopped by then. */
  readonly onFailure: (error: unknown) => void;
}

const NS_PER_MS = 1_000_000;
/** `setTimeout` fires up to 0.9 ms early and is cut to whole ms: what is left is spun (9.2). */
const SPIN_NS = 1_200_000;
/** Below this a timer would be of no use. */
const SLEEP_MIN_NS = 1_600_000;
/** Longest sleep; delays above 2^31 - 1 ms would become 1 (9.2). */
const SLEEP_MAX_NS = 1_000_000_000 * 3_600;
/** A turn ends after this, so that sockets are read; the rest continues at once. */
const TURN_NS = 2_000_000;
/** Who is this late was not running; the event loop asks timers first, and sockets after them. */
const STALL_NS = 20_000_000;
/** Longest that timers wait after a stall while datagrams keep coming. */
const DRAIN_MAX_NS = 50_000_000;
/** Sources wait for full sockets for so long at most: those may be filled by other processes. */
const SOURCE_WAIT_NS = 10_000_000;
const NEVER = Number.POSITIVE_INFINITY;

/** See the module. */
export class Pump {
  readonly clock: WallClock;
  /** Turns that ended before everything due was done. */
  overruns = 0;
  /** The longest time that something due has waited because nothing ran, ns; 0 when below 20 ms. */
  longestStallNs = 0;
  readonly #scheduler: Scheduler;
  readonly #precision: Precision;
  readonly #onFailure: (error: unknown) => void;
  readonly #takeBacklog: () => boolean;
  readonly #ready = new ReadyQueue();
  readonly #sources = new ReadyQueue();
  /** When sources had their last turn, or had nothing to do, ns. */
  #sourcesAtNs = 0;
  /** Tasks so far, of both queues. */
  #pushed = 0;
  #immediate: NodeJS.Immediate | undefined;
  #timeout: NodeJS.Timeout | undefined;
  /** When the waiting timer wakes the pump, ns. */
  #wakeAt = NEVER;
  #isInside = false;
  #isRunning = true;
  /** After a stall: until when timers wait for the sockets at most, ns. */
  #drainUntil = 0;
  /** All node code that was due has had its turn since the last stall. */
  #hasServed = true;
  /** Calls from outside since the last turn. */
  #arrivals = 0;

  constructor(options: PumpOptions) {
    this.clock = options.clock;
    this.#scheduler = options.scheduler;
    this.#precision = options.precision;
    this.#takeBacklog = options.takeBacklog ?? ((): boolean => false);
    this.#onFailure = options.onFailure;
  }

  /** False after `stop` or a failure: nothing is called any more. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** How far the wall is ahead of the links, ns; added to delays that node code asks for. */
  get lead(): number {
    return Math.max(0, this.clock.now() - this.#scheduler.now);
  }

  /** Runs a task in its turn, after those that were due before. */
  push(task: ReadyTask): void {
    this.#ready.push(task, this.#pushed);
    this.#pushed += 1;
  }

  /** Runs the turn of a source of traffic as {@link push} does, and not while a socket holds more than was read. */
  pushSource(task: ReadyTask): void {
    this.#sources.push(task, this.#pushed);
    this.#pushed += 1;
  }

  /**
   * Runs node code that something outside has caused (a datagram, an answer of a worker), with the
   * links caught up to this instant. Within other node code it simply runs.
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

  /** Something was scheduled from outside of node code: looks when it is due. */
  wake(): void {
    if (!this.#isInside) this.#plan();
  }

  /** Stops for good; what waits is forgotten. */
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
      // Timers and sources in their order: whoever came first, when the process gets little of its machine.
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

  /** Asked once a turn. */
  #mayServeSources(): boolean {
    const { now } = this.#scheduler;
    const isBacklogged = this.#takeBacklog();
    const isLong = now - this.#sourcesAtNs >= SOURCE_WAIT_NS;
    if (isBacklogged && !isLong && !this.#sources.isEmpty) return false;
    this.#sourcesAtNs = now;
    return true;
  }

  /** Fires what is due; afterwards the links are where the wall clock is. */
  #catchUp(): void {
    const wall = this.clock.now();
    if (wall - this.#scheduler.now > STALL_NS) this.#noteStall(wall);
    if (wall > this.#scheduler.now) this.#scheduler.runUntil(wall);
  }

  /** Nothing ran for long: a sleep, when nothing was due, else a stall. */
  #noteStall(wall: number): void {
    const late = wall - this.#scheduler.peekTime();
    if (late <= STALL_NS) return;
    this.longestStallNs = Math.max(this.longestStallNs, late);
    // On a machine that is always busy one stall follows another: what waited through the last time
    // has its turn first.
    if (this.#hasServed) this.#drainUntil = wall + DRAIN_MAX_NS;
    this.#hasServed = false;
    // At least one look into the sockets, also when this turn came before it.
    this.#arrivals += 1;
  }

  /** True while timers wait for the sockets: until a turn of the loop has brought nothing. */
  #isDraining(): boolean {
    if (this.#arrivals === 0 || this.#scheduler.now >= this.#drainUntil) return false;
    this.#arrivals = 0;
    return true;
  }

  #fail(error: unknown): void {
    this.stop();
    this.#onFailure(error);
  }

  /** Decides when to look again. */
  #plan(): void {
    if (!this.#isRunning || this.#immediate !== undefined) return;
    const hasReady = !this.#ready.isEmpty || !this.#sources.isEmpty;
    const due = hasReady ? 0 : this.#scheduler.peekTime();
    const isHigh = this.#precision === 'high';
    // hot: after most datagrams the timer that waits is early enough, and nobody asks for the time.
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
    // An earlier wake-up is harmless and cheaper than a new timer.
    if (this.#wakeAt <= wakeAt) return;
    clearTimeout(this.#timeout);
    this.#wakeAt = wakeAt;
    const ms = ns / NS_PER_MS;
    // Down, for the rest is spun; in low up, since who wakes too early sleeps and wakes once more.
    const wholeMs = this.#precision === 'high' ? Math.floor(ms) : Math.ceil(ms);
    const wake = (): void => {
      this.#timeout = undefined;
      this.#wakeAt = NEVER;
      // Not a turn yet: the sockets are read in between.
      this.#plan();
    };
    this.#timeout = setTimeout(wake, Math.max(1, wholeMs));
  }
}
