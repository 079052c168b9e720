/**
 * An overloaded event loop with a clock that the test sets: a traffic source, seven sockets in a
 * row, and the real pump with its limits for sources. In each turn, the loop takes 32 datagrams
 * from each socket, as libuv does, and everything that runs takes time.
 *
 * @module
 */
import { Scheduler } from '../../../../engine/core/scheduler.ts';
import { LiveTimer } from '../../../../engine/live/live-timer.ts';
import { WallClockPump } from '../../../../engine/live/pump.ts';
import { SourceAdmission } from '../../../../runner/traffic/source-admission.ts';

const US = 1_000;
const MS = 1_000_000;
const HOPS = 7;
const READ_AT_ONCE = 32;
const LINK_NS = 2 * MS;
const SOURCE_COST_NS = 40 * US;
const HOP_COST_NS = 14 * US;
const TIMER_NS = 17 * MS;
const TIMER_COST_NS = 30 * US;
const SHED_COST_NS = 4 * US;

/**
 * The highest rate that the loop can carry, packets/s: each packet costs a turn of the source and
 * seven hops.
 */
export const KNEE = 1e9 / (SOURCE_COST_NS + HOPS * HOP_COST_NS);

/** The result of a run. */
export interface BusyFigures {
  readonly goodput: number;
  readonly shed: number;
  /** Largest number of datagrams in one socket. */
  readonly deepest: number;
  readonly latencyMsP95: number;
}

interface BusyOptions {
  readonly rate: number;
  /** True if the pump learns that sockets hold more datagrams. */
  readonly isTold: boolean;
  readonly durationNs: number;
  /** Interruptions by other programs: after each `everyNs` of work, the loop stops for `forNs`. */
  readonly pause?: { readonly everyNs: number; readonly forNs: number };
  /** Number of node timers that fire every 17 ms; none by default. */
  readonly timers?: number;
}

/** Runs the loop. */
export function runBusyLoop(options: BusyOptions): Promise<BusyFigures> {
  return new BusyLoop(options).run();
}

class BusyLoop {
  readonly #options: BusyOptions;
  readonly #scheduler = new Scheduler();
  readonly #sockets: number[][] = Array.from({ length: HOPS }, () => []);
  readonly #pump: WallClockPump;
  readonly #latencies: number[] = [];
  #nowNs = 0;
  #workedNs = 0;
  #shed = 0;
  #deepest = 0;
  #isBacklogged = false;
  readonly #admission = new SourceAdmission();

  constructor(options: BusyOptions) {
    this.#options = options;
    this.#pump = new WallClockPump({
      clock: { now: (): number => this.#nowNs },
      scheduler: this.#scheduler,
      precision: 'high',
      onFailure: (error): void => {
        throw error;
      },
      takeBacklog: (): boolean => {
        const found = this.#isBacklogged;
        this.#isBacklogged = false;
        return options.isTold && found;
      },
    });
  }

  async run(): Promise<BusyFigures> {
    const { durationNs } = this.#options;
    this.#book(MS);
    for (let i = 1; i <= (this.#options.timers ?? 0); i += 1) this.#keepTime(i * 100 * US);
    while (this.#nowNs < durationNs) {
      this.#poll();
      this.#pump.wake();
      await new Promise((resolve) => setImmediate(resolve));
      this.#idle();
    }
    this.#pump.stop();
    const sorted = this.#latencies.sort((a, b) => a - b);
    return {
      goodput: (1e9 * sorted.length) / durationNs,
      shed: this.#shed,
      deepest: this.#deepest,
      latencyMsP95: (sorted[Math.floor(0.95 * sorted.length)] ?? Number.NaN) / MS,
    };
  }

  #keepTime(firstNs: number): void {
    const fire = (): void => {
      this.#work(TIMER_COST_NS);
      timer.rearm(TIMER_NS);
    };
    const timer = new LiveTimer(this.#pump, this.#scheduler, fire, 'timer');
    timer.rearm(firstNs);
  }

  #work(ns: number): void {
    this.#nowNs += ns;
    this.#workedNs += ns;
    const { pause } = this.#options;
    if (pause === undefined || this.#workedNs < pause.everyNs) return;
    this.#workedNs = 0;
    this.#nowNs += pause.forNs;
  }

  /** With nothing to do, the clock advances to the next due time. */
  #idle(): void {
    const isEmpty = this.#sockets.every((socket) => socket.length === 0);
    if (isEmpty) this.#nowNs = Math.max(this.#nowNs, this.#scheduler.peekTime());
  }

  #book(dueNs: number): void {
    const nextNs = dueNs + Math.round(1e9 / this.#options.rate);
    this.#scheduler.after(dueNs - this.#scheduler.now, () => {
      this.#pump.pushSource({ run: () => this.#send(dueNs) });
      this.#book(nextNs);
    });
  }

  #send(dueNs: number): void {
    if (!this.#admission.admits(this.#nowNs, dueNs)) {
      this.#work(SHED_COST_NS);
      this.#shed += 1;
      return;
    }
    this.#work(SOURCE_COST_NS);
    this.#forward(0, dueNs);
  }

  #forward(hop: number, bornNs: number): void {
    const delay = this.#nowNs - this.#scheduler.now + LINK_NS;
    this.#scheduler.after(delay, () => void this.#sockets[hop]?.push(bornNs));
  }

  /** Reads datagrams as in one turn of the loop. */
  #poll(): void {
    for (const [hop, socket] of this.#sockets.entries()) {
      this.#deepest = Math.max(this.#deepest, socket.length);
      const read = socket.splice(0, READ_AT_ONCE);
      if (read.length === READ_AT_ONCE) this.#isBacklogged = true;
      for (const bornNs of read) this.#pump.enter(() => this.#receive(hop, bornNs));
    }
  }

  #receive(hop: number, bornNs: number): void {
    this.#work(HOP_COST_NS);
    if (hop + 1 < HOPS) this.#forward(hop + 1, bornNs);
    else this.#latencies.push(this.#nowNs - bornNs);
  }
}
