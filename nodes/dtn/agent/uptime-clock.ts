/**
 * The total time for which a node has run, over all restarts; it gives the ages of bundles without
 * a calendar clock.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';

const NS_PER_MS = 1_000_000;

/** Counts the time for which a node has run since its first start, ms. */
export class UptimeClock {
  #baseMs = 0;
  #startNs: Nanoseconds = 0;

  /**
   * Called after a restart. @param baseMs Time for which the node had run before the restart, ms;
   * of several calls the largest counts.
   */
  resume(now: Nanoseconds, baseMs: number): void {
    this.#baseMs = Math.max(this.#baseMs, baseMs);
    this.#startNs = now;
  }

  ms(now: Nanoseconds): number {
    return this.#baseMs + Math.floor((now - this.#startNs) / NS_PER_MS);
  }
}
