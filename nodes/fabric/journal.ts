/**
 * Fabric: when the machine of a peer writes its part of the disk, and what waits for that: one write
 * at a time; what is asked for meanwhile is part of the next one.
 *
 * @module
 */
import type { Nanoseconds } from '../../engine/host/time.ts';
import { RETRY_NS } from './geometry.ts';

/** The writes of one machine; each `Item` waits for the write that covers it. */
export class Journal<Item> {
  #pending: Item[] = [];
  #writing: Item[] = [];
  #isBusy = false;
  #isAsked = false;
  #retryAt: Nanoseconds = Number.POSITIVE_INFINITY;

  /** After a write has failed: when it is tried again; Infinity otherwise. */
  get nextAt(): Nanoseconds {
    return this.#retryAt;
  }

  /** Asks for a write of everything up to now. */
  ask(item?: Item): void {
    this.#isAsked = true;
    if (item !== undefined) this.#pending.push(item);
  }

  /** True if a write begins now; the caller performs it. */
  begins(now: Nanoseconds): boolean {
    const isWaiting = this.#retryAt !== Number.POSITIVE_INFINITY && now < this.#retryAt;
    if (this.#isBusy || isWaiting || !this.#isAsked) return false;
    this.#retryAt = Number.POSITIVE_INFINITY;
    this.#isBusy = true;
    this.#isAsked = false;
    this.#writing = this.#pending;
    this.#pending = [];
    return true;
  }

  /** What waits for the write that has begun. */
  get writing(): readonly Item[] {
    return this.#writing;
  }

  /** The write is complete. @returns what waited for it. */
  done(): readonly Item[] {
    this.#isBusy = false;
    const done = this.#writing;
    this.#writing = [];
    return done;
  }

  /** The write has failed. */
  failed(now: Nanoseconds): void {
    this.#isBusy = false;
    this.#pending = [...this.#writing, ...this.#pending];
    this.#writing = [];
    this.#isAsked = true;
    this.#retryAt = now + RETRY_NS;
  }
}
