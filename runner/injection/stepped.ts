/**
 * Injection into a run in virtual time. Commands are taken between two slices: a fault acts 1 ns
 * after the slice, when nothing else is scheduled, so that an exported file has the same order of
 * events. The pace of the run is also set here: paused, a number of virtual seconds per second, or
 * as fast as possible.
 *
 * While the run waits, its thread sleeps, and every few milliseconds checks whether the run must
 * stop.
 *
 * @module
 */
import type { Injector } from './injector.ts';

/** What {@link SteppedInjection} needs from the run. */
export interface SteppedParts {
  readonly injector: Injector;
  readonly speed: number | null;
  /** Processes the events of the run up to an instant. */
  readonly runUntil: (atNs: number) => void;
  /** Called while the run waits, so that viewers get the data so far. */
  readonly onWait: () => void;
  readonly isStopped: () => boolean;
}

const NAP_MS = 10;
/** A run that falls behind the wall clock by more than this does not catch up, ms. */
const LATE_MAX_MS = 100;
const NS_PER_MS = 1_000_000;

/** Takes commands about faults between slices of a run in virtual time, and sets its pace. */
export class SteppedInjection {
  readonly #parts: SteppedParts;
  #speed: number | null;
  /**
   * Memory that no thread ever changes: to wait for a change of it with a time limit is to sleep.
   */
  #sleepCell: Int32Array | undefined;
  /** The pair of instants, virtual and wall, from which the pace is counted. */
  #zero: { readonly atNs: number; readonly ms: number } | undefined;

  constructor(parts: SteppedParts) {
    this.#parts = parts;
    this.#speed = parts.speed;
  }

  /** True while virtual time follows the wall clock: the run must not skip idle time then. */
  get isPaced(): boolean {
    return this.#speed !== null;
  }

  /** To be called when all events up to `sliceNs` have happened. Returns when the run may continue. */
  between(sliceNs: number): void {
    let atNs = sliceNs;
    for (;;) {
      atNs = this.#obey(atNs);
      const leftMs = this.#leftMs(atNs);
      if (leftMs <= 0 || this.#parts.isStopped()) return;
      this.#sleepCell ??= new Int32Array(new SharedArrayBuffer(4));
      Atomics.wait(this.#sleepCell, 0, 0, Math.min(leftMs, NAP_MS));
      this.#parts.onWait();
    }
  }

  #obey(fromNs: number): number {
    const { injector, runUntil } = this.#parts;
    let atNs = fromNs;
    for (const order of injector.take()) {
      if (order.kind === 'pace') {
        this.#speed = order.speed;
        this.#zero = undefined;
        injector.paced(order.number, order.speed);
        continue;
      }
      if (order.kind !== 'inject') {
        injector.inspect(order);
        continue;
      }
      const instantNs = injector.inject(order, atNs + 1);
      if (instantNs === undefined) continue;
      // Runs up to the fault immediately, so that its client gets the answer even while the run is
      // paused.
      runUntil(instantNs);
      atNs = instantNs;
    }
    return atNs;
  }

  #leftMs(atNs: number): number {
    if (this.#speed === null) return 0;
    if (this.#speed === 0) return Number.POSITIVE_INFINITY;
    const nowMs = performance.now();
    this.#zero ??= { atNs, ms: nowMs };
    const dueMs = this.#zero.ms + (atNs - this.#zero.atNs) / NS_PER_MS / this.#speed;
    if (nowMs - dueMs > LATE_MAX_MS) this.#zero = { atNs, ms: nowMs };
    return dueMs - nowMs;
  }
}
