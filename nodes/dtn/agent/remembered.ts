/**
 * Bundles with which a node is done, so that further copies are duplicates: until they would have
 * expired, and no more than a bound, the oldest of which is forgotten first.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';

/** Identities with the instant until which they matter. */
export class Remembered {
  readonly #limit: number;
  readonly #until = new Map<string, Nanoseconds>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(key: string, untilNs: Nanoseconds): void {
    this.#until.delete(key);
    this.#until.set(key, untilNs);
    if (this.#until.size <= this.#limit) return;
    const [oldest] = this.#until.keys();
    if (oldest !== undefined) this.#until.delete(oldest);
  }

  has(key: string, now: Nanoseconds): boolean {
    const until = this.#until.get(key);
    return until !== undefined && until >= now;
  }
}
