/**
 * A first-in-first-out ring of references: the events of the present instant
 * (docs/spec/event-order.md).
 *
 * @module
 */

import { EVENTS_PER_INSTANT_MAX, StandstillError } from './standstill.ts';

// A private name for hot code: see event-queue.ts.
const TAKEN_MAX = EVENTS_PER_INSTANT_MAX;

/** A first-in-first-out ring of references to the events of the present instant; grows by doubling. */
export class EventReferenceRing {
  /** Number of entries in the ring. */
  size = 0;
  /** Number of events at the present instant so far; reset by the code that advances the clock. */
  taken = 0;
  /** The memory of the ring; its length is always a power of two. */
  private entries = new Int32Array(64);
  private start = 0;

  /** The oldest entry; the ring must not be empty. */
  get first(): number {
    return this.entries[this.start] as number;
  }

  // hot: once per event without delay.
  push(reference: number): void {
    if (this.size === this.entries.length) this.grow();
    this.entries[(this.start + this.size) & (this.entries.length - 1)] = reference;
    this.size += 1;
  }

  /**
   * Removes and returns the oldest entry; the ring must not be empty.
   * @throws StandstillError when the present instant has had too many events.
   */
  shift(): number {
    const reference = this.entries[this.start] as number;
    this.start = (this.start + 1) & (this.entries.length - 1);
    this.size -= 1;
    this.taken += 1;
    if (this.taken === TAKEN_MAX) throw new StandstillError();
    return reference;
  }

  private grow(): void {
    const entries = new Int32Array(this.entries.length * 2);
    for (let i = 0; i < this.size; i += 1) {
      entries[i] = this.entries[(this.start + i) & (this.entries.length - 1)] as number;
    }
    this.entries = entries;
    this.start = 0;
  }
}
