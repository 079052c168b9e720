/**
 * The time of a node's life: it goes on while the agent runs and stands still while it does not, so
 * that ages need no clock.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';

const NS_PER_MS = 1_000_000;

/** Counts from the first start of a node on. */
export class Life {
  #baseMs = 0;
  #startNs: Nanoseconds = 0;

  /** The node starts, having lived so long before. */
  resume(now: Nanoseconds, baseMs: number): void {
    this.#baseMs = baseMs;
    this.#startNs = now;
  }

  ms(now: Nanoseconds): number {
    return this.#baseMs + Math.floor((now - this.#startNs) / NS_PER_MS);
  }
}
