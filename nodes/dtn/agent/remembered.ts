/**
 * Bundles with which a node is done, so that further copies are duplicates: until they would have
 * expired, and no more than a bound, the oldest of which is forgotten first.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { LiveDeadlines } from '../../_kit/live-deadlines.ts';

const NOTHING: readonly string[] = [];

/** Identities with the instant until which they matter. */
export class Remembered {
  readonly #limit: number;
  readonly #until = new Map<string, Nanoseconds>();
  readonly #ends = new LiveDeadlines<string>((key, at) => this.#until.get(key) === at - 1);

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @returns identities that are forgotten for it. */
  add(now: Nanoseconds, key: string, untilNs: Nanoseconds): readonly string[] {
    const forgotten = this.#forgetEnded(now);
    this.#until.delete(key);
    this.#until.set(key, untilNs);
    if (Number.isFinite(untilNs)) this.#ends.add(untilNs + 1, key);
    if (this.#until.size <= this.#limit) return forgotten;
    const [oldest] = this.#until.keys();
    if (oldest === undefined) return forgotten;
    this.#until.delete(oldest);
    return [...forgotten, oldest];
  }

  /** All that matter, the newest first. */
  *newest(now: Nanoseconds): Generator<string> {
    for (const [key, until] of [...this.#until].reverse()) if (until >= now) yield key;
  }

  has(key: string, now: Nanoseconds): boolean {
    const until = this.#until.get(key);
    return until !== undefined && until >= now;
  }

  #forgetEnded(now: Nanoseconds): readonly string[] {
    if (this.#ends.nextAt() > now) return NOTHING;
    const forgotten: string[] = [];
    for (let key = this.#ends.takeDue(now); key !== undefined; key = this.#ends.takeDue(now)) {
      this.#until.delete(key);
      forgotten.push(key);
    }
    return forgotten;
  }
}
