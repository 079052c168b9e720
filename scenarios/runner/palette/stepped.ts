/**
 * The palette of a run in virtual time. Between two slices it takes orders: a fault acts 1 ns after the
 * slice, where nothing else is under way, so that an exported file has the same order of events. It also
 * holds the pace: paused, so many virtual seconds in a second, or as fast as it can.
 *
 * Waiting blocks the thread of the run, which is what a run does anyway; who stops the run is looked for
 * every few milliseconds.
 *
 * @module
 */
import { performance } from 'node:perf_hooks';
import type { Injector } from './injector.ts';

/** What it needs of the run. */
export interface SteppedParts {
  readonly injector: Injector;
  readonly speed: number | null;
  /** Lets the events of the run happen up to an instant. */
  readonly runUntil: (atNs: number) => void;
  /** Called while the run waits, so that who watches gets what there is. */
  readonly onWait: () => void;
  readonly isStopped: () => boolean;
}

const NAP_MS = 10;
/** A run that is this late does not hurry afterwards. */
const LATE_MAX_MS = 100;
const NS_PER_MS = 1_000_000;
const BED = new Int32Array(new SharedArrayBuffer(4));

/** See the module. */
export class SteppedPalette {
  readonly #parts: SteppedParts;
  #speed: number | null;
  /** Where the pace counts from. */
  #zero: { readonly atNs: number; readonly ms: number } | undefined;

  constructor(parts: SteppedParts) {
    this.#parts = parts;
    this.#speed = parts.speed;
  }

  /** All events up to `sliceNs` have happened. Returns when the run may go on. */
  between(sliceNs: number): void {
    let atNs = sliceNs;
    for (;;) {
      atNs = this.#obey(atNs);
      const leftMs = this.#leftMs(atNs);
      if (leftMs <= 0 || this.#parts.isStopped()) return;
      Atomics.wait(BED, 0, 0, Math.min(leftMs, NAP_MS));
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
      const instantNs = injector.inject(order, atNs + 1);
      if (instantNs === undefined) continue;
      // At once, so that the answer comes while the run is paused, too.
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
