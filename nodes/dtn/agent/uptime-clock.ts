/**
 * The time of a node's life: it goes on while the agent runs and stands still while it does not, so
 * that ages need no clock.
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
   * Called when the node starts again. @param baseMs How long it has run in earlier lives, ms, at
   * least.
   */
  resume(now: Nanoseconds, baseMs: number): void {
    this.#baseMs = Math.max(this.#baseMs, baseMs);
    this.#startNs = now;
  }

  ms(now: Nanoseconds): number {
    return this.#baseMs + Math.floor((now - this.#startNs) / NS_PER_MS);
  }
}
